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
      printed, and the exit status is 78. Rules that ask for facts of the past take over once these \
      are counted; until then the running rules decide. A new campaign with `on_first_deploy: \
      start_over` asks how many people you mean.
      """
  )

  @Flag(help: "Wait for the result; always so, accepted for service managers.")
  var wait = false

  @Option(help: ArgumentHelp("Reload only if this rule set is running.", valueName: "hash"))
  var expect: String?

  @Option(
    help: ArgumentHelp("Let so many people start over in new campaigns.", valueName: "n")
  )
  var confirmCount: Int?

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let query = Query(["expect": expect, "confirm": confirmCount.map(String.init)])
    let result = try await control.ask("POST", "/v1/reload\(query)", deadline: .seconds(3600))
    let answer = Answer()
    let hash = String((result["hash"]?.text ?? "").prefix(12))
    let isChanged = result["changed"] == .bool(true)
    try answer.line(isChanged ? "loaded: set \(hash) decides now" : "unchanged: set \(hash)")
    if let report = result["report"]?.text { output.note(report) }
    try answer.finish()
  }
}
