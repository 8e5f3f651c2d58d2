import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeRules

/// `nudged check`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find what is wrong with rule files and settings.",
    discussion: """
      Prints everything that was found, each with its place and what would be right; \
      `nudged docs CODE` tells more. The exit status is 0 when a load would succeed, 1 when it \
      would not, and 66 when a path does not exist or there are no rules to check.

      With a database of events (--history) it also hints at events, properties and values that \
      the rules name and that were not seen, and at campaigns that would take in more than \
      volume_limit.
      """
  )

  @Argument(
    help: ArgumentHelp(
      "Rule files, and folders of them. (default: the settings' folder of rules, else ./rules)",
      valueName: "paths"
    )
  )
  var paths: [String] = []

  @OptionGroup var settings: SettingsOptions

  @Option(
    help: ArgumentHelp(
      "Compare with the events of this database; it is only read.",
      valueName: "db"
    )
  )
  var history: String?

  @Flag(help: "Let warnings fail too.")
  var denyWarnings = false

  @Flag(help: "The paths are pages of Markdown; check each block of YAML in them.")
  var fromMarkdown = false

  @Option(help: "The form of the report.")
  var format = CheckReport.Format.text

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if fromMarkdown, paths.isEmpty {
      throw ValidationError("--from-markdown needs the pages to check.")
    }
    if fromMarkdown, history != nil {
      throw ValidationError("--history is for rule files, not for pages of Markdown.")
    }
  }

  func run() throws {
    let report = try fromMarkdown ? reportOfPages() : reportOfRules()
    let answer = Answer()
    try answer.text(report.text(as: format, in: output.answer))
    try answer.finish()
    if fails(report.summary) { throw ExitStatus.bad.exit }
  }

  private var today: LocalDate { Zone.utc.date(at: SystemClock().now) }

  private func reportOfRules() throws -> CheckReport {
    let rules = try LoadedRules(paths: paths, settings: settings, now: SystemClock().now)
    try refuseOtherFormats(rules.configuration.ruleFiles)
    let isEmpty = rules.configuration.ruleFiles.isEmpty
    // Settings that were named are worth a check of their own; an empty folder of rules is a good, empty rule set.
    let isOfSettings = settings.config != nil && paths.isEmpty
    if isEmpty, !isOfSettings, !rules.configuration.hasErrors {
      throw nothingToCheck(rules.configuration)
    }
    let hints = try history.map {
      try HistoryHints(path: $0, rules: rules, output: output).hints(today: today)
    }
    return CheckReport(rules.configuration, hints: hints ?? [])
  }

  /// A file of another format would be told as one long list of unknown keys.
  private func refuseOtherFormats(_ files: [SourceFile]) throws(Failure) {
    for file in files where paths.contains(file.path) {
      switch FileFormat(of: file) {
      case .rules: continue
      case .settings:
        throw Failure(
          "\(file.path) holds settings, not rules\n  they are checked with: nudged check --config \(file.path)",
          .usage
        )
      case .campaignTest:
        throw Failure(
          "\(file.path) holds campaign tests, not rules\n  they are run with: nudged test \(file.path)",
          .usage
        )
      }
    }
  }

  private func nothingToCheck(_ configuration: Configuration) -> Failure {
    let folders = paths.isEmpty ? [configuration.settings?.rules ?? "rules"] : paths
    let missing = folders.filter { InputFile.kind(of: $0) == .nothing }
    let found =
      missing.isEmpty
      ? "there is no rule file (*.yaml) below \(folders.joined(separator: ", "))"
      : "there is no folder \(missing.joined(separator: ", "))"
    let file = configuration.settings?.file
    let source =
      file.map { "the settings in \($0) name it" }
      ?? "there is no nudged.yaml here that names another"
    let advice =
      paths.isEmpty ? "\n  \(source); rules elsewhere are checked with: nudged check PATH" : ""
    return Failure("no rules to check: \(found)\(advice)", .noSuchFile)
  }

  private func reportOfPages() throws -> CheckReport {
    let given = try settings.config.map { path in
      _ = try settings.path()
      return try InputFile.source(path)
    }
    let check = MarkdownCheck(
      settings: given,
      zones: try LoadedRules.systemZones(),
      today: today
    )
    return try check.report(of: paths)
  }

  private func fails(_ summary: DiagnosticSummary) -> Bool {
    summary.errors > 0 || denyWarnings && summary.warnings > 0
  }
}

extension CheckReport.Format: ExpressibleByArgument {}
