import ArgumentParser
import NudgeCore

/// `nudged tail`.
struct TailCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tail",
    abstract: "Show decisions as they are made.",
    discussion: "The latest ten first, then every new one, until Ctrl-C."
  )

  @Option(help: "Only this campaign.") var campaign: String?
  @Option(
    help: ArgumentHelp("Only this reason, such as sent or dropped.capped; or all of dropped.")
  )
  var reason: String?
  @Option(help: ArgumentHelp("How many of the past to show first.", valueName: "count"))
  var lines = 10
  @Option(help: "The form of the answer; json is one object a line.") var format = AnswerFormat.text
  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (0...1000).contains(lines) else {
      throw ValidationError("'--lines' takes a number from 0 to 1000.")
    }
  }

  func run() async throws {
    let following = Following(route: "/v1/decisions", key: "decisions", lines: lines)
    try await following.run(
      ["campaign": campaign, "reason": reason],
      control,
      output,
      line: line
    )
  }

  private func line(_ decision: JSONValue, _ zone: Zone) -> String {
    if format == .json { return decision.json.text }
    func text(_ key: String) -> String { decision[key]?.text ?? "-" }
    let at = Timestamp(rfc3339: text("at"))?.text(in: zone) ?? text("at")
    let isSent = decision["outcome"]?.text == Decision.Outcome.sent.rawValue
    let to = decision["channel"]?.text.map { " → \($0) \(text("to"))" } ?? ""
    let variant = decision["variant"]?.text.map { " (\($0))" } ?? ""
    return
      "\(at)  \(text("subject"))  \(text("campaign"))/\(text("step"))  \(text("reason"))\(isSent ? to + variant : "")"
  }
}
