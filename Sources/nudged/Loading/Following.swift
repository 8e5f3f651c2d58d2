import Dispatch
import Glibc
import NudgeCore
import NudgeDaemon

/// A list of the daemon that grows: the latest of it first, then every new element, until Ctrl-C.
struct Following {
  /// The path that is asked.
  let route: String
  /// Under which key the elements stand in the answer.
  let key: String
  /// How many of the past are shown first.
  let lines: Int

  /// How many elements one answer of the daemon holds at most.
  private static let pageSize = 1000

  /// How long the daemon is left alone between two questions.
  private static let pause = Duration.milliseconds(500)

  /// Writes each element as a line.
  func run(
    _ filters: [String: String?],
    _ control: ControlOptions,
    _ output: OutputOptions,
    line: (JSONValue, Zone) -> String
  ) async throws {
    let interrupt = Following.endingWithInterrupt()
    defer { interrupt.cancel() }
    var after: Int?
    while true {
      let paging = [
        "after": after.map(String.init),
        "limit": String(after == nil ? lines : Following.pageSize),
      ]
      let query = Query(filters.merging(paging) { $1 })
      let page = try await control.ask("GET", "\(route)\(query)")
      guard case .array(let elements) = page[key] else { return }
      let answer = Answer()
      let zone = output.zone(of: page)
      for element in elements { try answer.line(line(element, zone)) }
      try answer.finish()
      if case .number(let last) = page["last"] { after = last.whole }
      // A full page has a next one. Otherwise we ask again after a pause: the control socket answers questions and
      // tells nothing of itself.
      if elements.count < Following.pageSize { try await Task.sleep(for: Following.pause) }
    }
  }

  /// Ctrl-C ends the command with the status that says so.
  static func endingWithInterrupt() -> any DispatchSourceSignal {
    signal(SIGINT, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: SIGINT)
    source.setEventHandler { Glibc.exit(ExitStatus.interrupted.rawValue) }
    source.resume()
    return source
  }
}
