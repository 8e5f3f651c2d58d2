public import NudgeCore
public import NudgeRules
public import NudgeStore

/// Answers about instants of the past: the people concerned are decided again from the log, up to that instant.
///
/// The daemon and the offline commands give the same.
public struct PastAnswers {
  /// A question that has no answer.
  public enum Failure: Error, Hashable, Sendable {
    /// There is no such campaign, score or decision; what would be right is in the text.
    case unknown(String)
    /// The question itself is wrong.
    case badQuestion(String)
  }

  /// A subject as it was.
  struct Past {
    let store: Store
    let engine: Engine
    let ruleSet: DeployedRuleSet
  }

  let reader: HistoryReader
  let settings: SettingsSource
  let zones: ZoneTable
  let now: Timestamp

  /// Answers from a history; `settings` count where an older program has not kept those of the time.
  public init(
    _ reader: HistoryReader,
    settings: SettingsSource,
    zones: ZoneTable,
    now: Timestamp
  ) {
    self.reader = reader
    self.settings = settings
    self.zones = zones
    self.now = now
  }

  /// Why the subject got what it had got by then, and had not got the rest; `nil` for a subject not seen by then.
  public func explanation(
    of subject: SubjectID,
    campaign: String?,
    at instant: String?,
    style: TextStyle
  ) throws -> JSONValue? {
    let instant = try self.instant(instant)
    guard let past = try rebuilt(subject, through: instant) else { return nil }
    let campaigns = past.engine.rules.set.campaigns.map(\.name)
    if let campaign, !campaigns.contains(campaign) {
      throw Failure.unknown(
        "no campaign was called \(campaign) then"
          + (Self.suggestion(campaign, campaigns)
            ?? "; there were: \(campaigns.joined(separator: " · "))")
      )
    }
    return try SubjectAnswers(store: past.store, engine: past.engine, now: instant).explanation(
      of: subject,
      campaign: campaign,
      gitCommit: past.ruleSet.gitCommit,
      style: style
    )
  }

  // MARK: Parts

  /// The subject as it was after all stimuli up to and including an instant; `nil` before the first deploy.
  func rebuilt(
    _ subject: SubjectID,
    through instant: Timestamp,
    observer: Replay.Observer? = nil
  ) throws -> Past? {
    try rebuilt(try reader.household(of: subject), through: instant, observer: observer)
  }

  /// The same for those who belong to a household.
  func rebuilt(
    _ household: Household,
    through instant: Timestamp,
    observer: Replay.Observer? = nil
  ) throws -> Past? {
    if let since = try reader.incompleteness(of: household) {
      throw Failure.unknown(
        "events from before \(since.rfc3339) are no longer kept (store.keep_events), and some of them may be theirs, "
          + "so the past cannot be told; what holds now can"
      )
    }
    let store = try Store()
    var last: DeployedRuleSet?
    let replay = try Replay(
      of: reader,
      events: reader.events(of: household, through: instant),
      into: store,
      zones: zones,
      until: instant
    ) { stored in
      last = stored
      let read = try StoredRules(stored, settings: settings, zones: zones)
      return Replay.Rules(read.rules, messages: read.messages)
    }
    try replay.run(observer: observer)
    guard let engine = replay.engine, let last else { return nil }
    return Past(store: store, engine: engine, ruleSet: last)
  }

  /// The instant that a text names: a time, or the end of a local date; `nil` names now.
  func instant(_ text: String?) throws -> Timestamp {
    guard let text else { return now }
    guard let instant = try Timestamp(rfc3339: text) ?? endOfDay(text) else {
      throw Failure.badQuestion(
        "--at is `\(text)`, and must be a time such as 2026-03-09T13:00:00Z or a date such as 2026-03-09"
      )
    }
    guard instant <= now else {
      // A date that has begun is asked as of now.
      if let day = LocalDate(text), try zone().startOfDay(day) <= now { return now }
      throw Failure.badQuestion("--at is `\(text)`, which has not come yet; it is \(now.rfc3339)")
    }
    return instant
  }

  private func endOfDay(_ text: String) throws -> Timestamp? {
    try LocalDate(text).map { date in
      try zone().startOfDay(date.adding(days: 1)).adding(milliseconds: -1)
    }
  }

  /// The zone of the settings.
  private func zone() throws -> Zone {
    guard let stored = try reader.currentRuleSet() else { return .utc }
    let rules = try StoredRules(stored, settings: settings, zones: zones).rules
    return zones[rules.policy.timezone] ?? .utc
  }

  /// The name that was likely meant; `nil` when none is near.
  static func suggestion(_ name: String, _ known: [String]) -> String? {
    Suggestion.nearest(to: name, among: known).map { ", did you mean `\($0)`?" }
  }
}
