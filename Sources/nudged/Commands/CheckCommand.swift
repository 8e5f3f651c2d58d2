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
      would not, and 66 when a path does not exist.
      """
  )

  /// The forms of the report.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
  }

  @Argument(
    help: ArgumentHelp(
      "Rule files, and folders of them. (default: the settings' folder of rules, else ./rules)",
      valueName: "paths"
    )
  )
  var paths: [String] = []

  @OptionGroup var settings: SettingsOptions

  @Flag(help: "Let warnings fail too.")
  var denyWarnings = false

  @Option(help: "The form of the report.")
  var format = Format.text

  @OptionGroup var output: OutputOptions

  func run() throws {
    let rules = try LoadedRules(paths: paths, settings: settings, now: SystemClock().now)
    let answer = Answer()
    switch format {
    case .text: try answer.text(rules.report(in: output.answer))
    case .json:
      try answer.line(
        DiagnosticJSON.text(
          of: rules.configuration.diagnostics,
          summary: rules.configuration.summary
        )
      )
    }
    try answer.finish()
    if fails(rules.configuration.summary) { throw ExitStatus.bad.exit }
  }

  private func fails(_ summary: DiagnosticSummary) -> Bool {
    summary.errors > 0 || denyWarnings && summary.warnings > 0
  }
}
