import Foundation
import GRDB
import NudgeCore

/// What an erasure took away; it names nobody.
public struct Erasure: Hashable, Sendable {
  /// Why somebody cannot be erased now; asking again helps.
  public enum Busy: Error, Hashable, Sendable {
    /// A line about them is just being written to a file.
    case lineUnderWay
    /// Somebody reads the database for so long that its log cannot be emptied; all rows are gone already.
    case logInUse
  }

  /// Events of the log.
  public var events = 0
  /// Decisions about them.
  public var decisions = 0
  /// Deliveries to them or about them, whatever had become of these.
  public var deliveries = 0
  /// Rejected messages that name them.
  public var rejected = 0
  /// The channels whose files hold lines about them, which are left as they are.
  public var files: [String] = []
}

/// Whom nothing may bring back that happened before they were erased: keyed hashes with the instants.
struct Tombstones {
  private var key: [UInt8]
  private var instants: [[UInt8]: Timestamp]

  init(_ database: Database) throws {
    key = try Data.fetchOne(database, sql: "SELECT key FROM erasure_key").map { [UInt8]($0) } ?? []
    let rows = try Row.fetchAll(database, sql: "SELECT tombstone, at FROM erasures")
    let pairs = rows.map { row in
      ([UInt8](row["tombstone"] as Data), Timestamp(millisecondsSinceEpoch: row["at"]))
    }
    instants = Dictionary(pairs) { first, second in max(first, second) }
  }

  /// Whether an event tells of somebody before they were erased.
  func cover(_ event: Event) -> Bool {
    guard !instants.isEmpty else { return false }
    let named =
      event.userID.map(SubjectID.user)
      ?? event.anonymousID.map { SubjectID(kind: .anonymous, id: $0) }
    guard let named, let instant = instants[hash(of: named)] else { return false }
    return event.timestamp <= instant
  }

  /// Whether somebody was erased.
  func hold(_ subject: SubjectID) -> Bool { instants[hash(of: subject)] != nil }

  /// Adds somebody.
  static func add(
    _ subjects: [SubjectID],
    at now: Timestamp,
    newKey: [UInt8],
    _ database: Database
  ) throws {
    try database.execute(
      sql: "INSERT OR IGNORE INTO erasure_key (id, key) VALUES (1, ?)",
      arguments: [Data(newKey)]
    )
    let known = try Tombstones(database)
    for subject in subjects {
      try database.execute(
        sql: "INSERT OR REPLACE INTO erasures (tombstone, at) VALUES (?, ?)",
        arguments: [Data(known.hash(of: subject)), now.millisecondsSinceEpoch]
      )
    }
  }

  private func hash(of subject: SubjectID) -> [UInt8] {
    Digest.hmacSHA256(Array(subject.description.utf8), key: key)
  }
}
