/// The key that an `Authorization` header carries.
enum Authorization {
  /// The token of `Bearer`, or the user of `Basic` with or without a colon; `nil` for all else.
  static func key(in header: String) -> String? {
    let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard parts.count == 2 else { return nil }
    let credentials = parts[1].drop { $0 == " " }
    switch parts[0].lowercased() {
    case "bearer": return nonEmpty(String(credentials))
    case "basic": return Base64.decode(credentials.utf8).flatMap(user)
    default: return nil
    }
  }

  private static func user(in credentials: [UInt8]) -> String? {
    nonEmpty(String(decoding: credentials.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self))
  }

  private static func nonEmpty(_ text: String) -> String? {
    text.isEmpty ? nil : text
  }
}

/// Base64 of RFC 4648, section 4, its padding optional.
enum Base64 {
  /// The bytes behind this text; `nil` if it is no Base64.
  static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text {
      if byte == UInt8(ascii: "=") { break }
      guard let value = value(of: byte) else { return nil }
      bits = bits << 6 | value
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
    return bytes
  }

  private static func value(of byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
