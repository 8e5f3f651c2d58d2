import GRDB
public import NudgeCore

/// One decision with everything that is stored beside it.
public struct DecisionRecord: Hashable, Sendable {
  /// What was decided.
  public let decision: Decision
  /// The enrolment that it belongs to; `nil` when none is kept.
  public let enrolment: EnrolmentChange?
  /// The rule set that decided; `nil` when it is not kept.
  public let ruleSet: DeployedRuleSet?
  /// What became of the intervention; `nil` when nothing left.
  public let delivery: Delivery?
}

extension HistoryReader {
  /// The decision of an id, or of the only id that begins so; `nil` when there is none or there are several.
  public func decision(_ id: String) throws -> DecisionRecord? {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT decisions.*, subjects.kind AS subject_kind, subjects.subject AS subject_id,
          subjects.id AS subject_row
        FROM decisions JOIN subjects ON subjects.id = decisions.subject
        WHERE decisions.id >= ? AND decisions.id < ? LIMIT 2
        """,
      arguments: [id, id + "\u{7F}"]
    )
    guard rows.count == 1, let row = rows.first, let decision = Decision(joined: row) else {
      return nil
    }
    return DecisionRecord(
      decision: decision,
      enrolment: try enrolment(of: decision, row["subject_row"]),
      ruleSet: try ruleSet(of: decision),
      delivery: try delivery(decision.id)
    )
  }

  /// The decisions between two instants, oldest first, one at a time.
  public func decisions(
    from begin: Timestamp,
    through end: Timestamp,
    _ take: (Decision) throws -> Void
  ) throws {
    let cursor = try Row.fetchCursor(
      database,
      sql: """
        SELECT decisions.*, subjects.kind AS subject_kind, subjects.subject AS subject_id
        FROM decisions JOIN subjects ON subjects.id = decisions.subject
        WHERE decisions.at BETWEEN ? AND ? ORDER BY decisions.sequence
        """,
      arguments: [begin.millisecondsSinceEpoch, end.millisecondsSinceEpoch]
    )
    while let row = try cursor.next() {
      if let decision = Decision(joined: row) { try take(decision) }
    }
  }

  private func enrolment(of decision: Decision, _ row: Int64) throws -> EnrolmentChange? {
    try Row.fetchOne(
      database,
      sql: "SELECT * FROM enrolments WHERE subject = ? AND campaign = ? AND number = ?",
      arguments: [row, decision.campaign, decision.enrolment]
    ).map { row in
      EnrolmentChange(
        subject: decision.subject,
        campaign: decision.campaign,
        number: decision.enrolment,
        enteredAt: Timestamp(millisecondsSinceEpoch: row["entered_at"]),
        endedAt: (row["ended_at"] as Int64?).map(Timestamp.init(millisecondsSinceEpoch:)),
        ending: row["ending"]
      )
    }
  }

  /// The one that was in force: a rule set may have been deployed, replaced and deployed again.
  private func ruleSet(of decision: Decision) throws -> DeployedRuleSet? {
    try Row.fetchOne(
      database,
      sql: """
        SELECT * FROM rule_sets WHERE hash = ? AND deployed_at <= ?
        ORDER BY sequence DESC LIMIT 1
        """,
      arguments: [decision.ruleSet, decision.at.millisecondsSinceEpoch]
    ).map(DeployedRuleSet.init)
  }

  private func delivery(_ id: String) throws -> Delivery? {
    try Row.fetchOne(database, sql: "SELECT * FROM deliveries WHERE id = ?", arguments: [id])
      .map { Delivery($0) }
  }
}

extension Decision {
  /// A row of `decisions` with `subject_kind` and `subject_id` beside it.
  init?(joined row: Row) {
    guard let kind = SubjectKind(rawValue: row["subject_kind"]) else { return nil }
    self.init(row, of: SubjectID(kind: kind, id: row["subject_id"]))
  }
}
