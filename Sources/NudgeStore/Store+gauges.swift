import Foundation
import GRDB
public import NudgeCore

/// What changes from moment to moment, cheap enough to be counted every few seconds.
public struct Gauges: Hashable, Sendable {
  /// Every outbox that something waits for or was given up in.
  public let outboxes: [Overview.Outbox]
  /// The channels that were disabled.
  public let disabledChannels: [String]
  /// Timers that are due and not decided yet; of a flood of them a part.
  public let timersDue: Int
  /// When the next timer is due; `nil` when none is set.
  public let nextDue: Timestamp?
  /// Timers that are due within a minute from then on; of a flood of them a part.
  public let dueTogether: Int
  /// The size of the database file.
  public let databaseBytes: Int
  /// The size of its write-ahead log.
  public let logBytes: Int

  /// Figures of these values.
  public init(
    outboxes: [Overview.Outbox],
    disabledChannels: [String],
    timersDue: Int,
    nextDue: Timestamp?,
    dueTogether: Int,
    databaseBytes: Int,
    logBytes: Int
  ) {
    self.outboxes = outboxes
    self.disabledChannels = disabledChannels
    self.timersDue = timersDue
    self.nextDue = nextDue
    self.dueTogether = dueTogether
    self.databaseBytes = databaseBytes
    self.logBytes = logBytes
  }

  /// Deliveries that wait, over all channels.
  public var waiting: Int { outboxes.reduce(0) { $0 + $1.waiting } }
}

extension Store {
  /// How outboxes, timers and files stand; costs what waits, not what was.
  public func gauges(at now: Timestamp) throws -> Gauges {
    let disabled = try disabledChannels()
    return try read { database in
      let next = try Store.nextTimer(database)
      return Gauges(
        outboxes: try Store.outboxes(at: now, database),
        disabledChannels: disabled.sorted(),
        timersDue: try Store.timersDue(at: now, database),
        nextDue: next,
        dueTogether: try next.map { try Store.timers(dueInMinuteFrom: $0, database) } ?? 0,
        databaseBytes: Store.size(of: path),
        logBytes: Store.size(of: path + "-wal")
      )
    }
  }

  private static func timersDue(at now: Timestamp, _ database: Database) throws -> Int {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM timers WHERE due <= ? LIMIT ?)"
    let arguments: StatementArguments = [now.millisecondsSinceEpoch, Limits.timersCounted]
    return try Int.fetchOne(database, sql: sql, arguments: arguments) ?? 0
  }

  private static func timers(
    dueInMinuteFrom due: Timestamp,
    _ database: Database
  ) throws -> Int {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM timers WHERE due BETWEEN ? AND ? LIMIT ?)"
    let (first, last) = (due.millisecondsSinceEpoch, due.millisecondsSinceEpoch + 59_999)
    let arguments: StatementArguments = [first, last, Limits.timersCounted]
    return try Int.fetchOne(database, sql: sql, arguments: arguments) ?? 0
  }

  /// How many subjects of a kind are known; reads an index of all of them.
  public func count(of kind: SubjectKind) throws -> Int {
    try read { database in
      let sql = "SELECT count(*) FROM subjects WHERE kind = ?"
      return try Int.fetchOne(database, sql: sql, arguments: [kind.rawValue]) ?? 0
    }
  }

  static func nextTimer(_ database: Database) throws -> Timestamp? {
    try Int64.fetchOne(database, sql: "SELECT due FROM timers ORDER BY due LIMIT 1")
      .map(Timestamp.init(millisecondsSinceEpoch:))
  }

  /// Each state by its own index: what was delivered is not looked at.
  static func outboxes(at now: Timestamp, _ database: Database) throws -> [Overview.Outbox] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT channel, sum(waiting) AS waiting, sum(dead) AS dead, min(oldest) AS oldest FROM (
          SELECT channel, count(*) AS waiting, 0 AS dead, min(created_at) AS oldest
          FROM deliveries WHERE state = 'pending' GROUP BY channel
          UNION ALL
          SELECT channel, count(*), 0, min(created_at)
          FROM deliveries WHERE state = 'in-flight' GROUP BY channel
          UNION ALL
          SELECT channel, 0, count(*), NULL FROM deliveries WHERE state = 'dead' GROUP BY channel
        ) GROUP BY channel ORDER BY channel
        """
    ).map { row in
      let oldest = (row["oldest"] as Int64?) ?? now.millisecondsSinceEpoch
      return Overview.Outbox(
        channel: row["channel"],
        waiting: row["waiting"],
        dead: row["dead"],
        oldestMilliseconds: max(0, now.millisecondsSinceEpoch - oldest)
      )
    }
  }

  static func size(of path: String) -> Int {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? Int) ?? 0
  }

  /// How many are inside each campaign; reads every passage, so for every few minutes.
  public func inside() throws -> [String: Int] {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: "SELECT campaign, sum(ended_at IS NULL) AS inside FROM enrolments GROUP BY campaign"
      )
      return Dictionary(rows.map { ($0["campaign"], $0["inside"]) }) { first, _ in first }
    }
  }
}
