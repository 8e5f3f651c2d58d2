import Foundation
import GRDB
public import NudgeCore

/// What a look at a database tells of its soundness; it is only read, and a daemon may be using it.
public struct DatabaseExam: Sendable {
  /// What SQLite found wrong; empty when nothing was.
  ///
  /// `nil`: the file is too large to be looked through by the way.
  public let damage: [String]?
  /// The size of the file.
  public let bytes: Int
  /// The size of its write-ahead log.
  public let logBytes: Int
  /// When the newest event was taken in; `nil` without events.
  public let newestArrival: Timestamp?
  /// What else may be odd.
  public let oddities: Oddities

  /// Data that are possible, and rarely meant.
  public struct Oddities: Hashable, Sendable {
    /// Of the latest events, those whose own time was over an hour ahead of their arrival.
    public let futureEvents: Int
    /// How many of the latest events were looked at.
    public let eventsSeen: Int
    /// Messages rejected in the last day, by code.
    public let rejected: [String: Int]
    /// Names of events that differ in capitals, spaces, `-` and `_` alone, each with its likes.
    public let similarNames: [[String]]
    /// Deliveries that were given up, by channel.
    public let dead: [String: Int]
    /// Channels that were disabled.
    public let disabled: [String]
  }

  /// Looks at the database at a path; at every page of it if asked to, or if it is not large.
  ///
  /// - Throws: ``Store/Failure`` when there is none, or it is not one of ours or of another version.
  public init(path: String, now: Timestamp, isThorough: Bool) throws {
    let history = try History(path: path)
    bytes = Store.size(of: path)
    logBytes = Store.size(of: path + "-wal")
    let looksThrough = isThorough || bytes <= Limits.examinedBytes
    let found = try history.connection.read { database in
      (
        damage: looksThrough ? try DatabaseExam.damage(in: database) : nil,
        newest: try Int64.fetchOne(
          database,
          sql: "SELECT arrived_at FROM events ORDER BY sequence DESC LIMIT 1"
        ),
        oddities: try Oddities(database, now: now)
      )
    }
    damage = found.damage
    newestArrival = found.newest.map(Timestamp.init(millisecondsSinceEpoch:))
    oddities = found.oddities
  }

  private static func damage(in database: Database) throws -> [String] {
    try String.fetchAll(database, sql: "PRAGMA quick_check(\(Limits.differencesTold))")
      .filter { $0 != "ok" }
  }
}

extension DatabaseExam.Oddities {
  fileprivate init(_ database: Database, now: Timestamp) throws {
    let latest = try Row.fetchOne(
      database,
      sql: """
        SELECT count(*) AS seen, sum(timestamp > arrived_at + 3600000) AS future FROM (
          SELECT timestamp, arrived_at FROM events ORDER BY sequence DESC LIMIT ?
        )
        """,
      arguments: [Limits.eventsExamined]
    )
    eventsSeen = latest?["seen"] ?? 0
    futureEvents = latest?["future"] ?? 0
    let yesterday = now.adding(milliseconds: -86_400_000).millisecondsSinceEpoch
    rejected = try Self.counts(
      database,
      "SELECT code AS name, count(*) AS count FROM rejected WHERE at > \(yesterday) GROUP BY code"
    )
    dead = try Self.counts(
      database,
      "SELECT channel AS name, count(*) AS count FROM deliveries WHERE state = 'dead' GROUP BY channel"
    )
    disabled = try String.fetchAll(
      database,
      sql: "SELECT channel FROM disabled_channels ORDER BY channel"
    )
    similarNames = Self.similar(try Self.names(database))
  }

  private static func counts(_ database: Database, _ sql: String) throws -> [String: Int] {
    let rows = try Row.fetchAll(database, sql: sql)
    return Dictionary(rows.map { ($0["name"], $0["count"]) }) { first, _ in first }
  }

  private static func names(_ database: Database) throws -> [String] {
    try String.fetchAll(
      database,
      sql: """
        SELECT DISTINCT name FROM (
          SELECT name, kind FROM events ORDER BY sequence DESC LIMIT ?
        ) WHERE kind = 'track' ORDER BY name
        """,
      arguments: [Limits.eventsExamined]
    )
  }

  private static func similar(_ names: [String]) -> [[String]] {
    let groups = Dictionary(grouping: names) { name in
      name.lowercased().filter { $0.isLetter || $0.isNumber }
    }
    return groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }
}
