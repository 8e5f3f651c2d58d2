import Foundation
import GRDB
public import NudgeCore

/// The people and accounts whose events decide what is known of one subject.
public struct Household: Hashable, Sendable {
  /// The known people, by bare id.
  public let users: Set<String>
  /// The anonymous subjects that are those people, or are asked about themselves.
  public let anonymous: Set<String>
  /// The accounts, by bare id.
  public let accounts: Set<String>
}

extension HistoryReader {
  /// The subject, its accounts and all of their members: whoever is read when something is decided for it.
  public func household(of subject: SubjectID) throws -> Household {
    var users: Set<String> = subject.kind == .user ? [subject.id] : []
    var anonymous: Set<String> = subject.kind == .anonymous ? [subject.id] : []
    anonymous.formUnion(try self.anonymous(of: users))
    var accounts: Set<String> = subject.kind == .account ? [subject.id] : []
    accounts.formUnion(try self.accounts(of: users, anonymous))
    let members = try strings(
      "SELECT DISTINCT user_id FROM events WHERE user_id IS NOT NULL AND group_id IN",
      accounts
    )
    users.formUnion(members)
    anonymous.formUnion(try self.anonymous(of: members))
    return Household(users: users, anonymous: anonymous, accounts: accounts)
  }

  /// The events of a household, in their order, one at a time.
  public func events(of household: Household) throws -> EventCursor {
    EventCursor(
      try Row.fetchCursor(
        database,
        sql: """
          SELECT * FROM events WHERE sequence IN (
            SELECT sequence FROM events WHERE user_id IN (SELECT value FROM json_each(?))
            UNION SELECT sequence FROM events
              WHERE user_id IS NULL AND anonymous_id IN (SELECT value FROM json_each(?))
            UNION SELECT sequence FROM events
              WHERE group_id IS NOT NULL AND group_id IN (SELECT value FROM json_each(?))
          ) ORDER BY sequence
          """,
        arguments: [
          household.users.asJSON, household.anonymous.asJSON, household.accounts.asJSON,
        ]
      )
    )
  }

  /// The last event of a household that came at an instant; `nil` when none did.
  public func event(of household: Household, at instant: Timestamp) throws -> History.LoggedEvent? {
    let cursor = try events(of: household)
    var found: History.LoggedEvent?
    while let event = try cursor.next(), event.arrivedAt <= instant {
      if event.arrivedAt == instant { found = event }
    }
    return found
  }

  private func anonymous(of users: Set<String>) throws -> Set<String> {
    try strings(
      "SELECT DISTINCT previous_id FROM events WHERE previous_id IS NOT NULL AND user_id IN",
      users
    )
  }

  private func accounts(of users: Set<String>, _ anonymous: Set<String>) throws -> Set<String> {
    let ofUsers = try strings(
      "SELECT DISTINCT group_id FROM events WHERE group_id IS NOT NULL AND user_id IN",
      users
    )
    let ofAnonymous = try strings(
      """
      SELECT DISTINCT group_id FROM events
      WHERE group_id IS NOT NULL AND user_id IS NULL AND anonymous_id IN
      """,
      anonymous
    )
    return ofUsers.union(ofAnonymous)
  }

  private func strings(_ sql: String, _ values: Set<String>) throws -> Set<String> {
    guard !values.isEmpty else { return [] }
    let found = try String.fetchAll(
      database,
      sql: "\(sql) (SELECT value FROM json_each(?))",
      arguments: [values.asJSON]
    )
    return Set(found)
  }
}

extension Set<String> {
  fileprivate var asJSON: String {
    JSONValue.array(sorted().map(JSONValue.string)).json.text
  }
}

extension HistoryReader {
  /// The ids of everybody, accounts first, then by the bytes of the id.
  public func subjects() throws -> [SubjectID] {
    try Row.fetchAll(database, sql: "SELECT kind, subject AS id FROM subjects")
      .compactMap(SubjectID.init).sorted()
  }

  /// The memories that looking at a subject needs; `nil` for a subject never seen.
  public func world(
    around subject: SubjectID,
    for engine: Engine,
    at now: Timestamp
  ) throws -> World? {
    guard let memory = try memory(of: subject, engine.rules) else { return nil }
    var world = World([subject: memory])
    while true {
      let missing = engine.missing(for: .timer(subject, at: now), in: world)
      if missing.isEmpty { return world }
      for other in missing {
        world.memories[other] = try self.memory(of: other, engine.rules) ?? Memory(subject: other)
      }
    }
  }

  private func memory(of subject: SubjectID, _ rules: RuleIndex) throws -> Memory? {
    try Data.fetchOne(
      database,
      sql: "SELECT memory FROM subjects WHERE kind = ? AND subject = ?",
      arguments: [subject.kind.rawValue, subject.id]
    )
    .map { try Memory(subject, from: [UInt8]($0), for: rules) }
  }
}
