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
    case .null: bytes += Array("null".utf8)
    case .bool(let bool): bytes += Array((bool ? "true" : "false").utf8)
    case .number(let number): bytes += Array(number.description.utf8)
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

  private static func write(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": bytes += [0x5C, 0x22]
      case "\\": bytes += [0x5C, 0x5C]
      case "\n": bytes += [0x5C, 0x6E]
      case "\r": bytes += [0x5C, 0x72]
      case "\t": bytes += [0x5C, 0x74]
      case "\u{0}"..."\u{1F}", "\u{7F}", "\u{2028}", "\u{2029}":
        bytes += Array(unicodeEscape(scalar).utf8)
      default: bytes += Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    bytes.append(UInt8(ascii: "\""))
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
