import NudgeCore

/// The times of one test: `+26h`, `day 3 08:00` and instants.
struct TestTime {
  let startsAt: Timestamp
  let zone: Zone

  /// The instant that is written so.
  func instant(_ scalar: ScalarText) throws(Misreading) -> Timestamp {
    let text = scalar.text
    if let instant = RFC3339.timestamp(text) ?? elapsed(text) ?? onDay(text) { return instant }
    throw Misreading(.badTime, "`\(text)` is not a time of a test", label: [advice(text)])
  }

  /// An instant in RFC 3339.
  static func instant(_ scalar: ScalarText) throws(Misreading) -> Timestamp {
    if let instant = RFC3339.timestamp(scalar.text) { return instant }
    throw Misreading(
      .badTime,
      "`\(scalar.text)` is not an instant",
      label: ["write date, time and offset, like \"2026-03-06T18:30:00-05:00\""]
    )
  }

  private func elapsed(_ text: String) -> Timestamp? {
    guard text.hasPrefix("+") else { return nil }
    return ScalarForm.clockTime(String(text.dropFirst())).map(startsAt.adding)
  }

  private func onDay(_ text: String) -> Timestamp? {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard (2...3).contains(words.count), words[0] == "day", words[1].utf8.count <= 5,
      words[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let day = Int(words[1]),
      let time = words.count == 3 ? LocalTime(words[2]) : .midnight
    else { return nil }
    return zone.instant(of: zone.date(at: startsAt).adding(days: day), at: time)
  }

  private func advice(_ text: String) -> String {
    let digits = text.drop { $0 == "+" }.prefix { $0.isASCII && $0.isNumber }
    if text.hasPrefix("+"), text.hasSuffix("d"), let days = Int(digits), days < 1000 {
      return "write `+\(days * 24)h` for clock time, or `day \(days) 09:00` for a local time"
    }
    return "write `+26h` after the start, `day 3 08:00` of the test's zone, or an instant"
  }
}

extension TestTime {
  /// An instant in the form of another one that is written already, where that form can say it.
  func text(of instant: Timestamp, like form: String) -> String {
    let forms: [String?] =
      form.hasPrefix("+")
      ? [elapsedText(of: instant)]
      : form.hasPrefix("day") ? [dayText(of: instant)] : []
    return forms.compactMap(\.self).first ?? "\"\(instantText(of: instant))\""
  }

  private func elapsedText(of instant: Timestamp) -> String? {
    let milliseconds = instant.milliseconds(since: startsAt)
    guard milliseconds >= 0, milliseconds % 1000 == 0 else { return nil }
    return "+" + Span.clockText(milliseconds: milliseconds)
  }

  private func dayText(of instant: Timestamp) -> String? {
    let day = zone.date(at: instant).daysSinceEpoch - zone.date(at: startsAt).daysSinceEpoch
    guard day >= 0, let time = LocalTime(minuteOfDay: zone.minuteOfDay(at: instant)) else {
      return nil
    }
    let text = "day \(day) \(time)"
    return onDay(text) == instant ? text : nil
  }

  /// RFC 3339 with the zone's offset, milliseconds only where there are any.
  private func instantText(of instant: Timestamp) -> String {
    let offset = zone.offset(at: instant)
    let local = instant.adding(milliseconds: Int64(offset) * 1000).rfc3339.dropLast()
    let whole = local.hasSuffix(".000") ? local.dropLast(4) : local
    guard offset != 0, offset % 60 == 0, let minutes = LocalTime(minuteOfDay: abs(offset) / 60)
    else { return offset == 0 ? "\(whole)Z" : instant.rfc3339 }
    return "\(whole)\(offset < 0 ? "-" : "+")\(minutes)"
  }
}
