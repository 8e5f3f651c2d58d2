import Foundation
import GRDB
import NudgeCore

/// What the database keeps of file outboxes: the plan of each line's place.
extension Store {
  static func planNext(
    _ channel: String,
    _ state: FileState,
    _ rotation: FileRotation,
    _ limit: Int,
    _ now: Timestamp,
    _ database: Database
  ) throws -> FilePlan? {
    try passOverWritten(channel, at: now, database)
    let rows = try dueRows(channel, limit, now, database)
    guard let next = state.planning(rows, now: now, rotation: rotation) else { return nil }
    let place = try database.cachedStatement(
      sql: "UPDATE deliveries SET state = 'in-flight', segment = ?, position = ? WHERE id = ?"
    )
    for line in next.plan.lines {
      try place.execute(arguments: [next.plan.segment, line.offset, line.id])
    }
    try save(next.state, of: channel, database)
    return next.plan
  }

  /// The rows of a file channel that are due; those that were tried as a webhook's, before the settings changed, too.
  static func dueRows(
    _ channel: String,
    _ limit: Int,
    _ now: Timestamp,
    _ database: Database
  ) throws -> [FileState.Row] {
    let statement = try database.cachedStatement(
      sql: """
        SELECT id, payload, due, sequence FROM deliveries
        WHERE channel = ?1 AND state = 'pending' AND (attempts > 0) = ?2 AND due <= ?3
          AND expires_at > ?3
        ORDER BY due, sequence LIMIT ?4
        """
    )
    let rows = try [false, true].flatMap { isRetry in
      statement.setUncheckedArguments([channel, isRetry, now.millisecondsSinceEpoch, limit])
      return try Row.fetchAll(statement)
    }
    let ordered = rows.sorted { left, right in
      (left["due"] as Int64, left["sequence"] as Int64)
        < (right["due"] as Int64, right["sequence"] as Int64)
    }
    return ordered.prefix(limit).map { ($0["id"], Array(($0["payload"] as String).utf8)) }
  }

  static func openRows(
    _ channel: String,
    _ database: Database
  ) throws -> [(
    id: String, offset: Int, payload: [UInt8]
  )] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT id, position, payload FROM deliveries WHERE channel = ? AND state = 'in-flight'
        """,
      arguments: [channel]
    ).map { ($0["id"], $0["position"], Array(($0["payload"] as String).utf8)) }
  }

  static func fileState(_ channel: String, _ database: Database) throws -> FileState {
    let row = try Row.fetchOne(
      database,
      sql: "SELECT * FROM file_outboxes WHERE channel = ?",
      arguments: [channel]
    )
    guard let row else { return .initial }
    let displaced = (row["displaced_segment"] as Int?).map { segment in
      DisplacedSegment(
        number: segment,
        mark: (row["displaced_length"] as Int?).map {
          FileMark(length: $0, tailDigest: [UInt8](row["displaced_digest"] as Data))
        }
      )
    }
    return FileState(
      segment: row["segment"],
      planned: row["planned"],
      flushed: FileMark(
        length: row["flushed"],
        tailDigest: [UInt8](row["tail_digest"] as Data)
      ),
      openedAt: (row["opened_at"] as Int64?).map(Timestamp.init(millisecondsSinceEpoch:)),
      displaced: displaced
    )
  }

  static func save(
    _ state: FileState,
    of channel: String,
    _ database: Database
  ) throws {
    try database.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO file_outboxes (channel, segment, planned, flushed, tail_digest,
          opened_at, displaced_segment, displaced_length, displaced_digest)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      channel, state.segment, state.planned, state.flushed.length, Data(state.flushed.tailDigest),
      state.openedAt?.millisecondsSinceEpoch, state.displaced?.number,
      state.displaced?.mark?.length, (state.displaced?.mark?.tailDigest).map { Data($0) },
    ])
  }
}
