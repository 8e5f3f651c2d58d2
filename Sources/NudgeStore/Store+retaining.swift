import GRDB
public import NudgeCore

/// How long what was taken in and decided is kept.
public struct Retention: Hashable, Sendable {
  /// Events, and messages that were none, by the days since they arrived.
  public let eventDays: Int
  /// Decisions and what became of their deliveries, by the days since they were made.
  public let decisionDays: Int

  /// A retention of so many days each.
  public init(eventDays: Int, decisionDays: Int) {
    self.eventDays = eventDays
    self.decisionDays = decisionDays
  }

  /// From when on events are kept at an instant.
  func eventsBegin(at now: Timestamp) -> Timestamp {
    now.adding(milliseconds: -Int64(eventDays) * Span.dayMilliseconds)
  }

  /// From when on decisions are kept at an instant.
  func decisionsBegin(at now: Timestamp) -> Timestamp {
    now.adding(milliseconds: -Int64(decisionDays) * Span.dayMilliseconds)
  }
}

extension Span {
  fileprivate static let dayMilliseconds: Int64 = 86_400_000
}

/// From when on a database knows its past.
public struct LogBeginning: Hashable, Sendable {
  /// Events that arrived before are gone; `nil` while none is.
  public let events: Timestamp?
  /// The row of the last subject that some of these events spoke of: rows are in the order of being first seen.
  let lastSubject: Int64
}

/// Lets go of what is older than is to be kept, a slice at a time.
///
/// What was concluded from it stays: a subject's memory holds its start, milestones, traits and facts, and none of these
/// is worked out from the log again. What may come again is the order of the log, so its last row always stays.
extension Store {
  /// Drops the next slice of events; tells whether there may be more.
  ///
  /// While a rule set counts the past anew nothing is dropped.
  public func dropEvents(_ retention: Retention, at now: Timestamp) throws -> Bool {
    let bound = retention.eventsBegin(at: now)
    return try write { database, desk in
      guard try Int.fetchOne(database, sql: "SELECT 1 FROM fillings") == nil else { return false }
      let last = try lastSubject(database)
      let events = try drop(from: "events", at: "arrived_at", before: bound, database)
      if try isBehind(database) { desk.messages = nil }
      let rejected = try drop(from: "rejected", at: "at", before: bound, database)
      if events > 0 { try note(bound, last, database) }
      return max(events, rejected) == Limits.rowsDroppedAtOnce
    }
  }

  /// Whether events were dropped that the index of messages has yet to take in.
  private func isBehind(_ database: Database) throws -> Bool {
    let statement = try database.cachedStatement(
      sql: "SELECT min(sequence) - 1 > (SELECT through FROM message_index) FROM events"
    )
    return try Bool.fetchOne(statement) ?? false
  }

  /// The first rows of a table whose order is that of time, as far as they are old; never its last.
  private func drop(
    from table: String,
    at instant: String,
    before bound: Timestamp,
    _ database: Database
  ) throws -> Int {
    try database.cachedStatement(
      sql: """
        DELETE FROM \(table) WHERE sequence IN
          (SELECT sequence FROM \(table) ORDER BY sequence LIMIT \(Limits.rowsDroppedAtOnce))
        AND \(instant) < ? AND sequence < (SELECT max(sequence) FROM \(table))
        """
    ).execute(arguments: [bound.millisecondsSinceEpoch])
    return database.changesCount
  }

  private func note(_ bound: Timestamp, _ lastSubject: Int64, _ database: Database) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO retention (id, events_begin_at, last_subject) VALUES (1, ?, ?)
        ON CONFLICT (id) DO UPDATE SET events_begin_at = excluded.events_begin_at,
          last_subject = max(ifnull(last_subject, 0), excluded.last_subject)
        """
    ).execute(arguments: [bound.millisecondsSinceEpoch, lastSubject])
  }

  /// The last subject that the next slice of events speaks of.
  private func lastSubject(_ database: Database) throws -> Int64 {
    let statement = try database.cachedStatement(
      sql: """
        WITH slice AS (
          SELECT user_id, anonymous_id, group_id FROM events
          ORDER BY sequence LIMIT \(Limits.rowsDroppedAtOnce))
        SELECT max(ifnull((SELECT id FROM subjects WHERE kind = 'user' AND subject = user_id), 0),
          ifnull((SELECT id FROM subjects WHERE kind = 'anonymous' AND subject = anonymous_id), 0),
          ifnull((SELECT id FROM subjects WHERE kind = 'account' AND subject = group_id), 0)) AS last
        FROM slice ORDER BY last DESC LIMIT 1
        """
    )
    return try Int64.fetchOne(statement) ?? 0
  }

  /// From when on the past is known.
  public func logBeginning() throws -> LogBeginning {
    try read { try LogBeginning($0) }
  }
}

extension LogBeginning {
  init(_ database: Database) throws {
    let row = try Row.fetchOne(
      database,
      sql: "SELECT * FROM retention"
    )
    self.init(
      events: (row?["events_begin_at"] as Int64?).map(Timestamp.init(millisecondsSinceEpoch:)),
      lastSubject: (row?["last_subject"] as Int64?) ?? 0
    )
  }
}

extension HistoryReader {
  /// From when on the past is known.
  public func logBeginning() throws -> LogBeginning { try LogBeginning(database) }

  /// Since when events are kept, if some of those of a household may be gone; `nil` when all are there.
  public func incompleteness(of household: Household) throws -> Timestamp? {
    let beginning = try logBeginning()
    guard let since = beginning.events else { return nil }
    let known: [(String, Set<String>)] = [
      ("user", household.users), ("anonymous", household.anonymous),
      ("account", household.accounts),
    ]
    for (kind, ids) in known {
      let request: SQLRequest<Bool> = """
        SELECT EXISTS (SELECT 1 FROM subjects WHERE kind = \(kind) AND subject IN \(ids.sorted())
          AND id <= \(beginning.lastSubject))
        """
      if try request.fetchOne(database) ?? false { return since }
    }
    return nil
  }
}
