/// Turns what SDKs send and strict parsers refuse into strict JSON that says the same.
///
/// NaN and the infinities become null; half a surrogate pair and bytes that are no UTF-8 become
/// U+FFFD; control characters inside text are escaped; a byte order mark is dropped. Strict JSON
/// comes out as it went in, byte for byte, numbers with all their digits.
public enum LenientJSON {
  /// The same document in strict JSON (RFC 8259).
  ///
  /// - Throws: `malformed` with the place of the first byte that makes no sense, or `tooDeep`.
  public static func strict(_ bytes: [UInt8], depth: Int) throws(WireError) -> [UInt8] {
    var writer = LenientWriter(input: bytes, limit: depth)
    return try writer.document()
  }
}

/// One pass over the input, which writes while it reads.
private struct LenientWriter {
  let input: [UInt8]
  let limit: Int
  var position = 0
  var output: [UInt8] = []

  init(input: [UInt8], limit: Int) {
    self.input = input
    self.limit = limit
    output.reserveCapacity(input.count + 64)
  }

  mutating func document() throws(WireError) -> [UInt8] {
    if input.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    try value(depth: 0)
    copySpace()
    guard position == input.count else { throw expected("the end") }
    return output
  }

  private var next: UInt8? {
    position < input.count ? input[position] : nil
  }

  private func expected(_ what: String) -> WireError {
    .malformed(expected: what, at: position)
  }

  private mutating func copy() {
    output.append(input[position])
    position += 1
  }

  private mutating func copySpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { copy() }
  }

  private mutating func value(depth: Int) throws(WireError) {
    copySpace()
    switch next {
    case UInt8(ascii: "{"): try container(depth: depth + 1, end: UInt8(ascii: "}"))
    case UInt8(ascii: "["): try container(depth: depth + 1, end: UInt8(ascii: "]"))
    case UInt8(ascii: "\""): try string()
    case .some(let byte) where byte == UInt8(ascii: "-") || isDigit(byte): try number()
    case .some: try word()
    case nil: throw expected("a value")
    }
  }

  private mutating func container(depth: Int, end: UInt8) throws(WireError) {
    guard depth <= limit else { throw .tooDeep(limit: limit) }
    copy()
    copySpace()
    if next == end { return copy() }
    while true {
      if end == UInt8(ascii: "}") { try key() }
      try value(depth: depth)
      copySpace()
      if next == end { return copy() }
      guard next == UInt8(ascii: ",") else {
        throw expected("`,` or `\(Character(Unicode.Scalar(end)))`")
      }
      copy()
    }
  }

  private mutating func key() throws(WireError) {
    copySpace()
    guard next == UInt8(ascii: "\"") else { throw expected("a key in quotes") }
    try string()
    copySpace()
    guard next == UInt8(ascii: ":") else { throw expected("`:`") }
    copy()
  }

  // MARK: Words

  private static let words: [(from: [UInt8], to: [UInt8])] = [
    ("true", "true"), ("false", "false"), ("null", "null"), ("NaN", "null"), ("nan", "null"),
    ("Infinity", "null"), ("inf", "null"),
  ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

  private mutating func word() throws(WireError) {
    for (from, to) in LenientWriter.words where input[position...].starts(with: from) {
      position += from.count
      output += to
      return
    }
    throw expected("a value")
  }

  // MARK: Numbers

  private func isDigit(_ byte: UInt8) -> Bool {
    byte >= 0x30 && byte <= 0x39
  }

  private mutating func number() throws(WireError) {
    if next == UInt8(ascii: "-") {
      let following = position + 1
      if following < input.count, !isDigit(input[following]) {
        position = following
        return try infinity()
      }
      copy()
    }
    if next == UInt8(ascii: "0") { copy() } else { try digits() }
    if next == UInt8(ascii: ".") {
      copy()
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      copy()
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { copy() }
      try digits()
    }
  }

  /// What follows a minus that no digit follows.
  private mutating func infinity() throws(WireError) {
    guard next == UInt8(ascii: "I") || next == UInt8(ascii: "i") || next == UInt8(ascii: "N") else {
      throw expected("a digit")
    }
    try word()
  }

  private mutating func digits() throws(WireError) {
    guard let byte = next, isDigit(byte) else { throw expected("a digit") }
    while let byte = next, isDigit(byte) { copy() }
  }

  // MARK: Text

  private mutating func string() throws(WireError) {
    copy()
    while true {
      switch next {
      case nil: throw expected("`\"`")
      case UInt8(ascii: "\""): return copy()
      case UInt8(ascii: "\\"): try escape()
      case .some(let byte) where byte < 0x20: escapeControl(byte)
      case .some(let byte) where byte < 0x80: copy()
      case .some: copyScalar()
      }
    }
  }

  private mutating func escapeControl(_ byte: UInt8) {
    let digits = Array("0123456789abcdef".utf8)
    output += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    position += 1
  }

  private mutating func escape() throws(WireError) {
    guard position + 1 < input.count else { throw expected("an escape") }
    switch input[position + 1] {
    case UInt8(ascii: "u"): try unicodeEscape()
    case let byte where Array("\"\\/bfnrt".utf8).contains(byte):
      copy()
      copy()
    default: throw expected("an escape")
    }
  }

  private mutating func unicodeEscape() throws(WireError) {
    guard let unit = codeUnit(at: position) else { throw expected("four hexadecimal digits") }
    guard (0xD800...0xDFFF).contains(unit) else { return copyEscapes(1) }
    let low = codeUnit(at: position + 6)
    if unit < 0xDC00, let low, (0xDC00...0xDFFF).contains(low) { return copyEscapes(2) }
    output += Array("\\ufffd".utf8)
    position += 6
  }

  private mutating func copyEscapes(_ count: Int) {
    output += input[position..<position + 6 * count]
    position += 6 * count
  }

  private func codeUnit(at begin: Int) -> UInt32? {
    guard begin + 6 <= input.count, input[begin] == UInt8(ascii: "\\"),
      input[begin + 1] == UInt8(ascii: "u")
    else { return nil }
    var value: UInt32 = 0
    for byte in input[begin + 2..<begin + 6] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        return nil
      }
      value = value * 16 + UInt32(digit)
    }
    return value
  }

  /// One scalar past ASCII, or U+FFFD for bytes that are none.
  private mutating func copyScalar() {
    let length = scalarLength(at: position)
    if length == 0 {
      output += [0xEF, 0xBF, 0xBD]
      position += 1
    } else {
      output += input[position..<position + length]
      position += length
    }
  }

  /// How many bytes the well-formed UTF-8 sequence here has (Unicode 15, table 3-7); 0 if none.
  private func scalarLength(at begin: Int) -> Int {
    let shape: (count: Int, second: ClosedRange<UInt8>) =
      switch input[begin] {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: (0, 0x80...0xBF)
      }
    guard shape.count > 0, begin + shape.count <= input.count,
      shape.second.contains(input[begin + 1])
    else { return 0 }
    let isWhole = input[begin + 2..<max(begin + 2, begin + shape.count)].allSatisfy {
      (0x80...0xBF).contains($0)
    }
    return isWhole ? shape.count : 0
  }
}
