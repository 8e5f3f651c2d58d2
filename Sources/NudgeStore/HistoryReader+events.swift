import Foundation
import GRDB
public import NudgeCore

/// Which events of the log are asked for.
public struct EventQuestion: Hashable, Sendable {
  /// Only of this person, known or anonymous.
  public var user: String?
  /// Only of this account.
  public var account: String?
  /// Only of this name.
  public var name: String?
  /// Only of this kind.
  public var kind: Event.Kind?
  /// Only what happened from here on.
  public var since: Timestamp?
  /// Only what happened up to here.
  public var until: Timestamp?

  /// All events.
  public init() {}

  /// The condition in SQL, with what fills its places.
  var condition: (sql: String, arguments: StatementArguments) {
    (
      """
      (?1 IS NULL OR user_id = ?1 OR anonymous_id = ?1) AND (?2 IS NULL OR group_id = ?2)
        AND (?3 IS NULL OR name = ?3) AND (?4 IS NULL OR kind = ?4)
        AND timestamp BETWEEN ?5 AND ?6
      """,
      [
        user, account, name, kind?.rawValue,
        (since ?? .distantPast).millisecondsSinceEpoch, (until ?? .never).millisecondsSinceEpoch,
      ]
    )
  }
}

/// A message that was not taken, with its place in the order of all.
public struct RejectedMessage: Hashable, Sendable {
  /// Grows with every rejection.
  public let sequence: Int64
  /// When it came.
  public let at: Timestamp
  /// Why it was not taken, and its bytes, cut to what is kept.
  public let rejection: Rejection
}

/// Which rejections are asked for.
public struct RejectionQuestion: Hashable, Sendable {
  /// Only with this code.
  public var code: String?
  /// Only those whose bytes hold this text.
  public var text: String?
  /// Only what came from here on.
  public var since: Timestamp?
  /// Only what came up to here.
  public var until: Timestamp?

  /// All rejections.
  public init() {}
}

extension HistoryReader {
  /// The latest events that are asked for, in the order in which they were taken in.
  ///
  /// Reads the log from its end until there are enough; it has no index but that of ids.
  public func latestEvents(
    _ question: EventQuestion,
    limit: Int
  ) throws -> [History.LoggedEvent] {
    let condition = question.condition
    return try Row.fetchAll(
      database,
      sql: "SELECT * FROM events WHERE \(condition.sql) ORDER BY sequence DESC LIMIT ?7",
      arguments: condition.arguments + [limit]
    ).reversed().map(History.LoggedEvent.init)
  }

  /// The event of an id, or of the only id that begins so; `nil` when there is none or there are several.
  public func event(_ id: String) throws -> History.LoggedEvent? {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT * FROM events WHERE sequence IN (
          SELECT event FROM (SELECT event FROM message_ids
            WHERE message_id >= ?1 AND message_id < ?1 || char(0x10FFFF)
            ORDER BY message_id LIMIT 2)
          UNION SELECT sequence FROM events WHERE sequence > (SELECT through FROM message_index)
            AND message_id >= ?1 AND message_id < ?1 || char(0x10FFFF))
        ORDER BY message_id LIMIT 2
        """,
      arguments: [id]
    )
    guard let row = rows.first, rows.count == 1 || row["message_id"] == id else { return nil }
    return History.LoggedEvent(row)
  }

  /// All names of events, for somebody who asked for one that there is not.
  public func eventNames() throws -> [String] {
    try String.fetchAll(database, sql: "SELECT DISTINCT name FROM events WHERE name <> ''")
  }

  /// The latest rejections that are asked for, oldest first.
  public func latestRejections(
    _ question: RejectionQuestion,
    limit: Int
  ) throws -> [RejectedMessage] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT * FROM rejected
        WHERE (?1 IS NULL OR code = ?1) AND (?2 IS NULL OR instr(message, CAST(?2 AS BLOB)) > 0)
          AND at BETWEEN ?3 AND ?4
        ORDER BY sequence DESC LIMIT ?5
        """,
      arguments: [
        question.code, question.text,
        (question.since ?? .distantPast).millisecondsSinceEpoch,
        (question.until ?? .never).millisecondsSinceEpoch, limit,
      ]
    ).reversed().map(RejectedMessage.init)
  }
}

extension Store {
  /// The events after one, oldest first, that are asked for; `nil` for a start gives the latest.
  public func events(
    after sequence: Int64?,
    _ question: EventQuestion,
    limit: Int
  ) throws -> [History.LoggedEvent] {
    let condition = question.condition
    let rows = try reader.read { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM events WHERE \(condition.sql) AND sequence > ?7
          ORDER BY sequence \(sequence == nil ? "DESC" : "ASC") LIMIT ?8
          """,
        arguments: condition.arguments + [sequence ?? 0, limit]
      )
    }
    let found = rows.map(History.LoggedEvent.init)
    return sequence == nil ? found.reversed() : found
  }

  /// The place of the newest event; 0 before the first.
  public func lastEvent() throws -> Int64 {
    try reader.read { try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM events") } ?? 0
  }
}

extension History.LoggedEvent {
  init(_ row: Row) {
    self.init(
      sequence: row["sequence"],
      arrivedAt: Timestamp(millisecondsSinceEpoch: row["arrived_at"]),
      event: Event(row)
    )
  }
}

extension RejectedMessage {
  fileprivate init(_ row: Row) {
    self.init(
      sequence: row["sequence"],
      at: Timestamp(millisecondsSinceEpoch: row["at"]),
      rejection: Rejection(
        code: row["code"],
        reason: row["reason"],
        message: [UInt8](row["message"] as Data)
      )
    )
  }
}
