import ArgumentParser
import NudgeCore
import NudgeDaemon

/// `nudged clock`.
struct ClockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clock",
    abstract: "See whether the daemon believes the machine's clock; confirm it.",
    discussion: """
      When the time of day leaps by more than an hour without the machine having slept, time goes on \
      for the daemon as if nobody had set it, until two readings a minute apart agree or somebody \
      confirms. When it stands more than five minutes before the newest event, nothing is sent.
      """,
    subcommands: [Confirm.self, Show.self],
    defaultSubcommand: Show.self
  )

  /// `nudged clock show`.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Show how the clock stands; exit status 1 while it is not believed."
    )

    @Option(help: "The form of the answer.") var format = AnswerFormat.text
    @OptionGroup var control: ControlOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let found = try await control.ask("GET", "/v1/clock")
      try found.tell(format, isHeld: "is not believed", output)
      if found.isClockHeld { throw ExitStatus.bad.exit }
    }
  }

  /// `nudged clock confirm`.
  struct Confirm: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "confirm",
      abstract: "Say that the clock is right: what it makes due is decided and sent."
    )

    @Option(help: "The form of the answer.") var format = AnswerFormat.text
    @OptionGroup var control: ControlOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let query = Query(["by": Operator.name])
      let held = try await control.ask("POST", "/v1/clock/confirm\(query)")
      try held.tell(format, isHeld: "was not believed, and is now", output)
    }
  }
}

extension JSONValue {
  fileprivate var isClockHeld: Bool { clockSentence != nil }

  /// What is wrong with the clock; `nil` when nothing is.
  private var clockSentence: String? {
    if let seconds = self["clock"]?["held_seconds"]?.wholeNumber {
      return "it has leapt ahead by \(seconds.grouped) s"
    }
    return self["clock"]?["behind_seconds"]?.wholeNumber.map {
      "it is \($0.grouped) s before the newest event"
    }
  }

  fileprivate func tell(_ format: AnswerFormat, isHeld: String, _ output: OutputOptions) throws {
    let answer = Answer()
    switch format {
    case .json: try answer.line(json.text)
    case .text:
      let zone = output.zone(of: self)
      let now = self["now"]?.text.flatMap(Timestamp.init(rfc3339:))?.text(in: zone) ?? "?"
      let state = clockSentence.map { "\(isHeld): \($0)" } ?? "is believed"
      try answer.line("the clock \(state); for the daemon it is \(now)")
    }
    try answer.finish()
  }
}
