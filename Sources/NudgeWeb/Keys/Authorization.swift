import NudgeWire

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
