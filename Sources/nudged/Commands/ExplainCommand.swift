import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged explain`.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say why somebody got what they got, did not get the rest, and what comes next.",
    discussion: """
      The reasons in it, such as waiting.cap, are told by `nudged docs CODE`.

      `nudged explain score PERSON [NAME]` shows scores as sums, with what moved each part last. \
      A person whose id is score is asked for as user:score.

      A time for --at is written as 2026-03-09T13:00:00Z, or as a date, which means the end of that \
      day in the zone of the settings. Everything is then told as it was: the events that had \
      come, the rules that were in force.
      """
  )

  @Argument(help: "The person's id; an account as account:ID.")
  var subject: String

  @Argument(help: "The only campaign to explain. (default: all of them)")
  var campaign: String?

  @Argument(help: ArgumentHelp("The score's name, after `score PERSON`.", visibility: .hidden))
  var name: String?

  @Option(help: ArgumentHelp("Explain how it was at this time.", valueName: "time"))
  var at: String?

  @Option(help: "The form of the answer.")
  var format = AnswerFormat.text

  @OptionGroup var database: DatabaseOption
  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  private var isAboutScores: Bool { subject == "score" }

  func validate() throws {
    if (isAboutScores ? campaign : subject) == "" { throw ValidationError("The id is empty.") }
    if isAboutScores, campaign == nil {
      throw ValidationError(
        "Write `nudged explain score PERSON [NAME]`, or user:score for a person of that id."
      )
    }
    if !isAboutScores, let name {
      throw ValidationError("Unexpected argument '\(name)'; one campaign can be named.")
    }
  }

  func run() async throws {
    if isAboutScores {
      try Answer.write(try await scores(of: target(campaign ?? "")), "scores", as: format)
    } else {
      try Answer.write(try await explanation(of: target(subject)), "explanation", as: format)
    }
  }

  private func explanation(of person: SubjectID) async throws -> JSONValue {
    guard let path = database.db else {
      return try await ask("explain", person, [("campaign", campaign), ("at", at)])
    }
    return try known(person) {
      try PastQuestion(database: path, control, output).answer {
        try $0.explanation(of: person, campaign: campaign, at: at, style: $1)
      }
    }
  }

  private func scores(of person: SubjectID) async throws -> JSONValue {
    guard let path = database.db else {
      return try await ask("scores", person, [("name", name), ("at", at)])
    }
    return try known(person) {
      try PastQuestion(database: path, control, output).answer {
        try $0.scores(of: person, named: name, at: at, style: $1)
      }
    }
  }

  private func ask(
    _ question: String,
    _ person: SubjectID,
    _ parameters: [(key: String, value: String?)]
  ) async throws -> JSONValue {
    let route = person.kind == .account ? "accounts" : "users"
    let query = parameters.compactMap { parameter in
      parameter.value.map { "&\(parameter.key)=\($0.asPathSegment)" }
    }
    return try await control.ask(
      "GET",
      "/v1/\(route)/\(person.id.asPathSegment)/\(question)?\(output.query)\(query.joined())"
    )
  }

  private func known(_ person: SubjectID, _ answer: () throws -> JSONValue?) throws -> JSONValue {
    if let value = try answer() { return value }
    let when = at.map { " by \($0)" } ?? ""
    throw Failure("nothing was known of \(person)\(when); ids are case-sensitive", .bad)
  }

  private func target(_ text: String) -> SubjectID {
    guard let named = SubjectID(text) else { return .user(text) }
    return named
  }
}
