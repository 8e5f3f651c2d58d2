import Foundation
import GRDB
public import NudgeCore

/// A database that is only read: what was taken in and decided, as of one instant of reading.
///
/// A class, since it owns its connection. A daemon may run on the same file; this never writes to it.
public final class History: Sendable {
  /// An event with its place in the log and the instant at which it was taken in.
  public struct LoggedEvent: Hashable, Sendable {
    /// Counted from 1, in the order of all events.
    public let sequence: Int64
    /// When it was taken in.
    public let arrivedAt: Timestamp
    /// What was taken in.
    public let event: Event
  }

  /// How many events there are and when they came.
  public struct Extent: Hashable, Sendable {
    /// How many.
    public let events: Int
    /// When the first was taken in; `nil` without events.
    public let first: Timestamp?
    /// When the last was taken in; `nil` without events.
    public let last: Timestamp?
  }

  /// Where the database lies.
  public let path: String
  let connection: DatabaseQueue

  /// Opens the database at a path; nothing is made or changed.
  ///
  /// `rebuilt` is another to compare it with.
  ///
  /// - Throws: ``Store/Failure``.
  public init(path: String, beside rebuilt: String? = nil) throws {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Store.Failure.missing(path: path)
    }
    self.path = path
    var configuration = Store.reading("nudged.history")
    configuration.prepareDatabase { database in
      guard let rebuilt else { return }
      try database.execute(sql: "ATTACH ? AS rebuilt", arguments: [rebuilt])
    }
    do {
      connection = try DatabaseQueue(path: path, configuration: configuration)
      try connection.read { database in
        try Schema.checkReadable(database, at: path)
      }
    } catch let error as DatabaseError {
      throw Store.Failure.database("\(path): \(error.message ?? error.description)")
    }
  }

  /// Reads several things as of one instant.
  ///
  /// - Throws: ``Store/Failure`` in SQLite's words, or what the body throws.
  public func read<Value>(_ body: (HistoryReader) throws -> Value) throws -> Value {
    do {
      return try connection.read { try body(HistoryReader(database: $0)) }
    } catch let error as DatabaseError {
      throw Store.Failure.database("\(path): \(error.message ?? error.description)")
    }
  }
}

/// Questions to a history as of one instant; used inside `History.read` alone.
public struct HistoryReader {
  let database: Database

  /// How many events there are and when they came.
  public func extent() throws -> History.Extent {
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT (SELECT count(*) FROM events) AS events,
          (SELECT arrived_at FROM events ORDER BY sequence LIMIT 1) AS first,
          (SELECT arrived_at FROM events ORDER BY sequence DESC LIMIT 1) AS last
        """
    )
    return History.Extent(
      events: row?["events"] ?? 0,
      first: (row?["first"] as Int64?).map(Timestamp.init(millisecondsSinceEpoch:)),
      last: (row?["last"] as Int64?).map(Timestamp.init(millisecondsSinceEpoch:))
    )
  }

  /// All events in their order, one at a time.
  public func events() throws -> EventCursor {
    EventCursor(try Row.fetchCursor(database, sql: "SELECT * FROM events ORDER BY sequence"))
  }

  /// Everything that was done, in its order.
  public func acts() throws -> [Act] {
    try Row.fetchAll(database, sql: "SELECT * FROM acts ORDER BY sequence").map(Act.init)
  }

  /// The rule set of a row of the table; `nil` when there is none.
  public func ruleSet(_ sequence: Int64) throws -> DeployedRuleSet? {
    try Row.fetchOne(
      database,
      sql: "SELECT * FROM rule_sets WHERE sequence = ?",
      arguments: [sequence]
    ).map(DeployedRuleSet.init)
  }

  /// The rule set that decided last; `nil` before the first deploy.
  public func currentRuleSet() throws -> DeployedRuleSet? {
    try Row.fetchOne(database, sql: "SELECT * FROM rule_sets ORDER BY sequence DESC LIMIT 1")
      .map(DeployedRuleSet.init)
  }

  /// What is known of all deploys so far.
  public func deployed() throws -> Deployments {
    try Store.deployed(database)
  }

  /// The instant through which everything is decided; `nil` before the first.
  public func decidedThrough() throws -> Timestamp? {
    try Int64.fetchOne(database, sql: "SELECT now FROM logical_clock")
      .map(Timestamp.init(millisecondsSinceEpoch:))
  }
}

/// Events of a log, one at a time.
///
/// A class, since its place moves; used inside `History.read` alone.
public final class EventCursor {
  private let rows: RowCursor

  init(_ rows: RowCursor) {
    self.rows = rows
  }

  /// The next event; `nil` at the end.
  public func next() throws -> History.LoggedEvent? {
    try rows.next().map(History.LoggedEvent.init)
  }
}

extension Act {
  init(_ row: Row) {
    self.init(
      sequence: row["sequence"],
      at: Timestamp(millisecondsSinceEpoch: row["at"]),
      kind: row["kind"],
      detail: row["detail"],
      afterEvent: row["after_event"]
    )
  }
}
