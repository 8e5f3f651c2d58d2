import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged reload`.
struct ReloadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Let the daemon load the rules again.",
    discussion: """
      All or nothing: when anything is wrong the running rules stay, everything that was found is \
      printed, and the exit status is 78.
      """
  )

  @Flag(help: "Wait for the result; always so, accepted for service managers.")
  var wait = false

  @Option(help: ArgumentHelp("Reload only if this rule set is running.", valueName: "hash"))
  var expect: String?

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let query = expect.map { "?expect=\($0.asPathSegment)" } ?? ""
    let result = try await control.ask("POST", "/v1/reload\(query)")
    let answer = Answer()
    let hash = String((result["hash"]?.text ?? "").prefix(12))
    let isChanged = result["changed"] == .bool(true)
    try answer.line(isChanged ? "loaded: set \(hash) decides now" : "unchanged: set \(hash)")
    if let report = result["report"]?.text { output.note(report) }
    try answer.finish()
  }
}
