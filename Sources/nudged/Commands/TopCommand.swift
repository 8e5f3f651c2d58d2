import ArgumentParser
import NudgeClient
import NudgeCore
import NudgeDaemon

/// `nudged top`.
struct TopCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Show what the daemon is doing, again and again.",
    discussion: """
      Events and decisions a second, campaigns with the busiest first, channels with what waits. \
      Sums are since the daemon began; rates since the view before, so the first view has none. \
      It reads the figures of /metrics and costs next to nothing.
      """
  )

  @OptionGroup var refresh: RefreshOptions

  @Option(help: "The form of the answer; json: one object for each view.")
  var format = AnswerFormat.text

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  /// A page, and when it was read.
  private struct Reading {
    let page: MetricsPage
    let at: ContinuousClock.Instant
  }

  func run() async throws {
    var last: Reading?
    try await Refreshing(options: refresh, terminal: output.answer).run {
      let next = try await read()
      let seconds = last.map { (next.at - $0.at) / .seconds(1) } ?? 0
      let view = TopView(next.page, since: last?.page, seconds: seconds)
      last = next
      switch format {
      case .json: return [view.json.json.text]
      case .text: return TopText(view: view, output: output).lines
      }
    }
  }

  private func read() async throws -> Reading {
    let answer = try await control.send("GET", "/metrics")
    guard answer.status == 200 else { throw Failure("the daemon answers \(answer.status)", .bug) }
    return Reading(page: MetricsPage(String(decoding: answer.body, as: UTF8.self)), at: .now)
  }
}
