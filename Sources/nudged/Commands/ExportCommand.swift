import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeStore

/// `nudged export`.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write everybody's progress, all decisions or all events, for analysis.",
    discussion: """
      It reads the database, which may be in use. The events come out in the Segment form, so that \
      `nudged backtest --events` and `nudged ingest` take them.
      """
  )

  /// What can be exported.
  enum Kind: String, CaseIterable, ExpressibleByArgument {
    case users
    case decisions
    case events
  }

  /// The forms of the answer.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case jsonl
    case csv
  }

  @Argument(help: "What to write: users, decisions or events.")
  var kind: Kind

  @Option(
    help: ArgumentHelp(
      "Leave out what came before: who started, what was decided, what arrived.",
      valueName: "time"
    )
  )
  var since: String?

  @Option(help: ArgumentHelp("Leave out what came after.", valueName: "time"))
  var until: String?

  @Option(help: "A JSON object on each line, or a table with a head.")
  var format = Format.jsonl

  @Option(help: ArgumentHelp("The database to read. (default: the settings')", valueName: "path"))
  var db: String?

  @OptionGroup var settings: SettingsOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let stored = try StoredHistory(database: db, settingsPath: try settings.path())
    let written = try stored.read { reader in
      let export = try Export(self, stored, reader)
      let written = try export.write()
      try export.answer.finish()
      return written
    }
    if written == 0 { output.note(emptiness) }
  }

  private var emptiness: String {
    let span = since == nil && until == nil ? "" : " in that time"
    return switch kind {
    case .users: "Nobody has started\(span). `nudged status` tells what there is."
    case .decisions: "Nothing was decided\(span). `nudged explain PERSON` tells what is planned."
    case .events: "There are no events\(span). `nudged ingest FILE` loads some."
    }
  }
}

/// One export: where it begins and ends, and the form of its rows.
private struct Export {
  let answer = Answer()
  private let command: ExportCommand
  private let reader: HistoryReader
  private let stored: StoredHistory
  private let begin: Timestamp
  private let end: Timestamp
  private let rules: StoredRules?

  init(_ command: ExportCommand, _ stored: StoredHistory, _ reader: HistoryReader) throws {
    self.command = command
    self.reader = reader
    self.stored = stored
    rules = try reader.currentRuleSet().map { try stored.rules($0) }
    let zone = rules.flatMap { stored.zones[$0.rules.policy.timezone] } ?? .utc
    begin =
      try command.since.map { try TimeArgument.beginning($0, "--since", in: zone) } ?? .distantPast
    end = try command.until.map { try TimeArgument.end($0, "--until", in: zone) } ?? .never
  }

  /// Tells how many rows there were.
  func write() throws -> Int {
    switch command.kind {
    case .users: try writeUsers()
    case .decisions: try writeDecisions()
    case .events: try writeEvents()
    }
  }

  // MARK: Kinds

  private func writeUsers() throws -> Int {
    guard let rules else { return 0 }
    let engine = rules.engine(zones: stored.zones, deployed: try reader.deployed())
    let now = min(end, SystemClock().now)
    let columns = UserColumns(rules.rules)
    if command.format == .csv { try answer.line(CSV.line(columns.head)) }
    var written = 0
    for subject in try reader.subjects() {
      guard let world = try reader.world(around: subject, for: engine, at: now) else { continue }
      for card in engine.progress(of: subject, in: world, now: now)
      where card.subject == subject && card.startedAt >= begin {
        written += 1
        try row(card.json, columns.cells(of: card))
      }
    }
    return written
  }

  private func writeDecisions() throws -> Int {
    var written = 0
    try reader.decisions(from: begin, through: end) { decision in
      if written == 0 { try head(of: decision.line) }
      written += 1
      try row(decision.line)
    }
    return written
  }

  private func writeEvents() throws -> Int {
    var written = 0
    let events = try reader.events()
    while let logged = try events.next(), logged.arrivedAt <= end {
      guard logged.arrivedAt >= begin else { continue }
      if written == 0, command.format == .csv { try answer.line(CSV.line(EventRow.names)) }
      written += 1
      switch command.format {
      case .jsonl: try row(logged.json)
      case .csv: try answer.line(CSV.line(EventRow(logged).cells))
      }
    }
    return written
  }

  // MARK: Rows

  private func head(of value: JSONValue) throws(Failure) {
    guard command.format == .csv, case .object(let members) = value else { return }
    try answer.line(CSV.line(members.map(\.key)))
  }

  private func row(_ value: JSONValue, _ cells: [String]? = nil) throws(Failure) {
    switch command.format {
    case .jsonl: try answer.write(value.json.bytes + [UInt8(ascii: "\n")])
    case .csv:
      guard case .object(let members) = value else { return }
      try answer.line(CSV.line(cells ?? members.map { CSV.cell($0.value) }))
    }
  }
}
