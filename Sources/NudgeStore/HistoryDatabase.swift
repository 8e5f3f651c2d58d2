import Foundation
import GRDB
public import NudgeCore

/// A database of nudged that is read and never written; a daemon may be using it.
public final class HistoryDatabase: Sendable {
  /// A value that was seen under a name.
  public struct Sighting: Sendable {
    /// The name of the event; empty for traits.
    public let event: String
    /// The name of the property or trait.
    public let name: String
    /// `nil` for a list or a map.
    public let value: Scalar?
  }

  private let reader: DatabaseQueue

  /// Opens the database at a path.
  ///
  /// - Throws: ``Store/Failure`` when there is none, or it is not one of ours.
  public init(path: String) throws(Store.Failure) {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path) }
    let configuration = Store.reading("nudged.history")
    do {
      reader = try DatabaseQueue(path: path, configuration: configuration)
      let version = try reader.read { try Schema.checkedVersion(of: $0) }
      guard version > 0 else { throw Store.Failure.database("\(path) is no database of nudged") }
    } catch let failure as Store.Failure {
      throw failure
    } catch let error as DatabaseError {
      throw .database("\(path): \(error.message ?? error.description)")
    } catch {
      throw .database("\(path): \(error)")
    }
  }

  /// When each event was last seen, by name.
  public func lastSeen() throws -> [String: Timestamp] {
    let rows = try reader.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT name, max(timestamp) AS last FROM events
          WHERE kind IN ('track', 'page', 'screen') GROUP BY name
          """
      )
    }
    return Dictionary(
      rows.map { ($0["name"], Timestamp(millisecondsSinceEpoch: $0["last"])) }
    ) { first, _ in first }
  }

  /// The different values that these properties had in these events, at most so many.
  public func propertyValues(
    of events: Set<String>,
    properties: Set<String>,
    atMost limit: Int
  ) throws -> [Sighting] {
    guard !events.isEmpty, !properties.isEmpty else { return [] }
    return try sightings(
      """
      SELECT DISTINCT events.name AS event, item.key, item.type, CAST(item.atom AS TEXT) AS atom
      FROM events, json_each(iif(events.properties = '', '{}', events.properties)) AS item
      WHERE events.kind IN ('track', 'page', 'screen') AND events.name IN (\(marks(events)))
        AND item.key IN (\(marks(properties))) LIMIT \(limit)
      """,
      StatementArguments(events.sorted() + properties.sorted())
    )
  }

  /// The different values that these traits had, at most so many.
  public func traitValues(of traits: Set<String>, atMost limit: Int) throws -> [Sighting] {
    guard !traits.isEmpty else { return [] }
    return try ["traits", "traits_once"].flatMap { column in
      try sightings(
        """
        SELECT DISTINCT '' AS event, item.key, item.type, CAST(item.atom AS TEXT) AS atom
        FROM events, json_each(iif(events.\(column) = '', '{}', events.\(column))) AS item
        WHERE events.\(column) <> '' AND item.key IN (\(marks(traits)))
        LIMIT \(limit)
        """,
        StatementArguments(traits.sorted())
      )
    }
  }

  /// Hands on every event with the instant of its arrival, in the order of the log.
  public func forEachEvent(_ body: (Event, Timestamp) throws -> Void) throws {
    try reader.read { database in
      let cursor = try Row.fetchCursor(database, sql: "SELECT * FROM events ORDER BY sequence")
      while let row = try cursor.next() {
        try body(Event(row), Timestamp(millisecondsSinceEpoch: row["arrived_at"]))
      }
    }
  }

  private func marks(_ names: Set<String>) -> String {
    names.map { _ in "?" }.joined(separator: ", ")
  }

  private func sightings(_ sql: String, _ arguments: StatementArguments) throws -> [Sighting] {
    try reader.read { database in
      try Row.fetchAll(database, sql: sql, arguments: arguments).compactMap { row in
        guard let value = Found(type: row["type"], atom: row["atom"]) else { return nil }
        return Sighting(event: row["event"], name: row["key"], value: value.scalar)
      }
    }
  }
}

/// A value as `json_each` tells it (<https://sqlite.org/json1.html#jeach>); `null` is none.
private struct Found {
  let scalar: Scalar?

  init?(type: String, atom: String?) {
    switch type {
    case "null": return nil
    case "true": scalar = .bool(true)
    case "false": scalar = .bool(false)
    case "integer", "real": scalar = atom.flatMap { Number($0) }.map { .number($0) }
    case "text": scalar = .text(atom ?? "")
    default: scalar = nil
    }
  }
}
