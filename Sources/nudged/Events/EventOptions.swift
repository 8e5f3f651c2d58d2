import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeStore

/// Which events are wanted.
struct EventFilter: ParsableArguments {
  @Option(help: ArgumentHelp("Only of this person, by userId or anonymousId.", valueName: "id"))
  var user: String?

  @Option(help: ArgumentHelp("Only of this account.", valueName: "id"))
  var account: String?

  @Option(help: ArgumentHelp("Only events of this name.", valueName: "name"))
  var event: String?

  @Option(
    help: ArgumentHelp("Only calls of this kind, such as track.", valueName: "kind"),
    transform: EventFilter.kind
  )
  var type: Event.Kind?

  private static func kind(_ text: String) throws -> Event.Kind {
    if let kind = Event.Kind(rawValue: text) { return kind }
    let known = Event.Kind.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("there is no kind \(text); there are \(known).")
  }

  /// Whether all are wanted.
  var isEmpty: Bool { user == nil && account == nil && event == nil && type == nil }

  /// The same for the daemon.
  var query: [String: String?] {
    ["user": user, "account": account, "event": event, "type": type?.rawValue]
  }

  /// The same for the database.
  func question(from since: Timestamp?, until: Timestamp?) throws -> EventQuestion {
    var question = EventQuestion()
    (question.user, question.account) = (user, account)
    (question.name, question.kind) = (event, type)
    (question.since, question.until) = (since, until)
    return question
  }
}

/// Which database is read.
struct EventDatabase: ParsableArguments {
  @Option(help: ArgumentHelp("The database to read. (default: the settings')", valueName: "path"))
  var db: String?

  @OptionGroup var settings: SettingsOptions

  /// The database.
  func stored() throws -> StoredHistory {
    try StoredHistory(database: db, settingsPath: try settings.path())
  }
}

/// From when to when, how many, and in which form.
struct EventSpan: ParsableArguments {
  @Option(help: ArgumentHelp("Leave out what happened before.", valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Leave out what happened after.", valueName: "time"))
  var until: String?

  @Option(help: ArgumentHelp("At most so many, the latest.", valueName: "n"))
  var limit = 50

  @Option(help: "The form of the answer.")
  var format = ListOptions.Format.text

  @OptionGroup var database: EventDatabase

  /// Whether it leaves nothing out.
  var isEmpty: Bool { since == nil && until == nil }

  func validate() throws {
    guard (1...1_000_000).contains(limit) else {
      throw ValidationError(
        "--limit takes a number from 1 to 1,000,000; `nudged export events` writes all."
      )
    }
  }
}

/// A list that is read from a database.
struct EventListing {
  /// The database.
  let stored: StoredHistory
  /// The zone of the rules that decide, in which people read and write times.
  let zone: Zone
  /// From when on.
  let since: Timestamp?
  /// Up to when.
  let until: Timestamp?
  private let format: ListOptions.Format

  /// A list of these options.
  init(_ span: EventSpan) throws {
    let stored = try span.database.stored()
    let zone = try stored.read { try EventListing.zone(stored, $0) }
    (self.stored, self.zone, format) = (stored, zone, span.format)
    since = try span.since.map { try TimeArgument.beginning($0, "--since", in: zone) }
    until = try span.until.map { try TimeArgument.end($0, "--until", in: zone) }
  }

  /// The zone of the rules that decide; UTC before the first.
  static func zone(_ stored: StoredHistory, _ reader: HistoryReader) throws -> Zone {
    let rules = try reader.currentRuleSet().map { try stored.rules($0) }
    return rules.flatMap { stored.zones[$0.rules.policy.timezone] } ?? .utc
  }

  /// Writes rows in the form that is wanted; text is cut to the terminal.
  func write(
    _ values: [JSONValue],
    csv: [[String]],
    text: [String],
    _ output: OutputOptions
  ) throws {
    let answer = Answer()
    switch format {
    case .json: try answer.line(JSONValue.array(values).json.text)
    case .jsonl: for value in values { try answer.line(value.json.text) }
    case .csv: for cells in csv { try answer.line(CSV.line(cells)) }
    case .text:
      let width = output.answer.width
      for line in text { try answer.line(width.map { String(line.prefix($0)) } ?? line) }
    }
    try answer.finish()
  }
}
