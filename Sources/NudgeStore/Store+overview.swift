import Foundation
import GRDB
public import NudgeCore

/// How the whole stands at an instant.
public struct Overview: Hashable, Sendable {
  /// How one outbox stands.
  public struct Outbox: Hashable, Sendable {
    /// The channel's name.
    public let channel: String
    /// Deliveries that wait or are in flight.
    public let waiting: Int
    /// Deliveries that were given up.
    public let dead: Int
    /// How long the oldest waiting one has waited; 0 when none does.
    public let oldestMilliseconds: Int64

    /// The state of the outbox of a channel.
    public init(channel: String, waiting: Int, dead: Int, oldestMilliseconds: Int64) {
      self.channel = channel
      self.waiting = waiting
      self.dead = dead
      self.oldestMilliseconds = oldestMilliseconds
    }
  }

  /// Known people.
  public let people: Int
  /// Known accounts.
  public let accounts: Int
  /// Events that were taken.
  public let events: Int
  /// Messages that were not.
  public let rejected: Int
  /// Campaigns that somebody is inside.
  public let campaigns: Int
  /// Final decisions, by outcome.
  public let decisions: [String: Int]
  /// Every outbox that something waits for or was given up in.
  public let outboxes: [Outbox]
  /// When the next timer is due; `nil` when none is set.
  public let nextDue: Timestamp?
  /// The size of the database file.
  public let databaseBytes: Int
  /// The size of its write-ahead log.
  public let logBytes: Int

  /// Deliveries that wait, over all channels.
  public var waiting: Int { outboxes.reduce(0) { $0 + $1.waiting } }
}

extension Store {
  /// How everything stands.
  public func overview(at now: Timestamp) throws -> Overview {
    try read { database in
      func count(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? 0 }
      let decisions = try Row.fetchAll(
        database,
        sql: "SELECT outcome, count(*) AS count FROM decisions GROUP BY outcome"
      )
      return Overview(
        people: try count("SELECT count(*) FROM subjects WHERE kind = 'user'"),
        accounts: try count("SELECT count(*) FROM subjects WHERE kind = 'account'"),
        events: try count("SELECT ifnull(max(sequence), 0) FROM events"),
        rejected: try count("SELECT count(*) FROM rejected"),
        campaigns: try count(
          "SELECT count(DISTINCT campaign) FROM enrolments WHERE ended_at IS NULL"
        ),
        // Of a damaged page SQLite may read nothing where nothing cannot be.
        decisions: Dictionary(decisions.map { ($0["outcome"] ?? "", $0["count"]) }) { first, _ in
          first
        },
        outboxes: try Store.outboxes(at: now, database),
        nextDue: try Store.nextTimer(database),
        databaseBytes: Store.size(of: path),
        logBytes: Store.size(of: path + "-wal")
      )
    }
  }

  /// The decisions of a subject, oldest first.
  public func decisions(of subject: SubjectID) throws -> [Decision] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT decisions.* FROM decisions JOIN subjects ON subjects.id = decisions.subject
          WHERE subjects.kind = ? AND subjects.subject = ? ORDER BY decisions.sequence
          """,
        arguments: [subject.kind.rawValue, subject.id]
      ).compactMap { Decision($0, of: subject) }
    }
  }
}

extension Decision {
  init?(_ row: Row, of subject: SubjectID) {
    guard let outcome = Outcome(rawValue: row["outcome"]), let reason = Reason(code: row["reason"])
    else { return nil }
    self.init(
      id: row["id"],
      at: Timestamp(millisecondsSinceEpoch: row["at"]),
      subject: subject,
      campaign: row["campaign"],
      step: row["step"],
      enrolment: row["enrolment"],
      occurrence: row["occurrence"],
      outcome: outcome,
      reason: reason,
      nominalAt: Timestamp(millisecondsSinceEpoch: row["nominal_at"]),
      channel: row["channel"],
      to: (row["recipient"] as String?).flatMap(SubjectID.init),
      variant: row["variant"],
      cause: row["cause"],
      ruleSet: row["rule_set"],
      intervention: row["intervention"]
    )
  }
}

extension Store {
  /// How many decisions there are for each reason, the most frequent first.
  public func decisionsByReason() throws -> [(reason: String, count: Int)] {
    try read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT reason, count(*) AS count FROM decisions GROUP BY reason ORDER BY count DESC, reason
          """
      ).map { ($0["reason"], $0["count"]) }
    }
  }
}
