import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeRules

/// `nudged simulate`.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Play one made-up person through the campaigns.",
    discussion: """
      The file says what the person does and when, as `given` of a campaign test does. The timeline \
      shows what follows: what is entered, planned, sent, skipped and why, and how scores, pace and \
      health change. Nobody is held out unless the file says `holdout: on`. The exit status is 65 \
      when the file is wrong, and 78 when the rules are.
      """
  )

  /// The forms of the timeline.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text
    case jsonl
  }

  @Argument(help: "The file of the person, such as ana.yaml.")
  var person: String

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Rule files, and folders of them. (default: the settings' folder of rules, else ./rules)",
      valueName: "paths"
    )
  )
  var rules: [String] = []

  @OptionGroup var settings: SettingsOptions

  @Option(help: "A timeline for people, or a JSON object a line.")
  var format = Format.text

  @OptionGroup var output: OutputOptions

  func run() throws {
    guard InputFile.kind(of: person) == .file else {
      throw Failure("there is no file \(person)", .noSuchFile)
    }
    let source = try InputFile.source(person)
    let loaded = try LoadedRules(paths: rules, settings: settings, now: SystemClock().now)
    let ruleSet = try loaded.ruleSet()
    let file = try read(source, ruleSet, loaded.zones)
    let moments = file.simulated(under: ruleSet, zones: loaded.zones)
    let answer = Answer()
    for line in lines(of: moments) { try answer.line(line) }
    try answer.finish()
    if !moments.contains(where: { $0.kind == .entered }) {
      output.note("Nobody enters a campaign here; `nudged explain` says why of those who are real.")
    }
  }

  private func read(
    _ source: SourceFile,
    _ rules: RuleSet,
    _ zones: ZoneTable
  ) throws(Failure) -> PersonFile {
    let collector = DiagnosticCollector()
    let reader = CampaignTestReader(zones: zones, collector: collector)
    let file = reader.readPerson(source, timezone: rules.policy.timezone)
    if let file, !collector.hasErrors { return file }
    let text = DiagnosticPrinter(files: [source]).text(of: collector.diagnostics)
    throw Failure("\(source.path) is no good\n\(text)", .badData)
  }

  private func lines(of moments: [SimulatedMoment]) -> [String] {
    switch format {
    case .jsonl: moments.map(\.line)
    case .text: table(of: moments).lines(width: output.answer.width)
    }
  }

  private func table(of moments: [SimulatedMoment]) -> Table {
    var table = Table([.left, .left, .left])
    let people = Set(moments.compactMap(\.subject))
    for moment in moments {
      let whom = people.count > 1 ? moment.subject.map { "\($0.id): " } ?? "" : ""
      let text = output.answer.isUnicode ? moment.text : moment.text.replacing("→", with: "->")
      table.add([
        moment.at.text(in: output.utc ? .utc : moment.zone), moment.kind.rawValue, whom + text,
      ])
    }
    return table
  }
}

extension SimulatedMoment {
  /// The moment as a line of `--format jsonl`.
  fileprivate var line: String {
    JSONValue.object([
      .init("at", .string(at.rfc3339)),
      .init("subject", .optional(subject?.description)),
      .init("kind", .string(kind.rawValue)),
      .init("text", .string(text)),
    ])
    .json.text
  }
}
