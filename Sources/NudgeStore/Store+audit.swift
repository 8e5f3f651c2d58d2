import GRDB
public import NudgeCore

/// Questions about everything that is stored; for checks and exports, not for the daemon's every day.
extension Store {
  /// The message ids of all events, in the order of the log.
  public func messageIDs() throws -> [String] {
    try read { database in
      try String.fetchAll(database, sql: "SELECT message_id FROM events ORDER BY sequence")
    }
  }

  /// All decisions, oldest first.
  public func allDecisions() throws -> [Decision] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT decisions.*, subjects.kind AS subject_kind, subjects.subject AS subject_id
          FROM decisions JOIN subjects ON subjects.id = decisions.subject
          ORDER BY decisions.sequence
          """
      ).compactMap { row in
        guard let kind = SubjectKind(rawValue: row["subject_kind"]) else { return nil }
        return Decision(row, of: SubjectID(kind: kind, id: row["subject_id"]))
      }
    }
  }

  /// All deliveries, whatever became of them, oldest first.
  public func allDeliveries() throws -> [Delivery] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM deliveries ORDER BY sequence")
        .map { Delivery($0) }
    }
  }

  /// What SQLite finds wrong with the file (`PRAGMA integrity_check`); empty when nothing is.
  public func integrityProblems() throws -> [String] {
    try read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }.filter { $0 != "ok" }
  }
}
