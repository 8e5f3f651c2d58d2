import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged trace`.
struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Show one decision in full: the rule as it was, what it rested on, what came of it.",
    discussion: """
      The ids of decisions are at the end of `nudged explain PERSON`, and in every intervention. \
      The beginning of an id is enough where no other begins so.
      """
  )

  @Argument(help: "The decision's id, such as iv_fa5d7d2de20e2769a6c40bdfe00dc185.")
  var id: String

  @Option(help: "The form of the answer.")
  var format = AnswerFormat.text

  @OptionGroup var database: DatabaseOption
  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let result = try await answer()
    try Answer.write(result, "trace", as: format)
  }

  private func answer() async throws -> JSONValue {
    guard let path = database.db else {
      return try await control.ask("GET", "/v1/decisions/\(id.asPathSegment)?\(output.query)")
    }
    return try PastQuestion(database: path, control, output).answer { try $0.trace(id, style: $1) }
  }
}
