import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeRules
import NudgeStore

/// `nudged events`.
struct EventsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events",
    abstract: "See what was taken in, and what was not.",
    subcommands: [List.self, Rejected.self, Show.self, Tail.self]
  )

  /// `nudged events list`.
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List events, the latest ones in the order in which they were taken in.",
      discussion: """
        It reads the database, which may be in use. json, jsonl and csv are the events in full, as \
        `nudged export events` writes all of them.
        """
    )

    @OptionGroup var filter: EventFilter
    @OptionGroup var span: EventSpan
    @OptionGroup var output: OutputOptions

    func run() throws {
      let listing = try EventListing(span)
      let events = try listing.stored.read { reader in
        let question = try filter.question(from: listing.since, until: listing.until)
        let found = try reader.latestEvents(question, limit: span.limit + 1)
        if found.isEmpty { output.note(try emptiness(reader)) }
        return found
      }
      let shown = Array(events.suffix(span.limit))
      try listing.write(
        shown.map(\.json),
        csv: [EventRow.names] + shown.map { EventRow($0).cells },
        text: EventText(zone: output.utc ? .utc : listing.zone).table(shown),
        output
      )
      if events.count > span.limit {
        output.note("These are the latest \(span.limit.grouped); --limit shows more.")
      }
    }

    private func emptiness(_ reader: HistoryReader) throws -> String {
      guard let name = filter.event else {
        return filter.isEmpty && span.isEmpty
          ? "There are no events. `nudged ingest FILE` loads some."
          : "No event matches; `nudged events list` shows the latest of all."
      }
      let nearest = Suggestion.nearest(to: name, among: try reader.eventNames().sorted())
      let advice = nearest.map { $0 == name ? "" : "; did you mean `\($0)`?" } ?? ""
      return "No event `\(name)` matches\(advice)"
    }
  }

  /// `nudged events show`.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show one event in full.",
      discussion: """
        It reads the database, which may be in use. The beginning of an id is enough where no other \
        begins so.
        """
    )

    @Argument(help: "The event's messageId.") var id: String
    @Option(help: "The form of the answer.") var format = AnswerFormat.text
    @OptionGroup var database: EventDatabase
    @OptionGroup var output: OutputOptions

    func run() throws {
      let stored = try database.stored()
      let found = try stored.read { try ($0.event(id), EventListing.zone(stored, $0)) }
      guard let event = found.0 else {
        throw Failure(
          "no event has the id \(id), or several begin so; `nudged events list` shows ids",
          .bad
        )
      }
      let answer = Answer()
      switch format {
      case .json: try answer.line(event.json.json.text)
      case .text:
        let text = EventText(zone: output.utc ? .utc : found.1)
        for line in text.card(event) { try answer.line(line) }
      }
      try answer.finish()
    }
  }

  /// `nudged events rejected`.
  struct Rejected: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rejected",
      abstract: "List messages that were not taken: when, why, and what they were.",
      discussion: "It reads the database, which may be in use. Messages are kept up to 2 KiB."
    )

    @Option(help: ArgumentHelp("Only with this code, such as no-id.", valueName: "code"))
    var code: String?

    @Option(help: ArgumentHelp("Only messages that hold this text.", valueName: "text"))
    var containing: String?

    @OptionGroup var span: EventSpan
    @OptionGroup var output: OutputOptions

    func run() throws {
      let listing = try EventListing(span)
      var question = RejectionQuestion()
      (question.code, question.text) = (code, containing)
      (question.since, question.until) = (listing.since, listing.until)
      let asked = question
      let found = try listing.stored.read {
        try $0.latestRejections(asked, limit: span.limit + 1)
      }
      let shown = Array(found.suffix(span.limit))
      try listing.write(
        shown.map(\.json),
        csv: [RejectedMessage.columns] + shown.map(\.cells),
        text: EventText(zone: output.utc ? .utc : listing.zone).blocks(shown),
        output
      )
      if shown.isEmpty {
        output.note("No message was rejected that matches. All is well, or ask for less.")
      }
      if found.count > span.limit {
        output.note("These are the latest \(span.limit.grouped); --limit shows more.")
      }
    }
  }

  /// `nudged events tail`.
  struct Tail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "tail",
      abstract: "Show events as they are taken in.",
      discussion: "The latest ten first, then every new one, until Ctrl-C."
    )

    @OptionGroup var filter: EventFilter
    @Option(help: ArgumentHelp("How many of the past to show first.", valueName: "count"))
    var lines = 10
    @Option(help: "The form of the answer; json is one object a line.")
    var format = AnswerFormat.text
    @OptionGroup var control: ControlOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard (0...1000).contains(lines) else {
        throw ValidationError("'--lines' takes a number from 0 to 1000.")
      }
    }

    func run() async throws {
      let following = Following(route: "/v1/events", key: "events", lines: lines)
      try await following.run(filter.query, control, output) { event, zone in
        format == .json ? event.json.text : EventText(zone: zone).line(event)
      }
    }
  }
}
