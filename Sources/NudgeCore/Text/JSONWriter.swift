extension JSONValue {
  /// The value as compact JSON; text is escaped so that it stands on one line everywhere.
  public var json: JSONText {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return JSONText(wellFormed: bytes)
  }

  /// Appends the value as compact JSON.
  public func write(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let bool): bytes.append(contentsOf: (bool ? "true" : "false").utf8)
    case .number(let number): bytes.append(contentsOf: number.description.utf8)
    case .string(let text): JSONValue.write(text, to: &bytes)
    case .array(let items): write(items, to: &bytes)
    case .object(let members): write(members, to: &bytes)
    }
  }

  private func write(_ items: [JSONValue], to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "["))
    for (place, item) in items.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      item.write(to: &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private func write(_ members: [Member], to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "{"))
    for (place, member) in members.enumerated() {
      if place > 0 { bytes.append(UInt8(ascii: ",")) }
      JSONValue.write(member.key, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      member.value.write(to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// Copies runs of bytes that need no escape, which is nearly always the whole text.
  private static func write(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8 { utf8 in
      var begin = 0
      var place = 0
      while place < utf8.count {
        guard let escape = escape(of: utf8[place...]) else {
          place += 1
          continue
        }
        bytes.append(contentsOf: utf8[begin..<place])
        bytes.append(contentsOf: escape.text.utf8)
        place += escape.length
        begin = place
      }
      bytes.append(contentsOf: utf8[begin...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// What stands for the first character instead of its bytes, and how many they are; `nil` when they can stay.
  private static func escape(
    of utf8: Slice<UnsafeBufferPointer<UInt8>>
  ) -> (text: String, length: Int)? {
    guard let first = utf8.first else { return nil }
    switch first {
    case UInt8(ascii: "\""): return ("\\\"", 1)
    case UInt8(ascii: "\\"): return ("\\\\", 1)
    case UInt8(ascii: "\n"): return ("\\n", 1)
    case UInt8(ascii: "\r"): return ("\\r", 1)
    case UInt8(ascii: "\t"): return ("\\t", 1)
    case 0x00...0x1F, 0x7F: return (unicodeEscape(Unicode.Scalar(first)), 1)
    // U+2028 and U+2029, which end a line in some readers.
    case 0xE2 where utf8.starts(with: [0xE2, 0x80, 0xA8]): return ("\\u2028", 3)
    case 0xE2 where utf8.starts(with: [0xE2, 0x80, 0xA9]): return ("\\u2029", 3)
    default: return nil
    }
  }

  private static func unicodeEscape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}

extension JSONValue {
  /// Text, or null when there is none.
  public static func optional(_ text: String?) -> JSONValue {
    text.map(JSONValue.string) ?? .null
  }

  /// A whole number.
  public static func whole(_ value: Int) -> JSONValue { .number(Number(value)) }

  /// The value under a key of an object; `nil` for anything else.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The value as rules compare it; `nil` for null, lists and maps.
  public var scalar: Scalar? {
    switch self {
    case .bool(let bool): .bool(bool)
    case .number(let number): .number(number)
    case .string(let text): .text(text)
    case .null, .array, .object: nil
    }
  }

  /// The text of a text; `nil` for anything else.
  public var text: String? {
    if case .string(let text) = self { text } else { nil }
  }
}
