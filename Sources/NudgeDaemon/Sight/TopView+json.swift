public import NudgeCore

extension TopView {
  /// The view as one object; rates are null on the first page.
  public var json: JSONValue {
    .object([
      .init("version", .string(version)),
      .init("ready", .bool(isReady)),
      .init("rule_set", .string(ruleSet)),
      .init("problems", .array(problems.map(JSONValue.string))),
      .init("events", .whole(events)),
      .init("events_per_second", .rate(eventsPerSecond)),
      .init("rejected", .whole(rejected)),
      .init("waiting_events", .whole(waitingEvents)),
      .init("decisions_per_second", .rate(decisionsPerSecond)),
      .init("timers_due", .whole(timersDue)),
      .init("next_due", .optional(nextDueAt?.rfc3339)),
      .init("campaigns", .array(campaigns.map(\.json))),
      .init("channels", .array(channels.map(\.json))),
      .init("cpu", .rate(cpu)),
      .init("resident_bytes", .whole(residentBytes)),
      .init("database_bytes", .whole(databaseBytes)),
    ])
  }

  /// When the next timer is due.
  public var nextDueAt: Timestamp? {
    nextDue.map { Timestamp(millisecondsSinceEpoch: Int64($0 * 1000)) }
  }
}

extension TopView.CampaignLine {
  fileprivate var json: JSONValue {
    .object([
      .init("name", .string(name)), .init("inside", inside.map { .whole($0) } ?? .null),
      .init("decisions", .whole(decisions)), .init("sent", .whole(sent)),
      .init("per_minute", .rate(perMinute)),
    ])
  }
}

extension TopView.ChannelLine {
  fileprivate var json: JSONValue {
    .object([
      .init("name", .string(name)), .init("waiting", .whole(waiting)),
      .init("oldest_seconds", .rate(oldestSeconds)), .init("delivered", .whole(delivered)),
      .init("per_second", .rate(perSecond)), .init("failed", .whole(failed)),
      .init("dead", .whole(dead)), .init("disabled", .bool(isDisabled)),
    ])
  }
}

extension JSONValue {
  /// A rate with two places behind the point.
  fileprivate static func rate(_ value: Double?) -> JSONValue {
    guard let value else { return .null }
    return Number(TopView.rounded(value)).map { .number($0) } ?? .null
  }
}

extension TopView {
  /// A rate as people read it, with at most two places behind the point.
  public static func rounded(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
    if rest == 0 { return String(whole) }
    return rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }
}
