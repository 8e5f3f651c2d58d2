import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeRules

/// `nudged backtest`.
struct BacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "Run rules over history, and see what they would have sent.",
    discussion: """
      Events come from files of JSON lines in the Segment form, plain or gzip. An event arrives at \
      its `receivedAt`, else at its `timestamp`; files that are not in that order are sorted. The \
      rules count as deployed before everything. The run ends at --until, else when nothing is \
      left to be decided, at most 60 days after the last event.

      A time is written as 2026-03-09T13:00:00Z, or as a date: for --until the end of that day, \
      else its beginning, in the zone of the settings.
      """
  )

  /// The forms of the answer.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text
    case jsonl
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
    help: ArgumentHelp("Files of events, plain or gzip.", valueName: "files")
  )
  var events: [String]

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

  @Option(help: "A table, or a line for each final decision.")
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
  }

  func run() throws {
    let loaded = try LoadedRules(paths: rules, settings: settings, now: SystemClock().now)
    let ruleSet = try loaded.ruleSet()
    let plan = try BacktestPlan(self, ruleSet, zones: loaded.zones)
    var history = try readEvents()
    try tell(history.survey)
    let end = plan.end(after: history.survey.last)
    let engine = Engine(
      rules: ruleSet,
      zones: loaded.zones,
      messages: loaded.configuration.messages
    )
    var backtest = Backtest(
      engine,
      until: end,
      resting: plan.until == nil ? Limits.millisecondsAfterLastEvent : nil
    )
    var report = BacktestReport(plan, format: format, terminal: output.answer)
    try replay(&history, through: &backtest, into: &report, stateAt: plan.stateAt)
    try report.finish()
  }

  private func readEvents() throws(Failure) -> EventHistory {
    var bar = ProgressBar("Reading events", total: nil, output: output)
    return try EventHistory(paths: events) { bar.update($0) }
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
    _ history: inout EventHistory,
    through backtest: inout Backtest,
    into report: inout BacktestReport,
    stateAt: Timestamp?
  ) throws {
    var stateAt = stateAt
    var bar = ProgressBar("Replaying", total: history.survey.events, output: output)
    var done = 0
    while let event = try history.next() {
      if let instant = stateAt, event.arrival.instant > instant {
        report.add(try backtest.snapshot(at: instant) { try report.add($0) })
        stateAt = nil
      }
      try backtest.take(event) { try report.add($0) }
      done += 1
      bar.update(done)
    }
    if let instant = stateAt {
      report.add(try backtest.snapshot(at: instant) { try report.add($0) })
    }
    try backtest.finish { try report.add($0) }
    bar.finish(done)
  }
}
