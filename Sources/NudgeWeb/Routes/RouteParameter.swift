import NudgeCore

/// One name of a query, and which texts it takes.
struct RouteParameter: Sendable {
  /// The form of a value.
  enum Form: Sendable {
    case text
    case count(ClosedRange<Int>)
    case choice([String])
    /// An instant in RFC 3339, or a date.
    case time
  }

  let name: String
  let form: Form
  let isRequired: Bool
  let summary: String

  init(_ name: String, isRequired: Bool = false, _ summary: String) {
    self.init(name, .text, isRequired: isRequired, summary)
  }

  init(_ name: String, _ form: Form, isRequired: Bool = false, _ summary: String) {
    self.name = name
    self.form = form
    self.isRequired = isRequired
    self.summary = summary
  }

  /// What is wrong with a value, and what would be right; `nil` for a good one.
  func complaint(about value: String) -> String? {
    switch form {
    case .text: value.contains("\0") ? "`\(name)` has a NUL in it" : nil
    case .count(let range): complaint(about: value, in: range)
    case .choice(let words):
      words.contains(value)
        ? nil : "`\(name)` is `\(value)`, and takes \(words.joined(separator: " or "))"
    case .time:
      Timestamp(rfc3339: value) != nil || LocalDate(value) != nil
        ? nil
        : "--\(name) is `\(value)`, and must be a time such as 2026-03-09T13:00:00Z or a date such as 2026-03-09"
    }
  }

  private func complaint(about value: String, in range: ClosedRange<Int>) -> String? {
    // `Int` takes a sign and leading zeros, which no counter writes.
    let isPlain = !value.isEmpty && value.utf8.allSatisfy { (0x30...0x39).contains($0) }
    if isPlain, let number = Int(value), range.contains(number) { return nil }
    let bound =
      range.upperBound == .max
      ? "from \(range.lowerBound) on" : "\(range.lowerBound) to \(range.upperBound)"
    return "`\(name)` is `\(value)`, and takes a whole number \(bound)"
  }

  // MARK: Those of many routes

  /// Where a page begins.
  static let after = RouteParameter(
    "after",
    .count(0...Int.max),
    "Where the page begins: `next` of the page before it."
  )

  /// How long a page is.
  static func limit(_ most: Int, from least: Int = 1) -> RouteParameter {
    RouteParameter("limit", .count(least...most), "How many at most.")
  }

  /// Who acts.
  static let by = RouteParameter("by", "Who does it, as the log of acts keeps it.")

  /// How `text` is written.
  static let style = [
    RouteParameter("symbols", .choice(["unicode", "ascii"]), "The marks in `text`."),
    RouteParameter("color", .choice(["0", "1"]), "Whether `text` has terminal colours."),
    RouteParameter("utc", .choice(["0", "1"]), "Whether the times in `text` are in UTC."),
  ]
}
