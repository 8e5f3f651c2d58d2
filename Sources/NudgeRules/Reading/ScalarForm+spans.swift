import NudgeCore

extension ScalarForm {
  /// Clock time in milliseconds: `90m`, `1h30m`, `45s`.
  static func clockMilliseconds(_ scalar: ScalarText) throws(Misreading) -> Int64 {
    guard let milliseconds = clockTime(scalar.text) else {
      throw badClockTime(scalar.text, label: clockAdvice(scalar.text, onDay: false))
    }
    return milliseconds
  }

  /// Clock time after which a step is due.
  static func stepDelay(_ scalar: ScalarText) throws(Misreading) -> Int64 {
    guard let milliseconds = clockTime(scalar.text) else {
      throw badClockTime(scalar.text, label: clockAdvice(scalar.text, onDay: true))
    }
    return milliseconds
  }

  private static func badClockTime(_ text: String, label: [String]) -> Misreading {
    Misreading(.badDuration, "`\(text)` is not clock time", label: label)
  }

  /// Clock time or calendar days, longer than nothing.
  static func span(_ scalar: ScalarText) throws(Misreading) -> Span {
    if let milliseconds = clockTime(scalar.text) {
      guard milliseconds > 0 else { throw nothing(scalar) }
      return .clock(milliseconds: milliseconds)
    }
    if let days = calendarTime(scalar.text) {
      guard days > 0 else { throw nothing(scalar) }
      return .calendar(days: days)
    }
    throw Misreading(
      .badDuration,
      "`\(scalar.text)` is neither clock time nor calendar time",
      label: spanAdvice(scalar.text)
    )
  }

  /// Calendar days, at least one.
  static func calendarDays(_ scalar: ScalarText) throws(Misreading) -> Int {
    guard let days = calendarTime(scalar.text) else {
      let written = bareDays(scalar.text).map { dayText($0) } ?? "7 days` or `2 weeks"
      throw Misreading(
        .badDuration,
        "`\(scalar.text)` is not calendar time",
        label: ["for local calendar days write `\(written)`"]
      )
    }
    guard days > 0 else { throw nothing(scalar) }
    return days
  }

  static func interval(_ scalar: ScalarText) throws(Misreading) -> Step.Interval {
    if let weekday = Weekday.allCases.first(where: { $0.name == scalar.text }) {
      return .weekday(weekday)
    }
    guard let days = calendarTime(scalar.text) else { throw badInterval(scalar) }
    guard days > 0 else { throw nothing(scalar) }
    return .days(days)
  }

  private static func badInterval(_ scalar: ScalarText) -> Misreading {
    let nearest = Suggestion.label(for: scalar.text, among: Weekday.allCases.map(\.name))
    let days = bareDays(scalar.text).map { ["for local calendar days write `\(dayText($0))`"] }
    let advice = days ?? (nearest.isEmpty ? ["write \(ValueKind.interval.advice)"] : nearest)
    return Misreading(
      .badDuration,
      "`\(scalar.text)` is neither calendar days nor a weekday",
      label: advice
    )
  }

  private static func nothing(_ scalar: ScalarText) -> Misreading {
    Misreading(
      .badDuration,
      "`\(scalar.text)` is no time at all",
      label: ["write a longer time"]
    )
  }

  /// The milliseconds of `1h30m`; `nil` for any other form.
  static func clockTime(_ text: String) -> Int64? {
    var rest = Substring(text)
    var total: Int64 = 0
    for (unit, milliseconds) in [("h", 3_600_000), ("m", 60_000), ("s", 1000)]
      as [(Character, Int64)]
    {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard !digits.isEmpty, rest.dropFirst(digits.count).first == unit else { continue }
      guard digits.count <= 7, let count = Int64(digits) else { return nil }
      total += count * milliseconds
      rest = rest.dropFirst(digits.count + 1)
    }
    return rest.isEmpty && !text.isEmpty ? total : nil
  }

  /// The days of `7 days` or `2 weeks`; `nil` for any other form.
  static func calendarTime(_ text: String) -> Int? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, words[0].count <= 5, words[0].allSatisfy({ $0.isASCII && $0.isNumber }),
      let count = Int(words[0])
    else { return nil }
    switch words[1] {
    case "day", "days": return count
    case "week", "weeks": return count * 7
    default: return nil
    }
  }

  /// The days that somebody meant by `2d`, `3D`, `1w` or `2days`.
  private static func bareDays(_ text: String) -> Int? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard (1...4).contains(digits.count), let count = Int(digits), count > 0 else { return nil }
    switch text.dropFirst(digits.count).trimmingSpaces.lowercased() {
    case "d", "day", "days": return count
    case "w", "week", "weeks": return count * 7
    default: return nil
    }
  }

  private static func clockAdvice(_ text: String, onDay: Bool) -> [String] {
    guard let days = bareDays(text) else { return ["write \(ValueKind.clockSpan.advice)"] }
    let hours = "for exactly \(countText(days)) of clock time write `\(days * 24)h`"
    guard onDay else { return [hours] }
    return [
      "\(hours);", "for the \(ordinal(days)) calendar day write `on_day: \(days)` with `at:`",
    ]
  }

  private static func spanAdvice(_ text: String) -> [String] {
    guard let days = bareDays(text) else { return ["write \(ValueKind.span.advice)"] }
    return [
      "for exactly \(countText(days)) of clock time write `\(days * 24)h`;",
      "for local calendar days write `\(dayText(days))`",
    ]
  }

  private static func dayText(_ days: Int) -> String {
    Span.calendar(days: days).description
  }

  private static func countText(_ days: Int) -> String {
    let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    return days == 1 ? "one day" : days <= 10 ? "\(words[days - 1]) days" : "\(days) days"
  }

  private static func ordinal(_ number: Int) -> String {
    if (11...13).contains(number % 100) { return "\(number)th" }
    switch number % 10 {
    case 1: return "\(number)st"
    case 2: return "\(number)nd"
    case 3: return "\(number)rd"
    default: return "\(number)th"
    }
  }
}

extension StringProtocol {
  /// Without spaces at both ends.
  var trimmingSpaces: String {
    let start = drop { $0 == " " }
    return String(String(start.reversed().drop { $0 == " " }.reversed()))
  }
}
