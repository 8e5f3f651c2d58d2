// What a rule says, in the words of the rule files.

extension NumberTest {
  /// `0`, `at least 2`, `above 2 and below 9`.
  var words: String { comparisons.map(\.words).joined(separator: " and ") }
}

extension NumberTest.Comparison {
  var words: String {
    switch self {
    case .exactly(let number): "\(number)"
    case .atLeast(let number): "at least \(number)"
    case .atMost(let number): "at most \(number)"
    case .above(let number): "above \(number)"
    case .below(let number): "below \(number)"
    case .between(let low, let high): "between \(low) and \(high)"
    }
  }

  /// The comparison as it stands behind a value: `≥ 20`.
  var sign: String {
    switch self {
    case .exactly(let number): "= \(number)"
    case .atLeast(let number): "≥ \(number)"
    case .atMost(let number): "≤ \(number)"
    case .above(let number): "> \(number)"
    case .below(let number): "< \(number)"
    case .between(let low, let high): "between \(low) and \(high)"
    }
  }
}

extension Match {
  var words: String {
    switch self {
    case .anyOf(let scalars): scalars.map(\.words).joined(by: "or")
    case .noneOf(let scalars): "not " + scalars.map(\.words).joined(by: "or")
    case .exists(let expected): expected ? "set" : "not set"
    case .contains(let part): "contains \(part.words)"
    case .startsWith(let text): "starts with \(text)"
    case .endsWith(let text): "ends with \(text)"
    case .number(let comparison): comparison.words
    case .before(let moment): "before \(moment.words)"
    case .after(let moment): "after \(moment.words)"
    case .withinLast(let span): "within the last \(span)"
    case .olderThan(let span): "older than \(span)"
    }
  }

  /// The match as it stands behind a value that passes it; empty when the value says it all.
  var sign: String {
    switch self {
    case .anyOf, .exists: ""
    case .number(let comparison): " \(comparison.sign)"
    case .noneOf, .contains, .startsWith, .endsWith, .before, .after, .withinLast, .olderThan:
      ", \(words)"
    }
  }
}

extension Scalar {
  var words: String {
    switch self {
    case .bool(let bool): "\(bool)"
    case .number(let number): "\(number)"
    case .text(let text): text
    }
  }
}

extension Moment {
  var words: String {
    switch self {
    case .instant(let instant): instant.rfc3339
    case .date(let date): "\(date)"
    }
  }
}

extension JSONValue {
  /// The value as people read it: text bare, anything else as JSON.
  var words: String { text ?? json.text }
}

extension [String] {
  /// `a`, `a or b`, `a, b or c`.
  func joined(by word: String) -> String {
    guard count > 1, let last else { return first ?? "" }
    return "\(dropLast().joined(separator: ", ")) \(word) \(last)"
  }
}

/// `one more`, `3 more`.
func more(_ count: Int) -> String { count == 1 ? "one more" : "\(count) more" }

/// The names that anchors and facts of a condition refer to by place.
struct RuleNames {
  let rules: RuleSet
  let model: Int?
  let campaign: Campaign?

  func milestone(_ place: Int) -> String {
    model.map { rules.models[$0].milestones[place].name } ?? "milestone \(place + 1)"
  }

  func anchor(_ anchor: Anchor) -> String {
    switch anchor {
    case .start: "start"
    case .entering: "entering"
    case .milestone(let place): milestone(place)
    case .step(let place): campaign?.steps[place].name ?? "step \(place + 1)"
    case .date(let date): "\(date)"
    }
  }

  func event(of fact: EventFact) -> String { rules.series[fact.series].event }

  /// `, where kind: slack or calendar, at least 3 different shared_with, within 7 days`.
  func helpers(of fact: EventFact, _ test: NumberTest?) -> String {
    let filter = rules.series[fact.series].filter.map { named in
      "where \(named.name): \(named.matches.map(\.words).joined(separator: " and "))"
    }
    let parts = filter + [test.flatMap { times(fact, $0) }, window(of: fact)].compactMap(\.self)
    return parts.map { ", \($0)" }.joined()
  }

  private func times(_ fact: EventFact, _ test: NumberTest) -> String? {
    if let property = fact.property { return "\(test.words) different \(property)" }
    if test == .atLeast(1) { return nil }
    let isOne = test.words == "1" || test.words.hasSuffix(" 1")
    return "\(test.words) \(isOne ? "time" : "times")"
  }

  private func window(of fact: EventFact) -> String? {
    switch fact.window {
    case .always: nil
    case .within(let span): "within \(span)"
    case .withinFirst(let span, .start): "within the first \(span)"
    case .withinFirst(let span, let anchor):
      "within the first \(span) since \(self.anchor(anchor))"
    case .since(let anchor): "since \(self.anchor(anchor))"
    }
  }
}

extension Step {
  /// The timing and the days in words: `on_day 3 · 09:00 · weekdays`.
  func timingWords(_ names: RuleNames) -> String {
    ([timing.words(names)] + [days.map(Step.dayWords)].compactMap(\.self)).joined(separator: " · ")
  }

  static func dayWords(_ days: Set<Weekday>) -> String {
    let weekend: Set<Weekday> = [.saturday, .sunday]
    if days == weekend { return "weekends" }
    if days == Set(Weekday.allCases).subtracting(weekend) { return "weekdays" }
    return Weekday.allCases.filter(days.contains).map(\.name).joined(by: "or")
  }
}

extension Step.Timing {
  fileprivate func words(_ names: RuleNames) -> String {
    switch self {
    case .onDay(let day, let time, .start): "on_day \(day) · \(time)"
    case .onDay(let day, let time, let anchor):
      "on_day \(day) since \(names.anchor(anchor)) · \(time)"
    case .after(let milliseconds, let anchor):
      "after \(Span.clockText(milliseconds: milliseconds)) since \(names.anchor(anchor))"
    case .every(.days(let days), let time, let anchor):
      "every \(Span.calendar(days: days)) since \(names.anchor(anchor)) · \(time)"
    case .every(.weekday(let day), let time, let anchor):
      "every \(day.name) since \(names.anchor(anchor)) · \(time)"
    case .immediately: "immediately"
    case .asSoonAs: "as_soon_as"
    }
  }

  /// What the timing counts from; `nil` where it counts from nothing.
  var anchor: Anchor? {
    switch self {
    case .onDay(_, _, let anchor), .after(_, let anchor), .every(_, _, let anchor): anchor
    case .immediately, .asSoonAs: nil
    }
  }
}
