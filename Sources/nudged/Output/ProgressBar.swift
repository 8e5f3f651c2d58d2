/// How far a long piece of work is, on stderr.
///
/// On a terminal a bar, once a second has passed; elsewhere a line each ten seconds.
struct ProgressBar {
  private static let barCells = 16

  private let title: String
  private let total: Int?
  private let terminal: Terminal
  private let isQuiet: Bool
  private let began = ContinuousClock.now
  private var nextAt: ContinuousClock.Instant
  private var isShown = false
  /// Counts down to the next look at the clock, which costs more than a count.
  private var untilLook = 0

  /// Work of so many units; `nil` when nobody knows.
  init(_ title: String, total: Int?, output: OutputOptions) {
    self.title = title
    self.total = total
    terminal = output.notes
    isQuiet = output.quiet
    nextAt = began + .seconds(terminal.isTerminal ? 1 : 10)
  }

  /// So many units are done; `isSeldom` where this is called for many units at once.
  mutating func update(_ done: Int, isSeldom: Bool = false) {
    untilLook -= 1
    guard untilLook < 0 || isSeldom, !isQuiet else { return }
    untilLook = 1000
    let now = ContinuousClock.now
    guard now >= nextAt else { return }
    nextAt = now + (terminal.isTerminal ? .milliseconds(200) : .seconds(10))
    show(done, now)
  }

  /// The work is done; a bar that was shown stays as it ended.
  mutating func finish(_ done: Int) {
    guard isShown, terminal.isTerminal else { return }
    show(done, .now)
    Note.raw("\n")
  }

  private mutating func show(_ done: Int, _ now: ContinuousClock.Instant) {
    isShown = true
    let text = "\(title)   \(share(of: done))\((now - began).components.seconds) s"
    if terminal.isTerminal {
      Note.raw("\r\(text.prefix((terminal.width ?? 80) - 1))\u{1B}[K")
    } else {
      Note.write(text)
    }
  }

  private func share(of done: Int) -> String {
    guard let total, total > 0 else { return "\(done.grouped)   " }
    let percent = "\(100 * done / total) %   "
    guard terminal.isTerminal else { return percent }
    let full = ProgressBar.barCells * done / total
    let (filled, empty) = terminal.isUnicode ? ("█", "░") : ("#", ".")
    return String(repeating: filled, count: full)
      + String(repeating: empty, count: ProgressBar.barCells - full) + " " + percent
  }
}
