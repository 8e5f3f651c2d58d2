import NudgeCore

// The smaller parts of a rule file, as JSON.

extension JSONValue {
  /// An object of what is there.
  static func written(_ members: [(String, JSONValue?)]) -> JSONValue {
    .object(members.compactMap { name, value in value.map { Member(name, $0) } })
  }

  static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

  /// A list; nothing when it is empty.
  static func list(_ items: [JSONValue]) -> JSONValue? { items.isEmpty ? nil : .array(items) }
}

extension NumberTest {
  var written: JSONValue {
    .object(comparisons.map(\.written))
  }
}

extension NumberTest.Comparison {
  fileprivate var written: JSONValue.Member {
    switch self {
    case .exactly(let number): .init("exactly", .number(number))
    case .atLeast(let number): .init("at_least", .number(number))
    case .atMost(let number): .init("at_most", .number(number))
    case .above(let number): .init("above", .number(number))
    case .below(let number): .init("below", .number(number))
    case .between(let low, let high): .init("between", .array([.number(low), .number(high)]))
    }
  }
}

extension [NamedTest] {
  var written: JSONValue {
    .object(map { test in .init(test.name, .object(test.matches.map(\.written))) })
  }
}

extension Match {
  fileprivate var written: JSONValue.Member {
    switch self {
    case .anyOf(let scalars): .init("any_of", .array(scalars.map(\.written)))
    case .noneOf(let scalars): .init("none_of", .array(scalars.map(\.written)))
    case .exists(let expected): .init("exists", .bool(expected))
    case .contains(let scalar): .init("contains", scalar.written)
    case .startsWith(let text): .init("starts_with", .string(text))
    case .endsWith(let text): .init("ends_with", .string(text))
    case .number(let comparison): comparison.written
    case .before(let moment): .init("before", .string(moment.written))
    case .after(let moment): .init("after", .string(moment.written))
    case .withinLast(let span): .init("within_last", .string("\(span)"))
    case .olderThan(let span): .init("older_than", .string("\(span)"))
    }
  }
}

extension Scalar {
  fileprivate var written: JSONValue {
    switch self {
    case .bool(let bool): .bool(bool)
    case .number(let number): .number(number)
    case .text(let text): .string(text)
    }
  }
}

extension Moment {
  fileprivate var written: String {
    switch self {
    case .instant(let instant): instant.rfc3339
    case .date(let date): "\(date)"
    }
  }
}

extension Metric.RatioTerm {
  func name(in model: Model?) -> String {
    switch self {
    case .metric(let place): model?.metrics[place].name ?? ""
    case .trait(let name): name
    }
  }
}

extension Anchor {
  func name(in scope: RuleFileWriter.Scope) -> String {
    switch self {
    case .start: "start"
    case .entering: "entering"
    case .milestone(let place): scope.model?.milestones[place].name ?? ""
    case .step(let place): scope.campaign?.steps[place].name ?? ""
    case .date(let date): "\(date)"
    }
  }
}

extension Number {
  /// A share as a percentage: `10%`.
  var percent: String {
    let hundredfold = (approximate * 100).rounded()
    return "\(Int(hundredfold))%"
  }
}

extension Campaign.ReEntry {
  var written: JSONValue {
    switch self {
    case .never: .string("never")
    case .always: .string("always")
    case .after(let span): .written([("after", .string("\(span)"))])
    }
  }
}

extension Step.Timing {
  func written(in scope: RuleFileWriter.Scope) -> [(String, JSONValue?)] {
    switch self {
    case .onDay(let day, let time, let anchor):
      [
        ("on_day", .whole(day)), ("at", .string("\(time)")),
        ("since", .string(anchor.name(in: scope))),
      ]
    case .after(let milliseconds, let anchor):
      [
        ("after", .string(Span.clockText(milliseconds: milliseconds))),
        ("since", .string(anchor.name(in: scope))),
      ]
    case .every(let interval, let time, let anchor):
      [
        ("every", .string(interval.text)), ("at", .string("\(time)")),
        ("since", .string(anchor.name(in: scope))),
      ]
    case .immediately: [("immediately", .bool(true))]
    case .asSoonAs: []
    }
  }
}

extension Step.Interval {
  fileprivate var text: String {
    switch self {
    case .days(let days): "\(Span.calendar(days: days))"
    case .weekday(let day): day.name
    }
  }
}

extension Step {
  /// Everything but the name, the timing and the condition.
  var written: [(String, JSONValue?)] {
    let variants = variants.map {
      JSONValue.written([
        ("name", .string($0.name)), ("weight", .number($0.weight)), ("template", .string($0.name)),
      ])
    }
    return action.written + [
      ("days", days.map { .strings($0.sorted { $0.rawValue < $1.rawValue }.map(\.name)) }),
      ("outside_days", days == nil ? nil : .string(outsideDays.rawValue)),
      ("not_before", notBefore.map { .string("\($0)") }), ("at_most", atMost.map { .whole($0) }),
      ("per", per.map { .string("\($0)") }),
      ("expires", isSent ? expires.map { .string("\($0)") } : nil),
      ("template", isSent && variants.isEmpty ? template.map { .string($0) } : nil),
      ("variants", isSent ? .list(variants) : nil), ("to", recipient.written),
      ("group_by", groupBy.map { .string("account.\($0)") }),
      ("quiet_hours", isSent && ignoresQuietHours ? .string("ignore") : nil),
      ("caps", isSent && capUse != .counted ? .string(capUse.rawValue) : nil),
    ]
  }

  private var isSent: Bool {
    if case .send = action { true } else { false }
  }
}

extension Step.Action {
  fileprivate var written: [(String, JSONValue?)] {
    switch self {
    case .send(let channel): [("send", .string(channel))]
    case .tag(let tag): [("tag", .string(tag))]
    case .untag(let tag): [("untag", .string(tag))]
    }
  }
}

extension Step.Recipient {
  fileprivate var written: JSONValue? {
    switch self {
    case .subject: nil
    case .actor: .string("actor")
    case .accountTrait(let name): .string("account.\(name)")
    }
  }
}

extension Score.Component {
  func written(in model: Model) -> JSONValue {
    .written(
      [("name", .string(name)), ("max", .number(max)), ("from", .string(source.name(in: model)))]
        + shape.written(isTime: source == .timeToFirstMilestone)
    )
  }
}

extension Score.Component.Source {
  fileprivate func name(in model: Model) -> String {
    switch self {
    case .milestoneWeights: "milestone_weights"
    case .timeToFirstMilestone: "time_to_first_milestone"
    case .metric(let place): model.metrics[place].name
    }
  }
}

extension Score.Component.Shape {
  fileprivate func written(isTime: Bool) -> [(String, JSONValue?)] {
    func quantity(_ number: Number) -> JSONValue {
      isTime
        ? .string(Span.clockText(milliseconds: Int64(number.whole ?? 0))) : .number(number)
    }
    switch self {
    case .share: return []
    case .pointsEach(let number): return [("points_each", .number(number))]
    case .linear(let full, let zero):
      return [
        ("linear", .written([("full_at", quantity(full)), ("zero_at", quantity(zero))]))
      ]
    case .table(let rows): return [("table", .array(rows.map { $0.written(isTime: isTime) }))]
    }
  }
}

extension Score.Component.Row {
  fileprivate func written(isTime: Bool) -> JSONValue {
    guard let test else {
      return .written([("otherwise", .bool(true)), ("points", .number(points))])
    }
    guard isTime, case .atMost(let limit) = test.comparisons.first else {
      return .object(test.comparisons.map(\.written) + [.init("points", .number(points))])
    }
    let time = Span.clockText(milliseconds: Int64(limit.whole ?? 0))
    return .written([("within", .string(time)), ("points", .number(points))])
  }
}
