import NudgeCore

/// Reads instants in the form of RFC 3339: `2026-03-06T18:30:00-05:00`, `2026-03-06T23:30:00.125Z`.
enum RFC3339 {
  /// The instant, finer than a millisecond cut off; `nil` for any other form.
  static func timestamp(_ text: String) -> Timestamp? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
      let date = LocalDate(String(decoding: bytes[0..<10], as: UTF8.self)),
      let seconds = secondsOfDay(bytes[11..<19]),
      let (fraction, offsetStart) = milliseconds(bytes, from: 19),
      let offset = offsetSeconds(bytes[offsetStart...])
    else { return nil }
    let total = Int64(date.daysSinceEpoch) * 86_400 + Int64(seconds) - Int64(offset)
    return Timestamp(millisecondsSinceEpoch: total * 1000 + Int64(fraction))
  }

  private static func secondsOfDay(_ bytes: ArraySlice<UInt8>) -> Int? {
    let parts = String(decoding: bytes, as: UTF8.self).split(
      separator: ":",
      omittingEmptySubsequences: false
    )
    guard parts.count == 3, let hour = twoDigits(parts[0], below: 24),
      let minute = twoDigits(parts[1], below: 60), let second = twoDigits(parts[2], below: 61)
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  private static func twoDigits(_ text: Substring, below limit: Int) -> Int? {
    guard text.utf8.count == 2, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let value = Int(text), value < limit
    else { return nil }
    return value
  }

  private static func milliseconds(_ bytes: [UInt8], from start: Int) -> (Int, Int)? {
    guard start < bytes.count, bytes[start] == UInt8(ascii: ".") else { return (0, start) }
    let digits = bytes[(start + 1)...].prefix { (0x30...0x39).contains($0) }
    guard !digits.isEmpty else { return nil }
    let first = (digits.prefix(3) + [0x30, 0x30]).prefix(3)
    return (first.reduce(0) { $0 * 10 + Int($1 - 0x30) }, start + 1 + digits.count)
  }

  private static func offsetSeconds(_ bytes: ArraySlice<UInt8>) -> Int? {
    let text = Array(bytes)
    if text == [UInt8(ascii: "Z")] || text == [UInt8(ascii: "z")] { return 0 }
    guard text.count == 6, text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-"),
      text[3] == UInt8(ascii: ":"),
      let hour = twoDigits(Substring(String(decoding: text[1..<3], as: UTF8.self)), below: 24),
      let minute = twoDigits(Substring(String(decoding: text[4..<6], as: UTF8.self)), below: 60)
    else { return nil }
    return (hour * 3600 + minute * 60) * (text[0] == UInt8(ascii: "-") ? -1 : 1)
  }
}
