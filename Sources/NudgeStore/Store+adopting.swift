import Foundation
import GRDB
public import NudgeCore

/// Going on from a copy of the database (``DatabaseCopy``) that has taken the place of a lost one.
extension Store {
  /// Whether this is a copy that nobody has gone on from yet.
  public func isCopy() throws -> Bool {
    try read { try Int.fetchOne($0, sql: "PRAGMA application_id") == DatabaseCopy.mark }
  }

  /// How far the database knows the file of each channel, by channel.
  public func fileStates() throws -> [String: FileState] {
    try read { database in
      let channels = try String.fetchAll(database, sql: "SELECT channel FROM file_outboxes")
      return try channels.reduce(into: [:]) { states, channel in
        states[channel] = try Store.fileState(channel, database)
      }
    }
  }

  /// Goes on with files as they stand: the lines of these interventions count as written, also of those that will only
  /// be decided again.
  ///
  /// Ends what makes a copy of this database; an act tells of it.
  public func goOn(
    from files: [String: (state: FileState, ids: [String])],
    at now: Timestamp
  ) throws {
    try write { database, _ in
      for (channel, file) in files.sorted(by: { $0.key < $1.key }) {
        try adopt(channel, file.state, file.ids, at: now, database)
      }
      let lines = files.values.reduce(0) { $0 + $1.ids.count }
      try database.execute(
        sql: "INSERT INTO acts (at, kind, detail) VALUES (?, 'restored', ?)",
        arguments: [now.millisecondsSinceEpoch, #"{"lines":\#(lines)}"#]
      )
      try database.execute(sql: "PRAGMA application_id = 0")
    }
  }

  private func adopt(
    _ channel: String,
    _ state: FileState,
    _ ids: [String],
    at now: Timestamp,
    _ database: Database
  ) throws {
    let insert = try database.cachedStatement(
      sql: "INSERT OR IGNORE INTO written_lines (id) VALUES (?)"
    )
    for id in ids { try insert.execute(arguments: [id]) }
    try Store.passOverWritten(channel, at: now, database)
    try database.execute(
      sql: """
        UPDATE deliveries SET state = 'pending', due = ?, segment = NULL, position = NULL
        WHERE channel = ? AND state = 'in-flight'
        """,
      arguments: [now.millisecondsSinceEpoch, channel]
    )
    try Store.save(state, of: channel, database)
  }

  /// Ends what waits for a file and stands in it already: in a segment that is no longer known, for which 0 stands.
  static func passOverWritten(_ channel: String, at now: Timestamp, _ database: Database) throws {
    let statement = try database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM written_lines)")
    guard try Bool.fetchOne(statement) ?? false else { return }
    try database.cachedStatement(
      sql: """
        UPDATE deliveries SET state = 'delivered', due = ?, attempts = 1,
          last_answer = 'written before the restore', segment = ifnull(segment, 0), position = NULL
        WHERE channel = ? AND state IN ('pending', 'in-flight')
          AND id IN (SELECT id FROM written_lines)
        """
    ).execute(arguments: [now.millisecondsSinceEpoch, channel])
  }
}
