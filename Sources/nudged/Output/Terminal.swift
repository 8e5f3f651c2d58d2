import ArgumentParser
import Glibc

/// What a stream can show.
struct Terminal: Hashable, Sendable {
  /// When text is coloured.
  enum Color: String, CaseIterable, ExpressibleByArgument, Sendable {
    case auto
    case always
    case never
  }

  /// Whether a person watches.
  let isTerminal: Bool
  /// Whether colours are wanted.
  let hasColor: Bool
  /// Whether other signs than those of ASCII are shown.
  let isUnicode: Bool
  /// Columns; `nil` when nobody watches, so that nothing is cut.
  let width: Int?
  /// Lines; `nil` when nobody watches.
  let height: Int?

  /// The stream of this file descriptor.
  init(_ descriptor: Int32, color: Color = .auto) {
    isTerminal = isatty(descriptor) == 1
    hasColor = Terminal.wantsColor(color, isTerminal: isTerminal)
    isUnicode = Terminal.isUnicode
    let size = isTerminal ? Terminal.size(of: descriptor) : nil
    width = size?.columns
    height = size?.lines
  }

  /// Text between the codes of a style; as it is where colours are not wanted.
  func styled(_ text: String, _ style: Style) -> String {
    hasColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// How text stands out.
  enum Style: String {
    case bold = "1"
    case error = "1;31"
    case warning = "1;33"
    case hint = "1;36"
    case good = "1;32"
  }

  private static func wantsColor(_ color: Color, isTerminal: Bool) -> Bool {
    switch color {
    case .always: true
    case .never: false
    case .auto:
      isTerminal && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
    }
  }

  private static var isUnicode: Bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap(environment).first { !$0.isEmpty }
    let name = (locale ?? "").lowercased()
    return name.hasSuffix("utf-8") || name.hasSuffix("utf8")
  }

  private static func size(of descriptor: Int32) -> (columns: Int, lines: Int)? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 1
    else { return nil }
    return (Int(size.ws_col), Int(size.ws_row))
  }
}

/// The value of a variable of the environment; `nil` when it is not set.
func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}
