import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged user`.
struct UserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user",
    abstract: "See one person, or many; hand out or erase what is kept of one.",
    subcommands: [
      ExportUserCommand.self, ForgetUserCommand.self, ListUserCommand.self, ShowUserCommand.self,
    ]
  )
}

/// `nudged account`.
struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account",
    abstract: "See one account, or many.",
    subcommands: [ListAccountCommand.self, ShowAccountCommand.self]
  )
}

/// What `user show` and `account show` have in common.
struct ShowOptions: ParsableArguments {
  @Option(help: "The form of the answer; json is the progress in each model.")
  var format = AnswerFormat.text

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func show(_ route: String, _ id: String) async throws {
    guard !id.isEmpty else { throw Failure("the id is empty", .usage) }
    let answer = Answer()
    let path = "/v1/\(route)/\(id.asPathSegment)"
    switch format {
    case .json:
      let progress = try await control.ask("GET", path + "/progress")
      guard case .array(let cards) = progress else { return }
      for card in cards { try answer.line(card.json.text) }
    case .text:
      let card = try await control.ask("GET", "\(path)?\(output.query)")
      try answer.text(card["text"]?.text ?? "")
    }
    try answer.finish()
  }
}

/// `nudged user show ID`.
struct ShowUserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a person's traits and progress."
  )

  @Argument(help: "The person's id.")
  var id: String

  @OptionGroup var show: ShowOptions

  func run() async throws { try await show.show("users", id) }
}

/// `nudged account show ID`.
struct ShowAccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show an account's traits and progress."
  )

  @Argument(help: "The account's id.")
  var id: String

  @OptionGroup var show: ShowOptions

  func run() async throws { try await show.show("accounts", id) }
}
