import Foundation
import GRDB
import NudgeCore

/// What must hold in every database, across its tables; looked at as of one moment, while a daemon may be writing.
public enum DatabaseCheck {
  /// What one question has found.
  public struct Finding: Hashable, Sendable {
    /// What must hold.
    public let law: String
    /// How many rows break it.
    public let problems: Int
    /// The first of them, for people.
    public let examples: [String]

    /// Whether nothing breaks it.
    public var isGood: Bool { problems == 0 }
  }

  /// Asks everything of the database at a path; nothing is written.
  ///
  /// Of a file that SQLite finds damaged only that is told: what its tables say means nothing.
  ///
  /// - Throws: `Store.Failure`.
  public static func run(_ path: String) throws -> [Finding] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Store.Failure.missing(path: path)
    }
    do {
      let reader = try DatabaseQueue(path: path, configuration: Store.reading("nudged.check"))
      return try reader.read { database in
        try Schema.checkReadable(database, at: path)
        let sound = try integrity(database)
        return sound.isGood ? [sound] + (try laws.map { try $0.finding(in: database) }) : [sound]
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      return [Finding(law: whole, problems: 1, examples: [error.message ?? error.description])]
    } catch let error as DatabaseError {
      throw Store.Failure(error, at: path)
    }
  }

  private static let whole = "the file is whole"

  private static func integrity(_ database: Database) throws -> Finding {
    let problems = try String.fetchAll(
      database,
      sql: "PRAGMA integrity_check(\(Limits.problemsCounted))"
    ).filter { $0 != "ok" }
    return Finding(
      law: whole,
      problems: problems.count,
      examples: Array(problems.prefix(Limits.differencesTold))
    )
  }

  // MARK: Laws

  /// A law, and the question whose rows break it: each a text for people.
  private struct Law {
    let law: String
    let breaches: String

    init(_ law: String, _ breaches: String) {
      self.law = law
      self.breaches = breaches
    }

    func finding(in database: Database) throws -> Finding {
      let found = try String.fetchAll(
        database,
        sql: "SELECT * FROM (\(breaches)) LIMIT \(Limits.problemsCounted)"
      )
      return Finding(
        law: law,
        problems: found.count,
        examples: Array(found.prefix(Limits.differencesTold))
      )
    }
  }

  private static let laws =
    ofReferences + ofTimers + ofDecisions + ofDeliveries + ofTheLog

  /// The tables name no keys of each other in SQL, since what is forgotten goes table by table.
  private static let ofReferences = ["timers", "enrolments", "decisions"].map { table in
    Law(
      "each row of \(table) belongs to a subject",
      """
      SELECT 'subject row ' || subject FROM \(table)
      WHERE subject NOT IN (SELECT id FROM subjects)
      """
    )
  }

  private static let ofTimers = [
    Law(
      "each subject has the timer that it says, and no other",
      """
      SELECT kind || ':' || subjects.subject FROM subjects
      LEFT JOIN timers ON timers.subject = subjects.id AND timers.due = subjects.due
      WHERE subjects.due != \(Timestamp.never.millisecondsSinceEpoch) AND timers.subject IS NULL
      UNION ALL
      SELECT 'subject row ' || timers.subject FROM timers
      JOIN subjects ON subjects.id = timers.subject WHERE timers.due != subjects.due
      """
    )
  ]

  private static let ofDecisions = [
    Law(
      "each step of a passage is sent at most once for each occurrence",
      """
      SELECT campaign || '/' || step || ' for subject row ' || subject FROM decisions
      WHERE outcome = 'sent'
      GROUP BY subject, campaign, step, enrolment, occurrence HAVING count(*) > 1
      """
    ),
    Law(
      "nothing is decided later than the logical time",
      """
      SELECT id FROM decisions WHERE at > (SELECT max(now, ifnull(beat_at, now)) FROM logical_clock)
      """
    ),
    Law(
      "each decision names a rule set that is kept",
      "SELECT id FROM decisions WHERE rule_set NOT IN (SELECT hash FROM rule_sets)"
    ),
  ]

  private static let ofDeliveries = [
    Law(
      "each intervention on its way was decided",
      """
      SELECT id FROM deliveries WHERE id LIKE 'iv!_%' ESCAPE '!' AND id NOT IN (SELECT id FROM decisions)
        AND id NOT IN (SELECT intervention FROM decisions WHERE intervention IS NOT NULL)
      """
    ),
    Law(
      "each delivery is in a state that there is",
      """
      SELECT id FROM deliveries
      WHERE state NOT IN ('pending', 'in-flight', 'delivered', 'expired', 'dead', 'cancelled')
      """
    ),
    Law(
      "a file has an open plan exactly while lines of it are in flight",
      """
      SELECT channel FROM file_outboxes WHERE (planned > flushed) != EXISTS (
        SELECT 1 FROM deliveries WHERE deliveries.channel = file_outboxes.channel
          AND state = 'in-flight' AND deliveries.segment = file_outboxes.segment)
      """
    ),
    Law(
      "no two lines have the same place in a file",
      """
      SELECT channel || ' segment ' || segment || ' byte ' || position FROM deliveries
      WHERE position IS NOT NULL GROUP BY channel, segment, position HAVING count(*) > 1
      """
    ),
  ]

  private static let ofTheLog = [
    Law(
      "each act has its place within the log",
      """
      SELECT kind || ' of row ' || sequence FROM acts
      WHERE after_event > (SELECT ifnull(max(sequence), 0) FROM events)
      """
    ),
    Law(
      "events have arrived in their order",
      """
      SELECT 'event ' || sequence FROM (
        SELECT sequence, arrived_at, lag(arrived_at) OVER (ORDER BY sequence) AS before FROM events)
      WHERE before > arrived_at
      """
    ),
    Law(
      "the index of messages has each event up to its place, and no other",
      """
      SELECT 'event ' || sequence FROM events
      LEFT JOIN message_ids ON message_ids.message_id = events.message_id
      WHERE sequence <= (SELECT through FROM message_index) AND event IS NOT sequence
      UNION ALL
      SELECT 'message ' || message_ids.message_id FROM message_ids
      LEFT JOIN events ON sequence = event
      WHERE events.message_id IS NOT message_ids.message_id
      """
    ),
    Law(
      "no message after that place was taken twice",
      """
      SELECT 'message ' || message_id FROM events
      WHERE sequence > (SELECT through FROM message_index)
      GROUP BY message_id HAVING count(*) > 1
      """
    ),
    Law(
      "each deploy names a rule set that is kept",
      """
      SELECT 'act ' || sequence FROM acts
      WHERE kind = 'deployed' AND CAST(detail AS INTEGER) NOT IN (SELECT sequence FROM rule_sets)
      """
    ),
  ]
}
