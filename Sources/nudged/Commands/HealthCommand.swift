import ArgumentParser
import NudgeClient
import NudgeCore
import NudgeDaemon

/// `nudged health`.
struct HealthCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health",
    abstract: "Tell in one line whether the daemon is well.",
    discussion: """
      For probes and monitoring. The exit status is 0 when it is up, can write its database and \
      nothing is degraded; 1 when it is not; 69 when it cannot be reached. A probe that restarts \
      what is not well says --allow-degraded: a rejected rule file is no reason to restart.
      """
  )

  @Flag(help: "Exit 0 too when something is degraded.")
  var allowDegraded = false

  @Option(help: "The form of the answer.")
  var format = AnswerFormat.text

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  /// How long the daemon may take: probes are called again in some seconds.
  private static let patience = Duration.seconds(10)

  /// How the daemon is.
  private enum State: String {
    case ok
    case degraded
    /// It starts or stops.
    case notReady = "not-ready"
    /// Its database cannot be written.
    case bad
  }

  func run() async throws {
    let health = try await ask("/healthz")
    let ready = try await ask("/readyz")
    let state = state(health, ready)
    let problems = health.value["problems"] ?? .array([])
    if !output.quiet { try tell(state, problems) }
    switch state {
    case .ok: return
    case .degraded where allowDegraded: return
    case .degraded, .notReady, .bad: throw ExitStatus.bad.exit
    }
  }

  private func ask(_ path: String) async throws -> (isGood: Bool, value: JSONValue) {
    let answer = try await control.send("GET", path, within: HealthCommand.patience)
    return (answer.status == 200, JSONText(wellFormed: answer.body).value ?? .null)
  }

  private func state(
    _ health: (isGood: Bool, value: JSONValue),
    _ ready: (isGood: Bool, value: JSONValue)
  ) -> State {
    if !health.isGood { return .bad }
    if !ready.isGood { return .notReady }
    return health.value["status"]?.text == "ok" ? .ok : .degraded
  }

  private func tell(_ state: State, _ problems: JSONValue) throws {
    let answer = Answer()
    switch format {
    case .json:
      let value = JSONValue.object([
        .init("status", .string(state.rawValue)), .init("problems", problems),
      ])
      try answer.line(value.json.text)
    case .text: try answer.line(line(state, problems))
    }
    try answer.finish()
  }

  private func line(_ state: State, _ problems: JSONValue) -> String {
    guard case .array(let list) = problems else { return state.rawValue }
    let texts = list.compactMap { $0["text"]?.text }.joined(separator: ", ")
    switch state {
    case .ok: return "ok"
    case .degraded: return "degraded: \(texts)"
    case .notReady: return "not ready: the daemon starts or stops"
    case .bad: return "bad: the database cannot be written"
    }
  }
}
