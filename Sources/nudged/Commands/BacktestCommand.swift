import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeRules
import NudgeStore

/// `nudged backtest`.
struct BacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "Run rules over history, and see what they would have sent.",
    discussion: """
      Events come from the database, in the order in which they were taken in, or from files of \
      JSON lines in the Segment form, plain or gzip. Of a file an event arrives at its \
      `receivedAt`, else at its `timestamp`; files that are not in that order are sorted. The \
      rules count as deployed before everything. The run ends at --until, else when nothing is \
      left to be decided, at most 60 days after the last event. Nothing is written.

      A time is written as 2026-03-09T13:00:00Z, or as a date: for --until the end of that day, \
      else its beginning, in the zone of the settings.
      """
  )

  /// The forms of the answer.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case jsonl
    case csv
  }

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Rule files, and folders of them. (default: the settings' folder of rules, else ./rules)",
      valueName: "paths"
    )
  )
  var rules: [String] = []

  @OptionGroup var settings: SettingsOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Files of events, plain or gzip. (default: the events of the database)",
      valueName: "files"
    )
  )
  var events: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read the events of this database. (default: the settings')",
      valueName: "path"
    )
  )
  var db: String?

  @Option(
    help: ArgumentHelp("Leave out decisions before this time; events count.", valueName: "time")
  )
  var since: String?

  @Option(help: ArgumentHelp("End here; later events are ignored.", valueName: "time"))
  var until: String?

  @Option(
    help: ArgumentHelp("Show this campaign only; the others run too.", valueName: "campaign")
  )
  var campaign: String?

  @Option(help: "A table (text, json), or a row for each final decision (jsonl, csv).")
  var format = Format.text

  @Option(
    help: ArgumentHelp(
      "Print everybody's progress at this time too; needs --format jsonl.",
      valueName: "time"
    )
  )
  var stateAt: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if stateAt != nil, format != .jsonl {
      throw ValidationError("--state-at needs --format jsonl.")
    }
    if db != nil, !events.isEmpty {
      throw ValidationError("Events come from --db or from --events, not from both.")
    }
  }

  func run() throws {
    let loaded = try LoadedRules(paths: rules, settings: settings, now: SystemClock().now)
    let ruleSet = try loaded.ruleSet()
    let plan = try BacktestPlan(self, ruleSet, zones: loaded.zones)
    let engine = Engine(
      rules: ruleSet,
      zones: loaded.zones,
      messages: loaded.configuration.messages
    )
    if events.isEmpty {
      try runDatabase(engine, plan)
    } else {
      var history = try readEvents(for: engine)
      try tell(history.survey)
      let survey = history.survey
      try run(engine, history.parts, plan, events: survey.events, last: survey.last) {
        try history.next()
      }
    }
  }

  private func runDatabase(_ engine: Engine, _ plan: BacktestPlan) throws {
    let stored = try StoredHistory(database: db, settingsPath: try settings.path())
    try stored.read { reader in
      let extent = try reader.extent()
      output.note(extent.headline)
      if let since = try reader.logBeginning().events {
        output.note(
          "Events from before \(since.rfc3339) are no longer kept: who began before seems to begin later."
        )
      }
      let cursor = try reader.events()
      try run(engine, .one, plan, events: extent.events, last: extent.last) {
        try cursor.next().map { logged in
          ArrivedEvent(
            arrival: Arrival(instant: logged.arrivedAt, file: 0, line: logged.sequence),
            event: logged.event
          )
        }
      }
    }
  }

  private func run(
    _ engine: Engine,
    _ parts: Parts,
    _ plan: BacktestPlan,
    events: Int,
    last: Timestamp?,
    next: () throws -> ArrivedEvent?
  ) throws {
    var backtest = Backtest(
      engines(like: engine, parts.count),
      parts,
      until: plan.end(after: last),
      resting: plan.until == nil ? Limits.millisecondsAfterLastEvent : nil
    )
    var report = BacktestReport(plan, format: format, terminal: output.answer)
    var bar = ProgressBar("Replaying", total: events, output: output)
    try replay(next, through: &backtest, into: &report, stateAt: plan.stateAt) { bar.update($0) }
    bar.finish(events)
    try report.finish()
  }

  /// An engine for each part, each with rules of its own: processors that count references to the same objects wait for
  /// one another.
  private func engines(like engine: Engine, _ count: Int) -> [Engine] {
    [engine]
      + (1..<max(count, 1)).map { _ in
        let loaded = try? LoadedRules(paths: rules, settings: settings, now: SystemClock().now)
        // Should a file have changed meanwhile, the parts share what was read first.
        guard let loaded, let copy = try? loaded.ruleSet(), copy.hash == engine.rules.set.hash
        else { return engine }
        return Engine(rules: copy, zones: loaded.zones, messages: loaded.configuration.messages)
      }
  }

  private func readEvents(for engine: Engine) throws(Failure) -> EventHistory {
    var bar = ProgressBar("Reading events", total: nil, output: output)
    return try EventHistory(paths: events, for: engine) { bar.update($0) }
  }

  private func tell(_ survey: EventSurvey) throws(Failure) {
    for complaint in survey.complaints { output.note(complaint) }
    if survey.rejected > survey.complaints.count {
      output.note("… and \((survey.rejected - survey.complaints.count).grouped) more")
    }
    if survey.rejected > 0, survey.events == 0 {
      throw Failure("none of \(survey.rejected.counted("line")) is an event", .badData)
    }
    guard let first = survey.first, let last = survey.last else {
      output.note("There are no events in \(events.joined(separator: ", ")).")
      return
    }
    let range = "\(Zone.utc.date(at: first)) … \(Zone.utc.date(at: last))"
    let rejected = survey.rejected == 0 ? "" : "; \(survey.rejected.counted("line")) rejected"
    output.note("Replaying \(survey.events.counted("event")), \(range)\(rejected)")
  }

  private func replay(
    _ next: () throws -> ArrivedEvent?,
    through backtest: inout Backtest,
    into report: inout BacktestReport,
    stateAt: Timestamp?,
    onProgress: (Int) -> Void
  ) throws {
    var stateAt = stateAt
    var done = 0
    while let event = try next() {
      if let instant = stateAt, event.arrival.instant > instant {
        report.add(try backtest.snapshot(at: instant) { try report.add($0) })
        stateAt = nil
      }
      try backtest.take(event) { try report.add($0) }
      done += 1
      onProgress(done)
    }
    if let instant = stateAt {
      report.add(try backtest.snapshot(at: instant) { try report.add($0) })
    }
    try backtest.finish { try report.add($0) }
  }
}
