public import NudgeCore

/// How long a receiver asks to be left alone.
public enum RetryAfter {
  /// The wait that a `Retry-After` header asks for; `nil` when it cannot be read.
  ///
  /// From none to 24 hours.
  /// Seconds, decimals of seconds, and the three date forms of RFC 9110, section 5.6.7.
  public static func wait(_ header: String, now: Timestamp) -> Duration? {
    let text = header.trimmed
    guard let wait = seconds(text) ?? HTTPDate.instant(text, now: now).map({ $0 - now }) else {
      return nil
    }
    return min(max(wait, .zero), Limits.pause)
  }

  private static func seconds(_ text: Substring) -> Duration? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }), let whole = parts.first, !whole.isEmpty
    else { return nil }
    guard parts.count == 1 || !parts[1].isEmpty else { return nil }
    // Whatever has more digits is beyond the cap.
    guard whole.drop(while: { $0 == "0" }).utf8.count <= 9 else { return Limits.pause }
    let thousandths = (parts.count == 2 ? parts[1] : "").prefix(3)
    let padded = thousandths + String(repeating: "0", count: 3 - thousandths.count)
    return .seconds(Int(whole) ?? 0) + .milliseconds(Int(padded) ?? 0)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

/// The dates of HTTP's headers.
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The instant that a date names; a year of two digits is the last such year that lies less than 50 years ahead.
  static func instant(_ text: Substring, now: Timestamp) -> Timestamp? {
    let words = text.split(separator: " ")
    switch words.count {
    case 6 where words[5] == "GMT":  // Sun, 06 Nov 1994 08:49:37 GMT
      return instant(year: Int(words[3]), month: words[2], day: words[1], time: words[4])
    case 5:  // Sun Nov  6 08:49:37 1994
      return instant(year: Int(words[4]), month: words[1], day: words[2], time: words[3])
    case 4 where words[3] == "GMT":  // Sunday, 06-Nov-94 08:49:37 GMT
      let date = words[1].split(separator: "-")
      guard date.count == 3, date[2].utf8.count == 2, let short = Int(date[2]) else { return nil }
      return instant(
        year: fullYear(short, now: now),
        month: date[1],
        day: date[0],
        time: words[2]
      )
    default:
      return nil
    }
  }

  private static func fullYear(_ short: Int, now: Timestamp) -> Int {
    let days = now.millisecondsSinceEpoch / 86_400_000
    let year = LocalDate(daysSinceEpoch: Int(days)).civil.year
    let guess = year - year % 100 + short
    if guess > year + 50 { return guess - 100 }
    return guess <= year - 50 ? guess + 100 : guess
  }

  private static func instant(
    year: Int?,
    month: Substring,
    day: Substring,
    time: Substring
  ) -> Timestamp? {
    let clock = time.split(separator: ":").compactMap { Int($0) }
    guard let year, let month = months.firstIndex(of: String(month)), let day = Int(day),
      let date = LocalDate(year: year, month: month + 1, day: day), clock.count == 3,
      (0..<24).contains(clock[0]), (0..<60).contains(clock[1]), (0...60).contains(clock[2])
    else { return nil }
    let seconds = date.daysSinceEpoch * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
    return Timestamp(millisecondsSinceEpoch: Int64(seconds) * 1000)
  }
}

extension String {
  /// The text without white space at its ends.
  fileprivate var trimmed: Substring {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
