import ArgumentParser
import Dispatch
import Glibc
import NudgeCore
import NudgeDaemon

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

  /// How many decisions one answer of the daemon holds at most.
  private static let pageSize = 1000

  /// How long the daemon is left alone between two questions.
  private static let pause = Duration.milliseconds(500)

  func validate() throws {
    guard (0...1000).contains(lines) else {
      throw ValidationError("'--lines' takes a number from 0 to 1000.")
    }
  }

  func run() async throws {
    let interrupt = TailCommand.endingWithInterrupt()
    defer { interrupt.cancel() }
    var after: Int?
    while true {
      let query = Query([
        "campaign": campaign, "reason": reason, "after": after.map(String.init),
        "limit": String(after == nil ? lines : TailCommand.pageSize),
      ])
      let page = try await control.ask("GET", "/v1/decisions\(query)")
      guard case .array(let decisions) = page["decisions"] else { return }
      let answer = Answer()
      let zone = output.zone(of: page)
      for decision in decisions { try answer.line(line(decision, zone)) }
      try answer.finish()
      if case .number(let last) = page["last"] { after = last.whole }
      // A full page has a next one. Otherwise we ask again after a pause: the control socket answers questions and
      // tells nothing of itself.
      if decisions.count < TailCommand.pageSize { try await Task.sleep(for: TailCommand.pause) }
    }
  }

  /// Ctrl-C ends the command with the status that says so.
  private static func endingWithInterrupt() -> any DispatchSourceSignal {
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT)
    source.setEventHandler { Glibc.exit(ExitStatus.interrupted.rawValue) }
    source.resume()
    return source
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
