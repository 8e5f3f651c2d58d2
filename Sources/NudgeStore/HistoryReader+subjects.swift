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
  ///
  /// Nothing of this is indexed, since that would slow every event down, so the log is passed as seldom as may be.
  public func household(of subject: SubjectID) throws -> Household {
    // A visitor may be asked for without saying that it is none of the known people.
    var anonymous: Set<String> = subject.kind == .account ? [] : [subject.id]
    var users: Set<String> = subject.kind == .user ? [subject.id] : []
    var accounts: Set<String> = subject.kind == .account ? [subject.id] : []
    var links = try links(of: users)
    let known = links.users(of: anonymous)
    if !known.isSubset(of: users) {
      users.formUnion(known)
      links = try self.links(of: users)
    }
    anonymous.formUnion(links.anonymous(of: users))
    accounts.formUnion(links.accounts)
    accounts.formUnion(
      try strings(
        """
        SELECT DISTINCT group_id FROM events
        WHERE group_id IS NOT NULL AND user_id IS NULL AND anonymous_id IN
        """,
        anonymous
      )
    )
    users.formUnion(
      try strings(
        "SELECT DISTINCT user_id FROM events WHERE user_id IS NOT NULL AND group_id IN",
        accounts
      )
    )
    anonymous.formUnion(links.anonymous(of: users))
    return Household(users: users, anonymous: anonymous, accounts: accounts)
  }

  /// The events of a household up to and including an instant, in their order, one at a time.
  public func events(
    of household: Household,
    through end: Timestamp = .never
  ) throws -> EventCursor {
    try events(of: household, in: 0..<place(of: end.adding(milliseconds: 1)))
  }

  /// The last event of a household that came at an instant; `nil` when none did.
  public func event(of household: Household, at instant: Timestamp) throws -> History.LoggedEvent? {
    let end = try place(of: instant.adding(milliseconds: 1))
    let cursor = try events(of: household, in: place(of: instant)..<end)
    var found: History.LoggedEvent?
    while let event = try cursor.next() { found = event }
    return found
  }

  func events(of household: Household, in places: Range<Int64>) throws -> EventCursor {
    EventCursor(
      try Row.fetchCursor(
        database,
        sql: """
          SELECT * FROM events
          WHERE sequence >= ? AND sequence < ? AND (
            user_id IN (SELECT value FROM json_each(?))
            OR user_id IS NULL AND anonymous_id IN (SELECT value FROM json_each(?))
            OR user_id IS NULL AND previous_id IN (SELECT value FROM json_each(?))
            OR group_id IN (SELECT value FROM json_each(?))
          ) ORDER BY sequence
          """,
        arguments: [
          places.lowerBound, places.upperBound,
          household.users.asJSON, household.anonymous.asJSON, household.anonymous.asJSON,
          household.accounts.asJSON,
        ]
      )
    )
  }

  /// The sequence from which on events came at or after an instant: arrivals follow the order of the log.
  private func place(of instant: Timestamp) throws -> Int64 {
    let last = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 0
    let statement = try database.cachedStatement(
      sql: "SELECT sequence, arrived_at FROM events WHERE sequence >= ? ORDER BY sequence LIMIT 1"
    )
    var (low, high) = (Int64(1), last + 1)
    while low < high {
      let middle = low + (high - low) / 2
      guard let row = try Row.fetchOne(statement, arguments: [middle]),
        row["arrived_at"] < instant.millisecondsSinceEpoch
      else {
        high = middle
        continue
      }
      low = (row["sequence"] as Int64) + 1
    }
    return low
  }

  /// Who was anonymous under which id, everybody, and the accounts of these users: one pass.
  private func links(of users: Set<String>) throws -> Links {
    var links = Links()
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT DISTINCT kind, user_id, anonymous_id, group_id, previous_id FROM events
        WHERE kind IN ('alias', 'identify') OR user_id IN (SELECT value FROM json_each(?))
        """,
      arguments: [users.asJSON]
    )
    while let row = try rows.next() {
      links.note(row)
      guard let user = row["user_id"] as String?, users.contains(user),
        let account = row["group_id"] as String?
      else { continue }
      links.accounts.insert(account)
    }
    return links
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

/// What ties subjects together in the log.
private struct Links {
  /// The ids under which each user was anonymous before.
  var previous: [String: Set<String>] = [:]
  /// The accounts of the users that were asked for.
  var accounts: Set<String> = []

  /// Notes which ids an event says to be one person, as `Event.identities` does.
  mutating func note(_ row: Row) {
    let user = row["user_id"] as String?
    let anonymous = row["anonymous_id"] as String?
    let previous = row["previous_id"] as String?
    switch (row["kind"] as String, user, anonymous, previous) {
    case ("alias", let user?, _, let id?), ("identify", let user?, let id?, _):
      self.previous[user, default: []].insert(id)
    case ("alias", nil, let one?, let other?):
      self.previous[one, default: []].insert(other)
      self.previous[other, default: []].insert(one)
    default: break
    }
  }

  /// Those who were anonymous under some of these ids.
  func users(of anonymous: Set<String>) -> Set<String> {
    Set(previous.filter { !$0.value.isDisjoint(with: anonymous) }.keys)
  }

  func anonymous(of users: Set<String>) -> Set<String> {
    users.reduce(into: []) { $0.formUnion(previous[$1] ?? []) }
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
    try Store.memory(of: subject, rules: rules, FactLedger(rules, database), database)
  }
}
