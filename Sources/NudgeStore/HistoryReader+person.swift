import GRDB
public import NudgeCore

extension Household {
  /// A person alone: the known id, and the anonymous ones that are nobody else's.
  static func person(_ id: String, _ database: Database) throws -> Household {
    let anonymous = try String.fetchAll(
      database,
      sql: """
        SELECT previous_id FROM events WHERE user_id = ?1 AND previous_id IS NOT NULL
        UNION
        SELECT anonymous_id FROM events WHERE user_id = ?1 AND anonymous_id IS NOT NULL
        EXCEPT
        SELECT anonymous_id FROM events WHERE user_id != ?1 AND anonymous_id IS NOT NULL
        """,
      arguments: [id]
    )
    return Household(users: [id], anonymous: Set(anonymous), accounts: [])
  }
}

extension HistoryReader {
  /// A page of the events of one person, or of one account's own and its members' while they name it.
  public func events(
    of subject: SubjectID,
    after sequence: Int64,
    limit: Int
  ) throws -> [History.LoggedEvent] {
    let household: Household =
      switch subject.kind {
      case .user: try .person(subject.id, database)
      case .anonymous: Household(users: [], anonymous: [subject.id], accounts: [])
      case .account: Household(users: [], anonymous: [], accounts: [subject.id])
      }
    let cursor = try events(of: household, in: (sequence + 1)..<Int64.max)
    var found: [History.LoggedEvent] = []
    while found.count < limit, let event = try cursor.next() { found.append(event) }
    return found
  }

  /// The deliveries that go to a subject or tell of it, oldest first.
  public func deliveries(of subject: SubjectID, limit: Int) throws -> [StoredDelivery] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT DISTINCT deliveries.* FROM deliveries JOIN decisions
          ON deliveries.id IN (decisions.id, decisions.intervention)
        WHERE decisions.subject =
            (SELECT id FROM subjects WHERE kind = ?1 AND subject = ?2) OR decisions.recipient = ?3
        ORDER BY deliveries.sequence LIMIT ?4
        """,
      arguments: [subject.kind.rawValue, subject.id, subject.description, limit]
    ).map { StoredDelivery($0) }
  }
}
