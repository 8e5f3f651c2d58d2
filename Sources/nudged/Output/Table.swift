/// Rows of text in aligned columns, without lines around them.
struct Table {
  /// Which side of a column its texts stand at.
  enum Side {
    case left
    case right
  }

  private let sides: [Side]
  private var rows: [[String]] = []

  /// A table of columns that are aligned so; more columns go right.
  init(_ sides: [Side]) {
    self.sides = sides
  }

  /// Adds a row; one that is shorter ends earlier.
  mutating func add(_ row: [String]) {
    rows.append(row)
  }

  /// The lines, three spaces between two columns, none at the end; cut to a width if there is one.
  func lines(width: Int? = nil) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.filter { $0.count > 1 && $0.count > column }.map { $0[column].count }.max() ?? 0
    }
    return rows.map { row in
      let cells = row.enumerated().map { padded($1, to: widths[$0], side: side(of: $0)) }
      let line = cells.joined(separator: "   ").trimmingEnd()
      return width.map { String(line.prefix($0)) } ?? line
    }
  }

  private func side(of column: Int) -> Side {
    column < sides.count ? sides[column] : .right
  }

  private func padded(_ text: String, to width: Int, side: Side) -> String {
    let spaces = String(repeating: " ", count: max(0, width - text.count))
    return switch side {
    case .left: text + spaces
    case .right: spaces + text
    }
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}

extension Int {
  /// The number as people read it: `1,204,331`.
  var grouped: String {
    let digits = Array(String(magnitude))
    var text = self < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// The number with its noun, which takes an s unless there is one: `2 errors`.
  func counted(_ noun: String) -> String {
    "\(grouped) \(noun)\(self == 1 ? "" : "s")"
  }
}
