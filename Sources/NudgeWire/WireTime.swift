public import NudgeCore

/// Reads the instants that SDKs send: ISO 8601 with any fraction and offset, or none of them, and
/// seconds or milliseconds since the epoch.
///
/// A time without an offset is UTC. What is finer than a millisecond is cut off. By hand, since
/// Foundation's parsers take 30 to 2,000 times as long (`quality.md`).
public enum WireTime {
  /// Numbers from here on are milliseconds: as seconds they would name the year 5138.
  private static let firstMilliseconds: Int64 = 100_000_000_000
  /// The year 10000, past which nothing is an instant.
  private static let endOfTime: Int64 = 253_402_300_800_000

  /// The instant that this text names, as ISO 8601 or as digits; `nil` if it names none.
  public static func parse(_ text: some Collection<UInt8>) -> Timestamp? {
    let parsed = text.withContiguousStorageIfAvailable { parse(UnsafeRawBufferPointer($0)) }
    return parsed ?? Array(text).withUnsafeBytes { parse($0) }
  }

  /// The instant that this text names, as ISO 8601 or as digits; `nil` if it names none.
  static func parse(_ text: UnsafeRawBufferPointer) -> Timestamp? {
    var scanner = TimeScanner(text)
    return scanner.iso() ?? number(text)
  }

  /// The instant that this JSON number names, in seconds or milliseconds; `nil` if it names none.
  static func number(_ text: UnsafeRawBufferPointer) -> Timestamp? {
    var scanner = TimeScanner(text)
    guard let parts = scanner.decimal() else { return exponential(text) }
    return instant(whole: parts.whole, thousandths: parts.thousandths)
  }

  private static func instant(whole: Int64, thousandths: Int64) -> Timestamp? {
    let isMilliseconds = whole.magnitude >= UInt64(firstMilliseconds)
    let milliseconds = isMilliseconds ? whole : whole * 1000 + thousandths
    guard milliseconds.magnitude < UInt64(endOfTime) else { return nil }
    return Timestamp(millisecondsSinceEpoch: milliseconds)
  }

  /// `1.7e9`, which no SDK writes and some JSON libraries do.
  private static func exponential(_ text: UnsafeRawBufferPointer) -> Timestamp? {
    guard let value = Number(json: text)?.approximate, abs(value) < 1e15 else { return nil }
    let whole = Int64(value)
    return instant(whole: whole, thousandths: Int64((value - Double(whole)) * 1000))
  }
}

/// One text, read from its front.
private struct TimeScanner {
  let text: UnsafeRawBufferPointer
  var position = 0

  init(_ text: UnsafeRawBufferPointer) {
    self.text = text
  }

  /// Date, time of day, fraction, offset; all but the date may be missing.
  mutating func iso() -> Timestamp? {
    guard let days = date() else { return nil }
    var milliseconds = Int64(days) * 86_400_000
    if position < text.count {
      guard takeSeparator(), let time = timeOfDay(), let offset = offset() else { return nil }
      milliseconds += time - offset
    }
    guard position == text.count else { return nil }
    return Timestamp(millisecondsSinceEpoch: milliseconds)
  }

  private mutating func date() -> Int? {
    guard let year = digits(4), take("-"), let month = digits(2), take("-"), let day = digits(2)
    else { return nil }
    return TimeScanner.days(year: year, month: month, day: day)
  }

  /// Days since the epoch (Hinnant's `days_from_civil`), for years of four digits; `nil` for no date.
  private static func days(year: Int, month: Int, day: Int) -> Int? {
    guard month >= 1, month <= 12, day >= 1, day <= length(of: month, in: year) else { return nil }
    let shifted = month <= 2 ? year + 399 : year + 400
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return (era - 1) * 146_097 + dayOfEra - 719_468
  }

  private static func length(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private mutating func timeOfDay() -> Int64? {
    guard let hour = digits(2), take(":"), let minute = digits(2), hour < 24, minute < 60 else {
      return nil
    }
    var milliseconds = Int64(hour * 60 + minute) * 60_000
    guard take(":") else { return milliseconds }
    // A leap second, :60, is the first of the next minute.
    guard let second = digits(2), second <= 60 else { return nil }
    milliseconds += Int64(second) * 1000
    guard take(".") || take(",") else { return milliseconds }
    guard let thousandths = fraction() else { return nil }
    return milliseconds + thousandths
  }

  /// Milliseconds east of UTC.
  private mutating func offset() -> Int64? {
    if position == text.count || take("Z") || take("z") { return 0 }
    let isWest = take("-")
    guard isWest || take("+"), let hours = digits(2), hours < 24 else { return nil }
    let hasColon = take(":")
    guard position < text.count else { return hasColon ? nil : signed(hours * 60, isWest) }
    guard let minutes = digits(2), minutes < 60 else { return nil }
    return signed(hours * 60 + minutes, isWest)
  }

  private func signed(_ minutes: Int, _ isWest: Bool) -> Int64 {
    Int64(isWest ? -minutes : minutes) * 60_000
  }

  /// A decimal number without exponent: whole part, and thousandths with its sign.
  mutating func decimal() -> (whole: Int64, thousandths: Int64)? {
    let isNegative = take("-")
    var whole: Int64 = 0
    let begin = position
    while let digit = digit() {
      guard position - begin <= 17 else { return nil }
      whole = whole * 10 + Int64(digit)
    }
    guard position > begin else { return nil }
    var thousandths: Int64 = 0
    if take(".") {
      guard let value = fraction() else { return nil }
      thousandths = value
    }
    guard position == text.count else { return nil }
    return isNegative ? (-whole, -thousandths) : (whole, thousandths)
  }

  /// The digits behind a point, cut to thousandths.
  private mutating func fraction() -> Int64? {
    let begin = position
    var thousandths: Int64 = 0
    var weight: Int64 = 100
    while let digit = digit() {
      thousandths += Int64(digit) * weight
      weight /= 10
    }
    return position > begin ? thousandths : nil
  }

  private mutating func digits(_ count: Int) -> Int? {
    var value = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  private mutating func digit() -> Int? {
    guard position < text.count, text[position] >= 0x30, text[position] <= 0x39 else { return nil }
    position += 1
    return Int(text[position - 1] - 0x30)
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func takeSeparator() -> Bool {
    take("T") || take("t") || take(" ")
  }
}
