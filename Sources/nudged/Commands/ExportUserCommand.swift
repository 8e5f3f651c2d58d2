import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged user export ID`.
struct ExportUserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write all that is kept of a person, as one JSON object.",
    discussion: """
      Traits, progress, decisions, deliveries with what they said, and all events: what a person may ask \
      for who wants to see their data. It holds `events` in the Segment form, so that another nudged can \
      take them.
      """
  )

  @Argument(help: "The person's id.")
  var id: String

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    guard !id.isEmpty else { throw Failure("the id is empty", .usage) }
    var page = try await ask(after: 0)
    var events = page.events
    while let next = page.next {
      page = try await ask(after: next)
      events += page.events
    }
    let answer = Answer()
    try answer.line(page.with(events).json.text)
    try answer.finish()
  }

  private func ask(after place: Int) async throws -> Page {
    let path = "/v1/users/\(id.asPathSegment)/export"
    return Page(whole: try await control.ask("GET", "\(path)?after=\(place)"))
  }

  /// One answer of the daemon: all but the events, and some of these.
  private struct Page {
    let whole: JSONValue

    var events: [JSONValue] {
      if case .array(let events) = whole["events"] { events } else { [] }
    }

    /// Where the next page begins; `nil` after the last one.
    var next: Int? { whole["next"]?.wholeNumber }

    /// The whole with all events.
    func with(_ events: [JSONValue]) -> JSONValue {
      guard case .object(let members) = whole else { return whole }
      return .object(
        members.filter { !["events", "next"].contains($0.key) } + [.init("events", .array(events))]
      )
    }
  }
}
