import NudgeCore
import NudgeDaemon
import NudgeRules

/// What a backtest shows, and when it ends: its arguments, resolved.
struct BacktestPlan {
  /// The campaigns that are shown, in the order of the rule set.
  let campaigns: [Campaign]
  /// The settings that decide.
  let policy: Policy
  /// The zone of the settings, in which dates are read and days counted.
  let zone: Zone
  /// When the progress of everybody is shown; `nil` when nobody wants it.
  let stateAt: Timestamp?
  private let since: Timestamp?
  let until: Timestamp?
  private let shown: Set<String>

  /// The arguments of a command, read with these rules.
  init(_ command: BacktestCommand, _ rules: RuleSet, zones: ZoneTable) throws(Failure) {
    let zone = zones[rules.policy.timezone] ?? .utc
    self.zone = zone
    policy = rules.policy
    since = try command.since.map { text throws(Failure) in
      try TimeArgument.beginning(text, "--since", in: zone)
    }
    until = try command.until.map { text throws(Failure) in
      try TimeArgument.end(text, "--until", in: zone)
    }
    stateAt = try command.stateAt.map { text throws(Failure) in
      try TimeArgument.beginning(text, "--state-at", in: zone)
    }
    campaigns = try BacktestPlan.campaigns(of: rules, named: command.campaign)
    shown = Set(campaigns.map(\.name))
  }

  /// The last instant of the run when the last event arrived then.
  func end(after last: Timestamp?) -> Timestamp {
    until ?? last?.adding(milliseconds: Limits.millisecondsAfterLastEvent) ?? .distantPast
  }

  /// Whether a decision is shown.
  func shows(_ decision: Decision) -> Bool {
    decision.at >= since ?? .distantPast && shown.contains(decision.campaign)
  }

  private static func campaigns(
    of rules: RuleSet,
    named name: String?
  ) throws(Failure) -> [Campaign] {
    guard let name else { return rules.campaigns }
    let named = rules.campaigns.filter { $0.name == name }
    guard named.isEmpty else { return named }
    let nearest = Suggestion.nearest(to: name, among: rules.campaigns.map(\.name))
    let advice = nearest.map { ", did you mean `\($0)`?" } ?? ""
    throw Failure("no campaign is called \(name)\(advice)", .usage)
  }
}

/// A time among the arguments.
enum TimeArgument {
  /// An instant, or the beginning of a local date.
  static func beginning(
    _ text: String,
    _ option: String,
    in zone: Zone
  ) throws(Failure) -> Timestamp {
    if let instant = Timestamp(rfc3339: text) { return instant }
    if let date = LocalDate(text) { return zone.startOfDay(date) }
    throw Failure(
      "\(option) is `\(text)`, and must be a time such as 2026-03-09T13:00:00Z or a date such as "
        + "2026-03-09",
      .usage
    )
  }

  /// An instant, or the last millisecond of a local date.
  static func end(_ text: String, _ option: String, in zone: Zone) throws(Failure) -> Timestamp {
    guard let date = LocalDate(text) else { return try beginning(text, option, in: zone) }
    return zone.startOfDay(date.adding(days: 1)).adding(milliseconds: -1)
  }
}
