extension Lens {
  /// Whether every one of these traits of a subject matches; without a subject all are absent.
  func evaluate(_ tests: [NamedTest], in memory: Memory?) -> Verdict {
    .all(tests) { test in
      let history = memory?.traits[test.name]
      let verdict = evaluate(test.matches, history?.value(at: now))
      let change = history?.nextChange(after: now) ?? .never
      return Verdict(verdict.holds, until: min(verdict.until, change))
    }
  }

  /// Whether a value passes every match; `nil` is an absent value, which only `exists: false` takes.
  func evaluate(_ matches: [Match], _ value: JSONValue?) -> Verdict {
    .all(matches) { evaluate($0, value) }
  }

  private func evaluate(_ match: Match, _ value: JSONValue?) -> Verdict {
    if case .exists(let expected) = match { return Verdict((value != nil) == expected) }
    guard let value else { return Verdict(false) }
    switch match {
    case .exists: return Verdict(true)
    case .anyOf(let scalars): return Verdict(value.scalar.map(scalars.contains) ?? false)
    case .noneOf(let scalars): return Verdict(!(value.scalar.map(scalars.contains) ?? false))
    case .contains(let part): return Verdict(value.contains(part))
    case .startsWith(let part): return Verdict(value.text?.utf8Starts(with: part) ?? false)
    case .endsWith(let part): return Verdict(value.text?.utf8Ends(with: part) ?? false)
    case .number(let comparison):
      guard case .number(let number) = value else { return Verdict(false) }
      return Verdict(comparison.holds(Rational(number)))
    case .before(let moment): return compare(value) { $0 < instant(of: moment) }
    case .after(let moment): return compare(value) { $0 > instant(of: moment) }
    case .withinLast(let span): return evaluateAge(of: value, span, isWithin: true)
    case .olderThan(let span): return evaluateAge(of: value, span, isWithin: false)
    }
  }

  private func instant(of moment: Moment) -> Timestamp {
    switch moment {
    case .instant(let instant): instant
    case .date(let date): zone.startOfDay(date)
    }
  }

  /// The instant that a text writes in RFC 3339 or as a local date.
  private func instant(in value: JSONValue) -> Timestamp? {
    guard let text = value.text else { return nil }
    return Timestamp(rfc3339: text) ?? LocalDate(text).map(zone.startOfDay)
  }

  private func compare(_ value: JSONValue, _ holds: (Timestamp) -> Bool) -> Verdict {
    Verdict(instant(in: value).map(holds) ?? false)
  }

  private func evaluateAge(of value: JSONValue, _ span: Span, isWithin: Bool) -> Verdict {
    guard let instant = instant(in: value) else { return Verdict(false) }
    if instant > now { return Verdict(false, until: instant) }
    let end = span.windowEnd(from: instant, in: zone)
    return Verdict((now < end) == isWithin, until: now < end ? end : .never)
  }
}

extension JSONValue {
  func contains(_ part: Scalar) -> Bool {
    switch self {
    case .array(let items): return items.contains { $0.scalar == part }
    case .string(let text):
      guard case .text(let part) = part else { return false }
      return text.utf8Contains(part)
    case .null, .bool, .number, .object: return false
    }
  }
}

extension String {
  // Text compares exactly, byte by byte: no Unicode equivalence.

  func utf8Starts(with part: String) -> Bool { utf8.starts(with: part.utf8) }

  func utf8Ends(with part: String) -> Bool { utf8.reversed().starts(with: part.utf8.reversed()) }

  func utf8Contains(_ part: String) -> Bool {
    let (whole, part) = (Array(utf8), Array(part.utf8))
    guard !part.isEmpty else { return true }
    guard whole.count >= part.count else { return false }
    return (0...(whole.count - part.count)).contains { whole[$0..<$0 + part.count] == part[...] }
  }
}
