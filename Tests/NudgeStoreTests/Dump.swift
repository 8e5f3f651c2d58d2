import GRDB
import NudgeCore

@testable import NudgeStore

extension Store {
  /// Everything that is derived, with the log it is derived from, as text.
  ///
  /// Two runs that must agree are compared by it. Subjects go by name, since their rows are numbered as they come.
  func dump() throws -> String {
    let tables = [
      "SELECT sequence, message_id, arrived_at FROM events ORDER BY sequence",
      """
      SELECT kind, subjects.subject, campaign, number, entered_at, ended_at, ending
      FROM enrolments JOIN subjects ON subjects.id = enrolments.subject ORDER BY 1, 2, 3, 4
      """,
      """
      SELECT decisions.id, at, kind, subjects.subject, campaign, step, enrolment, occurrence, outcome, reason,
        nominal_at, channel, recipient, variant, cause, rule_set
      FROM decisions JOIN subjects ON subjects.id = decisions.subject ORDER BY sequence
      """,
      "SELECT id, channel, payload, created_at, expires_at, state, due FROM deliveries ORDER BY sequence",
      """
      SELECT timers.due, kind, subjects.subject FROM timers JOIN subjects ON subjects.id = timers.subject
      ORDER BY 1, 2, 3
      """,
      "SELECT kind, subject, due, hex(memory) FROM subjects ORDER BY 1, 2",
    ]
    return try reader.read { database in
      try tables.map { try Row.fetchAll(database, sql: $0).map(\.text).joined(separator: "\n") }
    }.joined(separator: "\n\n")
  }
}

extension Row {
  fileprivate var text: String {
    databaseValues.map { "\($0)" }.joined(separator: " ")
  }
}
