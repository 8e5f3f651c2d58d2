import GRDB
public import NudgeCore

/// What an operator sees of deliveries, and does about them.
extension Store {
  /// Deliveries after a place, oldest first.
  public func deliveries(
    _ choice: DeliveryChoice,
    after sequence: Int64 = 0,
    limit: Int
  ) throws -> [StoredDelivery] {
    try read { database in
      try Store.rows("\(choice.condition) AND sequence > \(sequence)", limit, database)
    }
  }

  /// How many deliveries are meant.
  public func count(_ choice: DeliveryChoice) throws -> Int {
    try read { database in
      let request: SQLRequest<Int> = "SELECT count(*) FROM deliveries WHERE \(choice.condition)"
      return try request.fetchOne(database) ?? 0
    }
  }

  /// Lets deliveries wait anew, from `now` on, so many a second; those that have lost their meaning stay as they are.
  ///
  /// - Returns: how many wait now.
  public func retry(
    _ choice: DeliveryChoice,
    perSecond rate: Int?,
    at now: Timestamp
  ) async throws -> Int {
    let spacing = rate.map { "(place - 1) * 1000 / \($0)" as SQL } ?? "0"
    return try await writeOnce { database in
      try database.execute(
        literal: """
          UPDATE deliveries SET state = 'pending', attempts = 0, crashes = 0,
            due = \(now.millisecondsSinceEpoch) + \(spacing), segment = NULL, position = NULL
          FROM (
            SELECT sequence AS chosen, row_number() OVER (ORDER BY sequence) AS place
            FROM deliveries
            WHERE \(choice.condition) AND expires_at > \(now.millisecondsSinceEpoch)
          ) WHERE sequence = chosen
          """
      )
      let count = database.changesCount
      try Store.note("deliveries-retried", count, at: now, database)
      return count
    }
  }

  /// Lets waiting deliveries be tried at `now` instead of later.
  ///
  /// - Returns: how many there are.
  public func flush(_ choice: DeliveryChoice, at now: Timestamp) async throws -> Int {
    try await writeOnce { database in
      try database.execute(
        literal: """
          UPDATE deliveries SET due = \(now.millisecondsSinceEpoch) WHERE \(choice.condition)
          """
      )
      let count = database.changesCount
      try Store.note("deliveries-flushed", count, at: now, database)
      return count
    }
  }

  /// Takes deliveries away for good; those in flight are never meant.
  ///
  /// - Returns: how many there were.
  public func drop(_ choice: DeliveryChoice, at now: Timestamp) async throws -> Int {
    try await writeOnce { database in
      try database.execute(
        literal: "DELETE FROM deliveries WHERE \(choice.condition) AND state != 'in-flight'"
      )
      let count = database.changesCount
      try Store.note("deliveries-dropped", count, at: now, database)
      return count
    }
  }

  /// Lets a channel that was disabled send again; tells whether it was disabled.
  public func enable(channel: String, at now: Timestamp) async throws -> Bool {
    try await writeOnce { database in
      try database.execute(
        sql: "DELETE FROM disabled_channels WHERE channel = ?",
        arguments: [channel]
      )
      guard database.changesCount > 0 else { return false }
      let detail = JSONValue.object([.init("channel", .string(channel))]).json.text
      try database.execute(
        sql: "INSERT INTO acts (at, kind, detail) VALUES (?, 'channel-enabled', ?)",
        arguments: [now.millisecondsSinceEpoch, detail]
      )
      return true
    }
  }

  private static func rows(
    _ condition: SQL,
    _ limit: Int,
    _ database: Database
  ) throws -> [StoredDelivery] {
    let request: SQLRequest<Row> = """
      SELECT * FROM deliveries WHERE \(condition) ORDER BY sequence LIMIT \(limit)
      """
    return try request.fetchAll(database).map { StoredDelivery($0) }
  }

  private static func note(
    _ act: String,
    _ count: Int,
    at now: Timestamp,
    _ database: Database
  ) throws {
    guard count > 0 else { return }
    try database.execute(
      sql: "INSERT INTO acts (at, kind, detail) VALUES (?, ?, ?)",
      arguments: [now.millisecondsSinceEpoch, act, #"{"count":\#(count)}"#]
    )
  }
}

extension Store {
  /// The decisions of a subject after a place, oldest first; `nil` for a subject never seen.
  public func decisions(
    of subject: SubjectID,
    campaign: String?,
    after sequence: Int64,
    limit: Int
  ) throws -> [NumberedDecision]? {
    try read { database in
      let row = try Int64.fetchOne(
        database,
        sql: "SELECT id FROM subjects WHERE kind = ? AND subject = ?",
        arguments: [subject.kind.rawValue, subject.id]
      )
      guard let row else { return nil }
      return try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM decisions WHERE subject = ? AND sequence > ?
            AND campaign = ifnull(?, campaign) ORDER BY sequence LIMIT ?
          """,
        arguments: [row, sequence, campaign, limit]
      ).compactMap { row in
        Decision(row, of: subject).map { NumberedDecision(sequence: row["sequence"], decision: $0) }
      }
    }
  }
}
