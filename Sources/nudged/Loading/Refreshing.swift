import ArgumentParser
import Dispatch
import NudgeCore
import NudgeDaemon

/// How often a view of the daemon is shown anew.
struct RefreshOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("How long to wait between two views: 1s, 500ms, 1m.", valueName: "span")
  )
  var every = Interval(.seconds(2))

  @Option(
    help: ArgumentHelp("End after so many views. (default: with Ctrl-C)", valueName: "number")
  )
  var times: Int?

  func validate() throws {
    if let times, times < 1 { throw ValidationError("--times is 1 or more.") }
  }
}

/// A span of clock time as an argument.
struct Interval: ExpressibleByArgument, Hashable {
  let duration: Duration

  init(_ duration: Duration) {
    self.duration = duration
  }

  /// `500ms`, `2s`, `1m`; a tenth of a second at least, an hour at most.
  init?(argument: String) {
    let units: [(String, Duration)] = [
      ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)),
    ]
    let found = units.lazy.compactMap { unit, length -> Duration? in
      guard argument.hasSuffix(unit), let count = Int(argument.dropLast(unit.count)),
        (1...3_600_000).contains(count)
      else { return nil }
      return length * count
    }.first
    guard let found, found >= .milliseconds(100), found <= .seconds(3600) else { return nil }
    duration = found
  }

  var defaultValueDescription: String { "2s" }
}

/// A view that is drawn again and again, until Ctrl-C or as often as it was asked for.
///
/// On a terminal each takes the place of the one before; elsewhere they follow one another, with an empty line between.
struct Refreshing {
  let options: RefreshOptions
  let terminal: Terminal

  /// Draws the lines of one view after the other.
  func run(_ lines: () async throws -> [String]) async throws {
    let interrupt = Following.endingWithInterrupt()
    defer { interrupt.cancel() }
    var count = 0
    while true {
      try draw(try await lines(), isFirst: count == 0)
      count += 1
      if count == options.times { return }
      // A view is of a moment; the control socket tells nothing of itself.
      try await Task.sleep(for: options.every.duration)
    }
  }

  private func draw(_ lines: [String], isFirst: Bool) throws {
    let answer = Answer()
    if terminal.isTerminal {
      let screen = Refreshing.screen(of: lines, height: terminal.height)
      try answer.text((isFirst ? "\u{1B}[2J" : "") + screen)
    } else {
      if !isFirst { try answer.line("") }
      for line in lines { try answer.line(line) }
    }
    try answer.finish()
  }

  /// What puts a view in the place of the one before.
  ///
  /// Home, each line cleared behind its text, and what is left below (ECMA-48, 8.3). A text of several lines, such as a
  /// report, counts as what it takes.
  static func screen(of texts: [String], height: Int?) -> String {
    let lines = texts.flatMap {
      $0.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }
    let kept = lines.prefix((height ?? .max) - 1)
    return "\u{1B}[H" + kept.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J"
  }
}
