import ArgumentParser
import Foundation
import Glibc
import NudgeCore
import NudgeDaemon

/// `nudged apply`.
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Load exactly the rules that were planned.",
    discussion: """
      Refuses, with exit status 1 and what has moved, when other rules run than those that the \
      plan was made against, when the files or settings were edited since, or when the edit now \
      makes more new sends than --max-new-sends.

      Without a file it plans what the daemon would load, shows it, and asks.
      """
  )

  @Argument(help: ArgumentHelp("A plan that `nudged plan -o` has kept.", valueName: "file"))
  var file: String?

  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  @Option(
    help: ArgumentHelp(
      "Refuse when the edit, counted again, makes more new sends in seven days.",
      valueName: "n"
    )
  )
  var maxNewSends: Int?

  @OptionGroup var confirmations: ConfirmationOptions
  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    guard let plan = try await wanted() else { return }
    var query = "symbols=unicode\(confirmations.query)"
    if let maxNewSends { query += "&max_new_sends=\(maxNewSends)" }
    let result = try await control.ask(
      "POST",
      "/v1/plan/apply?\(query)",
      body: plan.json.bytes,
      within: .seconds(600)
    )
    let answer = Answer()
    let hash = String((result["hash"]?.text ?? "").prefix(12))
    let isChanged = result["changed"] == .bool(true)
    try answer.line(isChanged ? "applied: set \(hash) decides now" : "unchanged: set \(hash)")
    try answer.finish()
  }

  private func wanted() async throws -> JSONValue? {
    if let file { return try kept(file) }
    return try await planned()
  }

  private func kept(_ path: String) throws -> JSONValue {
    guard InputFile.kind(of: path) == .file else {
      throw Failure("there is no file \(path); `nudged plan -o \(path)` writes one", .noSuchFile)
    }
    let bytes = try InputFile.explained { Array(try Data(contentsOf: URL(filePath: path))) }
    guard let plan = JSONText(wellFormed: bytes).value, plan["nudged_plan"]?.wholeNumber == 1 else {
      throw Failure("\(path) is no plan; `nudged plan -o FILE` writes one", .badData)
    }
    return plan
  }

  /// The plan of what the daemon would load, if it is wanted; `nil` when there is nothing to do.
  private func planned() async throws -> JSONValue? {
    let result = try await control.ask(
      "POST",
      "/v1/plan?\(output.query)\(confirmations.query)",
      within: .seconds(600)
    )
    let answer = Answer()
    try answer.text(result["text"]?.text ?? "")
    try answer.finish()
    guard let plan = result["plan"], plan["base"]?["hash"] != plan["planned"]?["hash"] else {
      return nil
    }
    try ask()
    return plan
  }

  private func ask() throws {
    if yes { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw Failure("nobody can be asked here; --yes applies without asking", .usage)
    }
    Note.raw("Apply this? Only `yes` does: ")
    guard readLine() == "yes" else { throw Failure("nothing was applied", .bad) }
  }
}
