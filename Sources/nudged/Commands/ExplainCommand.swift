import ArgumentParser
import NudgeCore

/// `nudged explain`.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say why somebody got what they got, did not get the rest, and what comes next.",
    discussion: "The reasons in it, such as waiting.cap, are told by `nudged docs CODE`."
  )

  @Argument(help: "The person's id; an account as account:ID.")
  var subject: String

  @Argument(help: "The only campaign to explain. (default: all of them)")
  var campaign: String?

  @Option(help: "The form of the answer.")
  var format = AnswerFormat.text

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    let (route, id) = target
    let only = campaign.map { "&campaign=\($0.asPathSegment)" } ?? ""
    let result = try await control.ask(
      "GET",
      "/v1/\(route)/\(id.asPathSegment)/explain?\(output.query)\(only)"
    )
    let answer = Answer()
    switch format {
    case .json: try answer.line((result["explanation"] ?? .null).json.text)
    case .text:
      let text = result["text"]?.text ?? ""
      try answer.text(text.hasSuffix("\n") ? text : text + "\n")
    }
    try answer.finish()
  }

  private var target: (route: String, id: String) {
    guard let named = SubjectID(subject) else { return ("users", subject) }
    return (named.kind == .account ? "accounts" : "users", named.id)
  }
}
