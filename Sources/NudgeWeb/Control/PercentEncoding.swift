/// Percent-encoding in paths and queries (RFC 3986, section 2.1).
public enum PercentEncoding {
  /// The text behind an encoded part of a path; `%` without two digits stays as it is.
  public static func decode(_ text: some StringProtocol) -> String {
    decode(Array(text.utf8), isForm: false)
  }

  /// The names and values of a query, where `+` is a space.
  public static func query(_ text: some StringProtocol) -> [String: String] {
    var values: [String: String] = [:]
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? decode(Array(parts[1].utf8), isForm: true) : ""
      values[decode(Array(parts[0].utf8), isForm: true)] = value
    }
    return values
  }

  /// The text behind an encoded part of a path; `nil` unless it is percent-encoded UTF-8.
  static func strict(_ text: some StringProtocol) -> String? {
    let encoded = Array(text.utf8)
    guard isWellFormed(encoded) else { return nil }
    return String(validating: decoded(encoded, isForm: false), as: UTF8.self)
  }

  /// Whether two digits follow each percent sign.
  private static func isWellFormed(_ text: [UInt8]) -> Bool {
    text.indices.allSatisfy { place in
      text[place] != UInt8(ascii: "%")
        || place + 2 < text.count && digit(text[place + 1]) != nil && digit(text[place + 2]) != nil
    }
  }

  private static func decode(_ text: [UInt8], isForm: Bool) -> String {
    String(decoding: decoded(text, isForm: isForm), as: UTF8.self)
  }

  private static func decoded(_ text: [UInt8], isForm: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    var place = 0
    while place < text.count {
      if text[place] == UInt8(ascii: "%"), place + 2 < text.count,
        let high = digit(text[place + 1]), let low = digit(text[place + 2])
      {
        bytes.append(high << 4 | low)
        place += 3
        continue
      }
      bytes.append(isForm && text[place] == UInt8(ascii: "+") ? 0x20 : text[place])
      place += 1
    }
    return bytes
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.flatMap { byte < 0x80 ? UInt8($0) : nil }
  }
}
