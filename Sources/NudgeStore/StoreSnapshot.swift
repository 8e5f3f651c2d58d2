import Foundation
import GRDB
public import NudgeCore

/// The database as it was at one moment, read over a connection of its own: neither the writer nor other readers wait.
///
/// A class, since it owns that connection and the transaction that holds the moment; `close` ends both.
public final class StoreSnapshot: Sendable {
  /// One subject as it is stored.
  public struct Stored: Sendable {
    /// Its place in the order in which subjects were first seen.
    public let row: Int64
    /// Whose memory it is.
    public let subject: SubjectID
    /// The memory, encoded.
    public let bytes: [UInt8]
  }

  private let queue: DatabaseQueue

  /// The database at a path, as it is now.
  ///
  /// - Throws: ``Store/Failure`` when there is none, or it is a newer program's.
  public init(path: String) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Store.Failure.missing(path: path)
    }
    var configuration = Store.reading("nudged.snapshot")
    configuration.allowsUnsafeTransactions = true
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.unsafeRead { database in
        try database.execute(sql: "BEGIN")
        // A deferred transaction begins with its first question.
        try Schema.checkReadable(database, at: path)
      }
    } catch let error as DatabaseError {
      throw Store.Failure.database("\(path): \(error.message ?? error.description)")
    }
  }

  /// Lets the moment go.
  public func close() throws {
    try queue.unsafeRead { try $0.execute(sql: "COMMIT") }
    try queue.close()
  }

  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try queue.unsafeRead(body)
  }

  // MARK: Rules

  /// The rule set that decides; `nil` before the first deploy.
  public func ruleSet() throws -> DeployedRuleSet? {
    try read { try Row.fetchOne($0, sql: "SELECT * FROM rule_sets ORDER BY sequence DESC LIMIT 1") }
      .map(DeployedRuleSet.init)
  }

  /// What is known of all deploys so far.
  public func deployed() throws -> Deployments { try read { try Store.deployed($0) } }

  /// The silences and pauses that hold at an instant or begin later.
  public func silences(at now: Timestamp) throws -> [Silence] {
    try read { try Store.silences(at: now, $0) }
  }

  /// Whether everybody has been looked at since the last deploy, so that their memories hold all facts.
  public func isSettled() throws -> Bool {
    try read { database in
      let epoch = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM rule_sets") ?? 0
      return try Bool.fetchOne(
        database,
        sql: "SELECT NOT EXISTS (SELECT 1 FROM filled WHERE epoch <= ?)",
        arguments: [epoch]
      ) ?? true
    }
  }

  /// The latest instant at which anything was decided.
  public func logicalNow() throws -> Timestamp {
    try read { try Int64.fetchOne($0, sql: "SELECT now FROM logical_clock") }
      .map(Timestamp.init(millisecondsSinceEpoch:)) ?? .distantPast
  }

  /// The sequence of the newest event; 0 without any.
  public func logPosition() throws -> Int64 {
    try read { try Int64.fetchOne($0, sql: "SELECT ifnull(max(sequence), 0) FROM events") } ?? 0
  }

  /// From when on the past is known.
  public func logBeginning() throws -> LogBeginning { try read { try LogBeginning($0) } }

  // MARK: Subjects

  /// The next subjects of a kind in the order in which they were first seen, after a row.
  public func subjects(of kind: SubjectKind, after row: Int64, limit: Int) throws -> [Stored] {
    try read { database in
      let statement = try database.cachedStatement(
        sql: """
          SELECT id, subject, memory FROM subjects WHERE id > ? AND kind = ? ORDER BY id LIMIT ?
          """
      )
      return try Row.fetchAll(statement, arguments: [row, kind.rawValue, limit]).map { row in
        Stored(
          row: row["id"],
          subject: SubjectID(kind: kind, id: row["subject"]),
          bytes: [UInt8](row["memory"] as Data)
        )
      }
    }
  }

  /// The first row of each piece of so many subjects, for reading pieces in any order.
  public func pieces(of size: Int) throws -> [Range<Int64>] {
    let last = try read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM subjects") } ?? 0
    return stride(from: Int64(1), through: last, by: size).map { $0..<($0 + Int64(size)) }
  }

  /// The subjects in a range of rows.
  public func subjects(in rows: Range<Int64>) throws -> [Stored] {
    try read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT id, kind, subject, memory FROM subjects WHERE id >= ? AND id < ? ORDER BY id"
      )
      return try Row.fetchAll(statement, arguments: [rows.lowerBound, rows.upperBound])
        .compactMap { row in
          guard let kind = SubjectKind(rawValue: row["kind"]) else { return nil }
          return Stored(
            row: row["id"],
            subject: SubjectID(kind: kind, id: row["subject"]),
            bytes: [UInt8](row["memory"] as Data)
          )
        }
    }
  }

  /// The memories of these subjects, encoded; those never seen are left out.
  public func memories(of subjects: [SubjectID]) throws -> [SubjectID: [UInt8]] {
    try read { database in
      let statement = try database.cachedStatement(
        sql: "SELECT memory FROM subjects WHERE kind = ? AND subject = ?"
      )
      var found: [SubjectID: [UInt8]] = [:]
      for subject in subjects {
        statement.setUncheckedArguments([subject.kind.rawValue, subject.id])
        found[subject] = try Data.fetchOne(statement).map { [UInt8]($0) }
      }
      return found
    }
  }

  // MARK: Facts

  /// The facts of a rule set that memories do not keep yet.
  public func missingFacts(of rules: RuleIndex) throws -> Filling {
    let known = Set(try read { try Int64.fetchAll($0, sql: "SELECT key FROM facts") })
    return Filling(rules.factKeys.filter { !known.contains($0.key) }.values, rules: rules)
  }

  /// The places in the log of the events that belong to facts, by everybody whom each names.
  public func places(for filling: Filling) throws -> [SubjectID: [Int64]] {
    guard !filling.events.isEmpty || filling.readsTraits else { return [:] }
    let marks = filling.events.map { _ in "?" }.joined(separator: ", ")
    let traits = filling.readsTraits ? "OR traits <> '' OR traits_once <> ''" : ""
    return try read { database in
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT sequence, user_id, anonymous_id, group_id FROM events
          WHERE name IN (\(marks)) \(traits) ORDER BY sequence
          """,
        arguments: StatementArguments(filling.events)
      )
      var places: [SubjectID: [Int64]] = [:]
      while let row = try rows.next() {
        let user = (row["user_id"] as String?).map(SubjectID.user)
        let person = user ?? (row["anonymous_id"] as String?).map(SubjectID.anonymous)
        let account = (row["group_id"] as String?).map(SubjectID.account)
        for subject in [person, account].compactMap(\.self) {
          places[subject, default: []].append(row["sequence"])
        }
      }
      return places
    }
  }

  /// Events at these places of the log, in its order, with the instants at which they arrived.
  public func events(at places: [Int64]) throws -> [(event: Event, arrivedAt: Timestamp)] {
    try read { database in
      let statement = try database.cachedStatement(sql: "SELECT * FROM events WHERE sequence = ?")
      return try places.compactMap { place in
        statement.setUncheckedArguments([place])
        return try Row.fetchOne(statement).map { row in
          (Event(row), Timestamp(millisecondsSinceEpoch: row["arrived_at"]))
        }
      }
    }
  }
}
