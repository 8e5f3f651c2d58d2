import GRDB
public import NudgeCore

/// A backlog that leaves little by little: what became due while nothing ran, or when a clock was set.
extension Store {
  /// Lets what waits for its first attempt leave at a bounded rate, by channel; what loses its meaning first leaves before.
  public func spread(_ channels: [String], at now: Timestamp) throws {
    try write { database, _ in
      for channel in channels { try spread(channel, at: now, database) }
    }
  }

  /// Lets leave now what is due later than it would be by this clock, since another one was believed when it was decided or
  /// spread; tells how much that is.
  public func pull(at now: Timestamp) throws -> Int {
    let condition = """
      state = 'pending' AND attempts = 0 AND due > ?1 AND (created_at > ?1 OR due > ?1 + ?2
        + (SELECT count(*) FROM deliveries WHERE state = 'pending') * \(1000 / Limits.backlogPerSecond))
      """
    let arguments: StatementArguments = [
      now.millisecondsSinceEpoch, Limits.backlogSlackMilliseconds,
    ]
    let sql = "SELECT EXISTS (SELECT 1 FROM deliveries WHERE \(condition))"
    let isNeeded = try read { try Bool.fetchOne($0, sql: sql, arguments: arguments) }
    guard isNeeded == true else { return 0 }
    return try write { database, _ in
      try database.execute(
        sql: "UPDATE deliveries SET due = ?1 WHERE \(condition)",
        arguments: arguments
      )
      return database.changesCount
    }
  }

  private func spread(_ channel: String, at now: Timestamp, _ database: Database) throws {
    let gap = 1000 / Limits.backlogPerSecond
    try database.execute(
      sql: """
        UPDATE deliveries SET due = max(due, min(?1 + place * \(gap),
          expires_at - \(Limits.leastDeliveryMilliseconds)))
        FROM (
          SELECT sequence AS chosen,
            row_number() OVER (ORDER BY expires_at, sequence) - \(Limits.backlogAtOnce) AS place
          FROM deliveries
          WHERE channel = ?2 AND state = 'pending' AND attempts = 0 AND due <= ?1
        ) WHERE sequence = chosen AND place > 0
        """,
      arguments: [now.millisecondsSinceEpoch, channel]
    )
  }
}
