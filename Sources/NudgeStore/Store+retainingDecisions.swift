import GRDB
public import NudgeCore

/// One pass over the old decisions, in slices.
///
/// Kept longer are those of passages that are still open, those whose delivery has not ended, and the last of each outcome
/// of each campaign, so that there is always something to look at.
public struct DecisionSweep: Sendable {
  fileprivate let bound: Timestamp
  /// The first decision that stays, by campaign and outcome.
  fileprivate let floors: [[String]: Int64]
  /// The last row of all, which always stays.
  fileprivate let last: Int64
  fileprivate var cursor: Int64 = 0
  /// Whether everything old has been looked at.
  public fileprivate(set) var isOver = false
  /// How many decisions were dropped.
  public fileprivate(set) var dropped = 0
}

extension Store {
  /// Begins a pass; numbers all decisions, but only when the first of them is old.
  public func beginSweep(_ retention: Retention, at now: Timestamp) throws -> DecisionSweep {
    let bound = retention.decisionsBegin(at: now)
    return try read { database in
      let first = "SELECT at FROM decisions ORDER BY sequence LIMIT 1"
      guard let oldest = try Int64.fetchOne(database, sql: first),
        oldest < bound.millisecondsSinceEpoch
      else { return DecisionSweep(bound: bound, floors: [:], last: 0, isOver: true) }
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT campaign, outcome, sequence FROM (
            SELECT campaign, outcome, sequence,
              row_number() OVER (PARTITION BY campaign, outcome ORDER BY sequence DESC) AS place
            FROM decisions)
          WHERE place = \(Limits.decisionsAlwaysKept)
          """
      )
      return DecisionSweep(
        bound: bound,
        floors: Dictionary(
          rows.map { ([$0["campaign"], $0["outcome"]], $0["sequence"] as Int64) }
        ) { first, _ in first },
        last: try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM decisions") ?? 0
      )
    }
  }

  /// Looks at the next slice of a pass, and drops of it what is not to be kept.
  public func sweep(_ sweep: DecisionSweep) throws -> DecisionSweep {
    try write { database, _ in
      var next = sweep
      let rows = try slice(sweep, database)
      next.isOver = rows.count < Limits.rowsDroppedAtOnce || !(rows.last.map(sweep.isOld) ?? false)
      next.cursor = rows.last?["sequence"] ?? sweep.cursor
      for row in rows where sweep.lets(row) {
        try drop(row, database)
        next.dropped += 1
      }
      return next
    }
  }

  private func slice(_ sweep: DecisionSweep, _ database: Database) throws -> [Row] {
    try Row.fetchAll(
      database.cachedStatement(
        sql: """
          SELECT sequence, id, at, intervention, campaign, outcome,
            EXISTS (SELECT 1 FROM enrolments WHERE enrolments.subject = decisions.subject
              AND enrolments.campaign = decisions.campaign
              AND enrolments.number = decisions.enrolment AND ended_at IS NULL)
            OR EXISTS (SELECT 1 FROM deliveries
              WHERE deliveries.id IN (ifnull(decisions.intervention, decisions.id),
                'de_' || substr(decisions.id, 4)) AND state IN ('pending', 'in-flight'))
            OR EXISTS (SELECT 1 FROM gathering WHERE gathering.decision = decisions.id) AS is_needed
          FROM decisions WHERE sequence > ? AND sequence < ? ORDER BY sequence LIMIT ?
          """
      ),
      arguments: [sweep.cursor, sweep.last, Limits.rowsDroppedAtOnce]
    )
  }

  /// Drops a decision with what was shipped of it, and its delivery once no other decision speaks of that.
  private func drop(_ row: Row, _ database: Database) throws {
    try database.cachedStatement(sql: "DELETE FROM decisions WHERE sequence = ?")
      .execute(arguments: [row["sequence"] as Int64])
    try database.cachedStatement(
      sql: """
        DELETE FROM deliveries WHERE id = 'de_' || substr(?, 4)
          AND sequence < (SELECT max(sequence) FROM deliveries)
        """
    ).execute(arguments: [row["id"] as String])
    let delivery: String = (row["intervention"] as String?) ?? row["id"]
    try database.cachedStatement(
      sql: """
        DELETE FROM deliveries WHERE id = ?1 AND sequence < (SELECT max(sequence) FROM deliveries)
          AND NOT EXISTS (SELECT 1 FROM decisions WHERE id = ?1 OR intervention = ?1)
        """
    ).execute(arguments: [delivery])
  }
}

extension DecisionSweep {
  /// Whether a row was decided before what is kept.
  fileprivate func isOld(_ row: Row) -> Bool {
    let at: Int64 = row["at"]
    return at < bound.millisecondsSinceEpoch
  }

  /// Whether a row may go.
  fileprivate func lets(_ row: Row) -> Bool {
    let isNeeded: Bool = row["is_needed"]
    guard isOld(row), !isNeeded else { return false }
    guard let floor = floors[[row["campaign"], row["outcome"]]] else { return false }
    let sequence: Int64 = row["sequence"]
    return sequence < floor
  }
}
