/// How answers are written for people.
public struct TextStyle: Sendable {
  /// The zone of all times; `nil`: the subject's own.
  public let zone: Zone?
  /// Whether ✓, ✗ and the like can be shown; `ok` and `FAIL` else.
  public let usesSymbols: Bool
  /// Whether marks are coloured.
  public let usesColor: Bool
  /// Whether checks that pass and the ways out are shown too.
  public let isDetailed: Bool

  /// A style; local times, symbols and no colour unless said.
  public init(
    zone: Zone? = nil,
    usesSymbols: Bool = true,
    usesColor: Bool = false,
    isDetailed: Bool = false
  ) {
    self.zone = zone
    self.usesSymbols = usesSymbols
    self.usesColor = usesColor
    self.isDetailed = isDetailed
  }

  /// The mark of what holds or does not, always equally wide.
  func mark(_ holds: Bool) -> String {
    let sign = usesSymbols ? (holds ? "✓" : "✗") : (holds ? "ok  " : "FAIL")
    return usesColor ? "\u{1B}[3\(holds ? 2 : 1)m\(sign)\u{1B}[0m" : sign
  }

  /// A text with our own signs replaced where they cannot be shown.
  func plain(_ text: String) -> String {
    guard !usesSymbols else { return text }
    return text.map { TextStyle.replacements[$0] ?? String($0) }.joined()
  }

  func text(_ phrase: Phrase, in zone: Zone) -> String {
    plain(phrase.text(in: self.zone ?? zone))
  }

  private static let replacements: [Character: String] = [
    "✓": "ok", "✗": "FAIL", "·": "-", "≥": ">=", "≤": "<=", "→": "->", "…": "...", "├": "|",
    "└": "`", "│": "|",
  ]
}

extension String {
  /// The text with spaces behind it up to a width, in characters.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: Swift.max(0, width - count))
  }
}

/// Rows of cells with every column but the last one padded to its widest cell.
func aligned(_ rows: [[String]], gap: Int = 2) -> [String] {
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in
    rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    let cells = row.enumerated().map { place, cell in
      place == row.count - 1 ? cell : cell.padded(to: widths[place] + gap)
    }
    return cells.joined().trimmingTrailingSpaces
  }
}

extension String {
  var trimmingTrailingSpaces: String {
    String(reversed().drop { $0 == " " }.reversed())
  }
}

/// How long something takes, in its two largest units: `1 day 3 h`.
func elapsedText(milliseconds: Int64) -> String {
  let minutes = abs(milliseconds) / 60_000
  let (days, hours, rest) = (minutes / 1440, minutes % 1440 / 60, minutes % 60)
  let parts: [(Int64, String)] =
    days > 0
    ? [(days, days == 1 ? "day" : "days"), (hours, "h")] : [(hours, "h"), (rest, "min")]
  let text = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
  return text.isEmpty ? "less than a minute" : text
}

extension TextStyle {
  /// Rows of cells as lines, every column but the last padded to its widest cell.
  public static func columns(_ rows: [[String]]) -> [String] { aligned(rows) }
}
