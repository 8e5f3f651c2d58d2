import NudgeCore

/// How single values are written: each function reads one form, or says what would be right.
enum ScalarForm {
  static func text(_ scalar: ScalarText) throws(Misreading) -> String {
    scalar.text
  }

  static func name(_ scalar: ScalarText) throws(Misreading) -> String {
    let text = scalar.text
    let isFormed = text.utf8.enumerated().allSatisfy { index, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "-"), UInt8(ascii: "_"): index > 0
      default: false
      }
    }
    guard isFormed, (1...63).contains(text.utf8.count) else {
      throw Misreading(
        .badName,
        "`\(text)` is not a name",
        label: ["write lower-case letters, digits, `-` and `_`, at most 63" + nameAdvice(text)]
      )
    }
    return text
  }

  private static func nameAdvice(_ text: String) -> String {
    let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let name = words.joined(separator: "-").prefix(63)
    return name.isEmpty ? "" : ", like `\(name)`"
  }

  static func flag(_ scalar: ScalarText) throws(Misreading) -> Bool {
    switch scalar.text {
    case "true": true
    case "false": false
    default: throw wrongValue(scalar, .flag)
    }
  }

  static func number(_ scalar: ScalarText) throws(Misreading) -> Number {
    guard let number = Number(scalar.text) else {
      throw Misreading(
        .badNumber,
        "`\(scalar.text)` is not a number",
        label: ["write digits, like `3` or `0.5`"]
      )
    }
    return number
  }

  static func positiveNumber(_ scalar: ScalarText) throws(Misreading) -> Number {
    let number = try number(scalar)
    guard number > .zero else {
      throw Misreading(
        .badNumber,
        "`\(scalar.text)` is not above 0",
        label: ["write a number above 0"]
      )
    }
    return number
  }

  static func whole(_ scalar: ScalarText, in bounds: ClosedRange<Int>) throws(Misreading) -> Int {
    guard let whole = try number(scalar).whole, bounds.contains(whole) else {
      throw Misreading(
        .badNumber,
        "`\(scalar.text)` is not possible here",
        label: ["write \(ValueKind.whole(bounds).advice)"]
      )
    }
    return whole
  }

  static func percentage(_ scalar: ScalarText) throws(Misreading) -> Number {
    let digits = scalar.text.dropLast()
    guard scalar.text.hasSuffix("%"), let percent = Number(String(digits)),
      percent >= .zero, percent <= Number(100), !digits.contains("e"), !digits.contains("E"),
      let share = Number("\(digits)e-2")
    else {
      let isNumber = Number(scalar.text) != nil
      throw Misreading(
        .badPercentage,
        "`\(scalar.text)` is not a percentage",
        label: ["write a percentage like `\(isNumber ? scalar.text : "10")%`"]
      )
    }
    return share
  }

  static func timeOfDay(_ scalar: ScalarText) throws(Misreading) -> LocalTime {
    guard let time = LocalTime(scalar.text) else {
      throw Misreading(
        .badTime,
        "`\(scalar.text)` is not a time of day",
        label: ["write a local time in quotes, like \"\(timeAdvice(scalar.text))\""]
      )
    }
    return time
  }

  private static func timeAdvice(_ text: String) -> String {
    let lower = text.lowercased()
    let parts = lower.split { !$0.isASCII || !$0.isNumber }
    guard let hour = parts.first.flatMap({ Int($0) }), hour < 24 else { return "09:00" }
    let minute = parts.dropFirst().first.flatMap { Int($0) }.flatMap { $0 < 60 ? $0 : nil } ?? 0
    let isAfternoon = lower.hasSuffix("pm") && hour < 12
    let isMidnight = lower.hasSuffix("am") && hour == 12
    let shown = LocalTime(
      minuteOfDay: (isMidnight ? 0 : hour + (isAfternoon ? 12 : 0)) * 60 + minute
    )
    return shown?.description ?? "09:00"
  }

  static func moment(_ scalar: ScalarText) throws(Misreading) -> Moment {
    if let date = LocalDate(scalar.text) { return .date(date) }
    if let instant = RFC3339.timestamp(scalar.text) { return .instant(instant) }
    throw Misreading(
      .badTime,
      "`\(scalar.text)` is neither a date nor an instant",
      label: ["write `2026-03-06` or `2026-03-06T18:30:00Z`"]
    )
  }

  static func choice(_ scalar: ScalarText, of words: [String]) throws(Misreading) -> String {
    guard words.contains(scalar.text) else {
      let nearest = Suggestion.label(for: scalar.text, among: words)
      throw Misreading(
        .wrongValue,
        "`\(scalar.text)` is not possible here",
        label: nearest.isEmpty ? ["write \(words.joined(separator: " or "))"] : nearest
      )
    }
    return scalar.text
  }

  static func accountTrait(_ scalar: ScalarText) throws(Misreading) -> String {
    let prefix = "account."
    guard scalar.text.hasPrefix(prefix), scalar.text.count > prefix.count else {
      throw wrongValue(scalar, .accountTrait)
    }
    return String(scalar.text.dropFirst(prefix.count))
  }

  static func recipient(_ scalar: ScalarText) throws(Misreading) -> Step.Recipient {
    switch scalar.text {
    case "subject": return .subject
    case "actor": return .actor
    case let text where text.hasPrefix("account.") && text.count > 8:
      return .accountTrait(String(text.dropFirst(8)))
    default: throw wrongValue(scalar, .recipient)
    }
  }

  static func secret(_ scalar: ScalarText) throws(Misreading) -> String {
    for prefix in ["credential:", "file:"] where scalar.text.hasPrefix(prefix) {
      if scalar.text.count > prefix.count { return scalar.text }
    }
    throw Misreading(
      .plainSecret,
      "a secret does not belong into the settings",
      label: ["write \(ValueKind.secret.advice)"]
    )
  }

  /// Bytes: `64MB` is 64,000,000, `8MiB` is 8,388,608.
  static func byteSize(_ scalar: ScalarText) throws(Misreading) -> Int {
    let digits = scalar.text.prefix { $0.isASCII && $0.isNumber }
    let unit = scalar.text.dropFirst(digits.count)
    let factors = [
      "B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000,
      "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
    ]
    guard digits.count <= 9, let count = Int(digits), count > 0,
      let factor = factors[String(unit)]
    else { throw wrongValue(scalar, .byteSize) }
    return count * factor
  }

  /// How many a second.
  static func rate(_ scalar: ScalarText) throws(Misreading) -> Int {
    guard scalar.text.hasSuffix("/s"), let count = Int(scalar.text.dropLast(2)),
      (1...1_000_000).contains(count)
    else { throw wrongValue(scalar, .rate) }
    return count
  }

  /// The weekdays of one word.
  static func days(_ scalar: ScalarText) throws(Misreading) -> Set<Weekday> {
    switch scalar.text {
    case "weekdays": return [.monday, .tuesday, .wednesday, .thursday, .friday]
    case "weekends": return [.saturday, .sunday]
    default:
      let words = ["weekdays", "weekends"] + Weekday.allCases.map(\.name)
      let word = try choice(scalar, of: words)
      return Set(Weekday.allCases.filter { $0.name == word })
    }
  }

  /// A value to compare with: an unquoted JSON number is a number, an unquoted `true` or `false` a
  /// boolean, everything else text (`semantics.md`, ruling 27).
  static func value(_ scalar: ScalarText) throws(Misreading) -> Scalar {
    guard scalar.isPlain else { return .text(scalar.text) }
    switch scalar.text {
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: return Number(scalar.text).map(Scalar.number) ?? .text(scalar.text)
    }
  }

  private static func wrongValue(_ scalar: ScalarText, _ kind: ValueKind) -> Misreading {
    Misreading(
      .wrongValue,
      "`\(scalar.text)` is not possible here",
      label: ["write \(kind.advice)"]
    )
  }
}
