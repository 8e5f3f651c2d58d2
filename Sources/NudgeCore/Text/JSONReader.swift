/// Reads JSON text that a strict parser has accepted before.
///
/// Where the text is not well-formed all the same, what was read so far counts and nothing crashes.
struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0

  /// How deep lists and maps may nest; the wire refuses more than 64 levels.
  private static let deepest = 128

  init(_ text: JSONText) {
    bytes = text.bytes
  }

  /// The value that begins here; `nil` at the end or where there is none.
  mutating func value(depth: Int = 0) -> JSONValue? {
    skipSpace()
    guard position < bytes.count, depth < JSONReader.deepest else { return nil }
    switch bytes[position] {
    case UInt8(ascii: "{"): return object(depth: depth)
    case UInt8(ascii: "["): return array(depth: depth)
    case UInt8(ascii: "\""): return string().map(JSONValue.string)
    case UInt8(ascii: "t"): return literal("true", .bool(true))
    case UInt8(ascii: "f"): return literal("false", .bool(false))
    case UInt8(ascii: "n"): return literal("null", .null)
    default: return number()
    }
  }

  /// The scalar under each of these keys of the object that begins here; everything else is skipped.
  mutating func scalars(under keys: Set<String>) -> [String: JSONValue] {
    var found: [String: JSONValue] = [:]
    guard take(UInt8(ascii: "{")) else { return found }
    while let key = nextKey() {
      if keys.contains(key) { found[key] = value(depth: 1) } else { skipValue() }
      _ = take(UInt8(ascii: ","))
    }
    return found
  }

  private mutating func nextKey() -> String? {
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\""), let key = string(),
      take(UInt8(ascii: ":"))
    else { return nil }
    return key
  }

  private mutating func object(depth: Int) -> JSONValue? {
    _ = take(UInt8(ascii: "{"))
    var members: [JSONValue.Member] = []
    var places: [String: Int] = [:]
    while let key = nextKey(), let value = value(depth: depth + 1) {
      if let place = places[key] {
        members[place] = JSONValue.Member(key, value)
      } else {
        places[key] = members.count
        members.append(JSONValue.Member(key, value))
      }
      _ = take(UInt8(ascii: ","))
    }
    _ = take(UInt8(ascii: "}"))
    return .object(members)
  }

  private mutating func array(depth: Int) -> JSONValue? {
    _ = take(UInt8(ascii: "["))
    var items: [JSONValue] = []
    while !take(UInt8(ascii: "]")), let item = value(depth: depth + 1) {
      items.append(item)
      _ = take(UInt8(ascii: ","))
    }
    return .array(items)
  }

  private mutating func literal(_ word: StaticString, _ value: JSONValue) -> JSONValue? {
    guard position + word.utf8CodeUnitCount <= bytes.count else { return nil }
    position += word.utf8CodeUnitCount
    return value
  }

  private mutating func number() -> JSONValue? {
    let begin = position
    while position < bytes.count, JSONReader.isNumberByte(bytes[position]) { position += 1 }
    return Number(json: bytes[begin..<position]).map(JSONValue.number)
  }

  private static func isNumberByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "e"),
      UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func string() -> String? {
    guard take(UInt8(ascii: "\"")) else { return nil }
    let begin = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == UInt8(ascii: "\\") { return escapedString(from: begin) }
      position += 1
    }
    defer { position += 1 }
    return String(decoding: bytes[begin..<min(position, bytes.count)], as: UTF8.self)
  }

  private mutating func escapedString(from begin: Int) -> String? {
    var text = Array(bytes[begin..<position])
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == UInt8(ascii: "\\") {
        appendEscape(to: &text)
      } else {
        text.append(bytes[position])
        position += 1
      }
    }
    position += 1
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func appendEscape(to text: inout [UInt8]) {
    position += 1
    guard position < bytes.count else { return }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "u"): text.append(contentsOf: Array(String(unicodeEscape()).utf8))
    default: text.append(letter)
    }
  }

  private mutating func unicodeEscape() -> Unicode.Scalar {
    let replacement: Unicode.Scalar = "\u{FFFD}"
    guard let first = hexadecimalUnit() else { return replacement }
    guard (0xD800...0xDBFF).contains(first) else { return Unicode.Scalar(first) ?? replacement }
    guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    else { return replacement }
    position += 2
    guard let second = hexadecimalUnit(), (0xDC00...0xDFFF).contains(second) else {
      return replacement
    }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? replacement
  }

  private mutating func hexadecimalUnit() -> UInt32? {
    guard position + 4 <= bytes.count else { return nil }
    defer { position += 4 }
    return UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
  }

  private mutating func skipValue() {
    skipSpace()
    guard position < bytes.count else { return }
    switch bytes[position] {
    case UInt8(ascii: "\""): skipString()
    case UInt8(ascii: "{"), UInt8(ascii: "["): skipNested()
    default: skipPlain()
    }
  }

  private mutating func skipString() {
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    position += 1
  }

  private mutating func skipNested() {
    var depth = 0
    repeat {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        skipString()
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      position += 1
    } while depth > 0 && position < bytes.count
  }

  private mutating func skipPlain() {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"): return
      default: position += 1
      }
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }
}

extension JSONText {
  /// The whole value; `nil` when empty.
  public var value: JSONValue? {
    var reader = JSONReader(self)
    return reader.value()
  }

  /// The members of the object; none for anything else.
  public var members: [JSONValue.Member] {
    guard case .object(let members) = value else { return [] }
    return members
  }

  /// The values under these keys of the object, absent and null ones left out.
  public func values(under keys: Set<String>) -> [String: JSONValue] {
    if keys.isEmpty || isEmpty { return [:] }
    var reader = JSONReader(self)
    return reader.scalars(under: keys).filter { $0.value != .null }
  }
}
