import ArgumentParser
import Foundation
import NudgeCore
import NudgeDaemon
import NudgeStore

/// `nudged replay`.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Decide everything again from the events, and compare with what was decided.",
    discussion: """
      Events, rule sets, starts and stops are the truth; progress, timers, enrolments and decisions \
      follow from them. They are rebuilt in a new database and compared row by row. The exit \
      status is 0 when all are equal, 1 when something differs. The database that is read may be in \
      use; nothing is written to it.
      """
  )

  @Option(help: ArgumentHelp("The database to make; it must not exist.", valueName: "new.db"))
  var into: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Rules to decide with instead of those that were deployed: files and folders.",
      valueName: "paths"
    )
  )
  var rules: [String] = []

  @Option(help: ArgumentHelp("The database to read. (default: the settings')", valueName: "path"))
  var db: String?

  @Option(help: "The form of the answer.")
  var format = AnswerFormat.text

  @OptionGroup var settings: SettingsOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let settingsPath = try settings.path()
    let others = try otherRules()
    // The database that is read comes first: a wrong name must not leave an empty new one.
    _ = try StoredHistory(database: db, settingsPath: settingsPath)
    let rebuilt = try makeNew()
    let stored = try StoredHistory(database: db, settingsPath: settingsPath, beside: into)
    let tables = try stored.read { try rebuild(stored, $0, rebuilt, others) }
    try StoredHistory.explained { try rebuilt.close() }
    try report(tables)
    if tables.contains(where: { $0.differing > 0 }) { throw ExitStatus.bad.exit }
  }

  private func otherRules() throws -> Replay.Rules? {
    if rules.isEmpty { return nil }
    let loaded = try LoadedRules(paths: rules, settings: settings, now: SystemClock().now)
    return Replay.Rules(try loaded.ruleSet(), messages: loaded.configuration.messages)
  }

  private func makeNew() throws(Failure) -> Store {
    guard InputFile.kind(of: into) == .nothing else {
      throw Failure("\(into) exists; name a new file with --into", .usage)
    }
    return try StoredHistory.explained { try Store(path: into) }
  }

  private func rebuild(
    _ stored: StoredHistory,
    _ reader: HistoryReader,
    _ rebuilt: Store,
    _ others: Replay.Rules?
  ) throws -> [TableComparison] {
    if let since = try reader.logBeginning().events {
      throw Failure(
        "events from before \(since.rfc3339) are no longer kept (store.keep_events), so what was decided from them "
          + "cannot be decided again; a backup from before has them",
        .badData
      )
    }
    let extent = try reader.extent()
    output.note(extent.headline)
    var bar = ProgressBar("Replaying", total: extent.events, output: output)
    let replay = try Replay(
      of: reader,
      events: reader.events(),
      into: rebuilt,
      zones: stored.zones
    ) { deployed in
      if let others { return others }
      let read = try stored.rules(deployed)
      return Replay.Rules(read.rules, messages: read.messages)
    }
    try replay.run { bar.update($0, isSeldom: true) }
    bar.finish(replay.done)
    return try reader.compareRebuilt()
  }

  // MARK: Report

  private func report(_ tables: [TableComparison]) throws {
    let answer = Answer()
    switch format {
    case .json: try answer.line(JSONValue.array(tables.map(\.json)).json.text)
    case .text: for line in lines(of: tables) { try answer.line(line) }
    }
    try answer.finish()
  }

  private func lines(of tables: [TableComparison]) -> [String] {
    var table = Table([.left])
    table.add(["", "rows", "differ"])
    for each in tables {
      table.add(["  " + each.table, each.rows.grouped, each.differing.grouped])
    }
    let differing = tables.reduce(0) { $0 + $1.differing }
    let verdict =
      differing == 0
      ? "\(into) is equal to what runs, byte for byte."
      : "\(differing.counted("row")) differ\(differing == 1 ? "s" : "")."
    let told = tables.flatMap { each -> [String] in
      let rest = each.differing - each.differences.count
      return each.differences + (rest > 0 ? ["… and \(rest.grouped) more of \(each.table)"] : [])
    }
    return table.lines(width: output.answer.width) + told + [verdict]
  }
}

extension TableComparison {
  fileprivate var json: JSONValue {
    .object([
      .init("table", .string(table)),
      .init("rows", .whole(rows)),
      .init("differing", .whole(differing)),
      .init("differences", .array(differences.map(JSONValue.string))),
    ])
  }
}

extension History.Extent {
  /// What is replayed, in one line.
  var headline: String {
    guard let first, let last else { return "There are no events in the database." }
    return
      "Replaying \(events.counted("event")), \(Zone.utc.date(at: first)) … \(Zone.utc.date(at: last))"
  }
}
