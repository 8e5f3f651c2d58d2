import Foundation
import GRDB
public import NudgeCore

/// How one campaign stands.
public struct CampaignStanding: Hashable, Sendable {
  /// The campaign's name.
  public let name: String
  /// How many are inside.
  public internal(set) var inside = 0
  /// How many ever entered.
  public internal(set) var entered = 0
  /// How many plans are open, those that are held back among them.
  public internal(set) var planned = 0
  /// Final decisions, by the step and then by the reason.
  public internal(set) var decisions: [String: [String: Int]] = [:]

  /// A campaign that nothing has happened in.
  public init(name: String) {
    self.name = name
  }

  /// How many interventions were sent.
  public var sent: Int { decisions.values.reduce(0) { $0 + ($1["sent"] ?? 0) } }
}

/// A decision with its place in the order of all.
public struct NumberedDecision: Hashable, Sendable {
  /// Grows with every decision.
  public let sequence: Int64
  /// What was decided.
  public let decision: Decision
}

extension Store {
  /// How every campaign stands that somebody entered or that decided anything, by name.
  ///
  /// Counts over everything that is stored: for an operator's question now and then.
  public func campaignStandings(rules: RuleIndex) throws -> [String: CampaignStanding] {
    try read { database in
      var standings: [String: CampaignStanding] = [:]
      try Store.countPassages(&standings, database)
      try Store.countDecisions(&standings, database)
      try Store.countPlans(&standings, rules, database)
      return standings
    }
  }

  private static func countPassages(
    _ standings: inout [String: CampaignStanding],
    _ database: Database
  ) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT campaign, count(*) AS entered, sum(ended_at IS NULL) AS inside
        FROM enrolments GROUP BY campaign
        """
    )
    for row in rows {
      let name: String = row["campaign"]
      standings[name, default: CampaignStanding(name: name)].inside = row["inside"]
      standings[name]?.entered = row["entered"]
    }
  }

  private static func countDecisions(
    _ standings: inout [String: CampaignStanding],
    _ database: Database
  ) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT campaign, step, reason, count(*) AS count FROM decisions
        GROUP BY campaign, step, reason
        """
    )
    for row in rows {
      let (name, step): (String, String) = (row["campaign"], row["step"])
      standings[name, default: CampaignStanding(name: name)]
        .decisions[step, default: [:]][row["reason"]] = row["count"]
    }
  }

  /// Plans stand in memories alone, so those of everybody inside are read.
  private static func countPlans(
    _ standings: inout [String: CampaignStanding],
    _ rules: RuleIndex,
    _ database: Database
  ) throws {
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT kind, subject AS id, memory, epoch FROM subjects
        WHERE id IN (SELECT subject FROM enrolments WHERE ended_at IS NULL)
        """
    )
    let ledger = try FactLedger(rules, database)
    while let row = try rows.next() {
      guard let subject = SubjectID(row) else { continue }
      let memory = try ledger.memory(subject, row, rules, database).memory
      for (name, count) in memory.openPlans {
        standings[name, default: CampaignStanding(name: name)].planned += count
      }
    }
  }

  /// The decisions after one, oldest first, of one campaign or all; `nil` for a start gives the latest.
  public func decisions(
    after sequence: Int64?,
    campaign: String?,
    reason: String?,
    limit: Int
  ) throws -> [NumberedDecision] {
    let rows = try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT decisions.*, subjects.kind AS subject_kind, subjects.subject AS subject_id
          FROM decisions JOIN subjects ON subjects.id = decisions.subject
          WHERE decisions.sequence > ?1 AND campaign = ifnull(?2, campaign)
            AND (?3 IS NULL OR reason = ?3 OR reason LIKE ?3 || '.%')
          ORDER BY decisions.sequence \(sequence == nil ? "DESC" : "ASC") LIMIT ?4
          """,
        arguments: [sequence ?? 0, campaign, reason, limit]
      )
    }
    let found = rows.compactMap(NumberedDecision.init)
    return sequence == nil ? found.reversed() : found
  }

  /// The place of the newest decision; 0 before the first.
  public func lastDecision() throws -> Int64 {
    try read { try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM decisions") } ?? 0
  }
}

extension NumberedDecision {
  fileprivate init?(_ row: Row) {
    guard let kind = SubjectKind(rawValue: row["subject_kind"]) else { return nil }
    let subject = SubjectID(kind: kind, id: row["subject_id"])
    guard let decision = Decision(row, of: subject) else { return nil }
    self.init(sequence: row["sequence"], decision: decision)
  }
}
