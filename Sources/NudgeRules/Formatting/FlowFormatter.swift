/// Puts the keys of maps in braces into order; what is in order keeps its spaces.
struct FlowFormatter {
  private let text: [Character]

  /// The text of one line.
  init(_ line: String) {
    text = Array(line)
  }

  /// The line with the collection that opens at a column in order; as it is where that does not close in the line.
  func formatted(at column: Int, as shape: Shape) -> String {
    guard let end = end(of: column) else { return String(text) }
    return String(text[..<column]) + collection(column...end, shape) + String(text[(end + 1)...])
  }

  private func collection(_ range: ClosedRange<Int>, _ shape: Shape) -> String {
    let pieces = pieces(range.lowerBound + 1..<range.upperBound)
    let isMap = text[range.lowerBound] == "{"
    let keys = pieces.map { isMap ? key(of: $0) : "" }
    let written = zip(pieces, keys).map {
      value(in: $0, isMap ? shape.value(of: $1) : shape.element)
    }
    let order = isMap ? shape.order(of: keys) : Array(keys.indices)
    let isOrdered = order == Array(keys.indices)
    let inner =
      isOrdered
      ? written.joined(separator: ",")
      : order.map { written[$0].trimmingSpaces }.joined(separator: ", ")
    return "\(text[range.lowerBound])\(inner)\(text[range.upperBound])"
  }

  /// What stands between commas.
  private func pieces(_ range: Range<Int>) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = range.lowerBound
    var index = start
    while index < range.upperBound {
      if text[index] == "," {
        pieces.append(start..<index)
        start = index + 1
      }
      index = skip(index) ?? range.upperBound
    }
    return pieces + (start < range.upperBound ? [start..<range.upperBound] : [])
  }

  private func colon(in piece: Range<Int>) -> Int? {
    var index = piece.lowerBound
    while index < piece.upperBound {
      if text[index] == ":", index + 1 == piece.upperBound || text[index + 1] == " " {
        return index
      }
      guard let next = skip(index) else { return nil }
      index = next
    }
    return nil
  }

  private func key(of piece: Range<Int>) -> String {
    let key = String(text[piece.lowerBound..<(colon(in: piece) ?? piece.upperBound)]).trimmingSpaces
    let isQuoted = key.count > 1 && "\"'".contains(key.first ?? " ")
    return isQuoted ? String(key.dropFirst().dropLast()) : key
  }

  /// A piece with what it holds in order.
  private func value(in piece: Range<Int>, _ shape: Shape) -> String {
    let start = text[piece].firstIndex { "{[".contains($0) }
    guard let start, let end = end(of: start), end < piece.upperBound else {
      return String(text[piece])
    }
    return String(text[piece.lowerBound..<start]) + collection(start...end, shape)
      + String(text[(end + 1)..<piece.upperBound])
  }

  /// Where the collection that opens here is closed.
  private func end(of start: Int) -> Int? {
    var index = start + 1
    while index < text.count {
      if "}]".contains(text[index]) { return index }
      if text[index] == "#", text[index - 1] == " " { return nil }
      guard let next = skip(index) else { return nil }
      index = next
    }
    return nil
  }

  /// The place behind a character, a quoted text or a collection.
  private func skip(_ index: Int) -> Int? {
    switch text[index] {
    case "{", "[": end(of: index).map { $0 + 1 }
    case "\"", "'": beginsText(at: index) ? endOfText(at: index) : index + 1
    default: index + 1
    }
  }

  private func beginsText(at index: Int) -> Bool {
    text[..<index].last { $0 != " " }.map { ",{[:".contains($0) } ?? true
  }

  private func endOfText(at start: Int) -> Int? {
    var index = start + 1
    while index < text.count {
      if text[index] == "\\", text[start] == "\"" {
        index += 1
      } else if text[index] == text[start] {
        guard text[start] == "'", index + 1 < text.count, text[index + 1] == "'" else {
          return index + 1
        }
        index += 1
      }
      index += 1
    }
    return nil
  }
}
