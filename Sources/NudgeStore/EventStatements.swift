import GRDB
import NudgeCore

/// What is written for nearly every event, looked up once a transaction.
///
/// A class, so that handing it on counts one reference instead of one for each.
final class EventStatements {
  /// An event of the log, whose messageId it does not have yet.
  let append: DirectStatement
  /// A messageId among those of ``MessageIndex``.
  let findMessage: DirectStatement
  /// A messageId that comes to them, with its event.
  let indexMessage: DirectStatement
  /// A memory with its timer and the epoch of its facts, by row.
  let updateMemory: DirectStatement
  private let insertTimer: DirectStatement
  private let deleteTimer: DirectStatement

  init(_ database: Database) throws {
    append = try DirectStatement(
      """
      INSERT INTO events (message_id, kind, user_id, anonymous_id, group_id, previous_id,
        name, timestamp, received_at, arrived_at, properties, traits, traits_once, context)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      database
    )
    findMessage = try DirectStatement(
      "SELECT 1 FROM message_ids WHERE message_id = ?",
      database
    )
    indexMessage = try DirectStatement(
      "INSERT OR IGNORE INTO message_ids (message_id, event) VALUES (?, ?)",
      database
    )
    updateMemory = try DirectStatement(
      "UPDATE subjects SET memory = ?, due = ?, epoch = ? WHERE id = ?",
      database
    )
    insertTimer = try DirectStatement(
      "INSERT OR IGNORE INTO timers (due, subject) VALUES (?, ?)",
      database
    )
    deleteTimer = try DirectStatement(
      "DELETE FROM timers WHERE due = ? AND subject = ?",
      database
    )
  }

  /// Moves the timer of a subject, by its row; `never` stands for none.
  func moveTimer(of row: Int64, from due: Timestamp, to wake: Timestamp) throws {
    if due != .never {
      try deleteTimer.run {
        $0.add(due)
        $0.add(row)
      }
    }
    if wake != .never {
      try insertTimer.run {
        $0.add(wake)
        $0.add(row)
      }
    }
  }
}

extension Desk {
  /// The statements of this transaction.
  func statements(_ database: Database) throws -> EventStatements {
    if let prepared { return prepared }
    let statements = try EventStatements(database)
    prepared = statements
    return statements
  }
}
