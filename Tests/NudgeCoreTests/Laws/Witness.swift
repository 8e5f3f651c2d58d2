import NudgeCore
import NudgeTesting

/// What the events that have arrived say of people and accounts, told without the engine.
struct Witness {
  let policy: Policy
  private var events: [Event] = []
  private var messageIDs: Set<String> = []

  init(policy: Policy) {
    self.policy = policy
  }

  mutating func hear(_ event: Event) {
    guard messageIDs.insert(event.messageID).inserted else { return }
    events.append(event)
  }

  /// Ruling 15: the call with the greatest (timestamp, messageId) not after an instant.
  func trait(_ name: String, of subject: SubjectID, at now: Timestamp) -> JSONValue? {
    let calls = events.filter { event in
      switch event.kind {
      case .identify: event.userID.map(SubjectID.user) == subject
      case .group: event.groupID.map(SubjectID.account) == subject
      case .track, .page, .screen, .alias: false
      }
    }
    let values = calls.filter { $0.timestamp <= now }
      .compactMap { call in call.traits.value?[name].map { (call, $0) } }
    let newest = values.max { $0.0.comesBefore($1.0) }?.1
    return newest == .null ? nil : newest
  }

  /// Rulings 14 and 19: the account that their event with the greatest (timestamp, messageId) not after an instant names.
  func home(of subject: SubjectID, at now: Timestamp) -> SubjectID? {
    guard subject.kind == .user else { return nil }
    return events.filter { $0.userID == subject.id && $0.groupID != nil && $0.timestamp <= now }
      .max { $0.comesBefore($1) }?.groupID.map(SubjectID.account)
  }

  /// Ruling 17: every account that one of their events names.
  func accounts(of subject: SubjectID) -> [SubjectID] {
    guard subject.kind == .user else { return [] }
    return events.filter { $0.userID == subject.id }.compactMap(\.groupID).map(SubjectID.account)
  }

  /// Their trait, their account's, the campaign's, the settings'.
  func zone(of subject: SubjectID, in campaign: Campaign, at now: Timestamp) -> Zone {
    let ofTraits = [subject, home(of: subject, at: now)].compactMap(\.self)
      .map { trait("timezone", of: $0, at: now)?.text }
    return (ofTraits + [campaign.timezone, policy.timezone]).compactMap(\.self)
      .compactMap { SampleZones.table[$0] }.first ?? .utc
  }

  func isUnsubscribed(_ subject: SubjectID, at now: Timestamp) -> Bool {
    trait("unsubscribed", of: subject, at: now) == .bool(true)
  }

  /// Whether anything is known of them that the engine keeps whatever the rules are.
  func knows(_ subject: SubjectID) -> Bool {
    events.contains { $0.userID == subject.id && ($0.kind == .identify || $0.groupID != nil) }
  }

  /// Ruling 8: [from, to) of some date, each resolved like `at:`.
  func isQuiet(_ now: Timestamp, in zone: Zone) -> Bool {
    guard let quiet = policy.quietHours, quiet.from != quiet.to else { return false }
    return (-2...2).contains { days in
      let date = zone.date(at: now).adding(days: days)
      let end = date.adding(days: quiet.to < quiet.from ? 1 : 0)
      return zone.instant(of: date, at: quiet.from) <= now
        && now < zone.instant(of: end, at: quiet.to)
    }
  }
}

extension Event {
  fileprivate func comesBefore(_ other: Event) -> Bool {
    if timestamp != other.timestamp { return timestamp < other.timestamp }
    return messageID.utf8.lexicographicallyPrecedes(other.messageID.utf8)
  }
}
