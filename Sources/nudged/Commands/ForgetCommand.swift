import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged user forget ID`.
struct ForgetUserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget",
    abstract: "Erase a person for good.",
    discussion: """
      Events, traits, progress, decisions and deliveries are overwritten in the database before the \
      command ends; what waits to be sent is cancelled. Events of theirs from before now are passed \
      over if they come again. Lines in outbox files stay, and so does what others' events say.
      """
  )

  @Argument(help: "The person's id.")
  var id: String

  @Flag(help: "Do not ask.")
  var yes = false

  @Option(help: "The form of the answer.")
  var format = AnswerFormat.text

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  /// How often it is tried while a line about them is just being written, or a report reads what is to be overwritten.
  private static let attempts = 30

  func run() async throws {
    guard !id.isEmpty else { throw Failure("the id is empty", .usage) }
    try Confirmation.ask("This erases user:\(id) and cannot be undone.", isGiven: yes)
    let query = Query(["by": Operator.name])
    let erasure = try await control.ask(
      "DELETE",
      "/v1/users/\(id.asPathSegment)\(query)",
      attempts: Self.attempts
    )
    let answer = Answer()
    switch format {
    case .json: try answer.line(erasure.json.text)
    case .text: try tell(erasure, answer)
    }
    try answer.finish()
  }

  private func tell(_ erasure: JSONValue, _ answer: Answer) throws {
    func counted(_ key: String, _ one: String, _ many: String) -> String {
      let count = erasure[key]?.wholeNumber ?? 0
      return "\(count.grouped) \(count == 1 ? one : many)"
    }
    let parts = [
      counted("events", "event", "events"), counted("decisions", "decision", "decisions"),
      counted("deliveries", "delivery", "deliveries"),
      counted("rejected", "rejected message", "rejected messages"),
    ]
    try answer.line("user:\(id) erased: \(parts.joined(separator: ", "))")
    guard case .array(let files) = erasure["files"], !files.isEmpty else { return }
    let names = files.compactMap(\.text).joined(separator: ", ")
    output.note("Lines about them stay in the files of: \(names)")
  }
}
