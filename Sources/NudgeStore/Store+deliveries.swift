import GRDB
public import NudgeCore

extension Store: DeliveryStore {
  /// Stores settled deliveries and takes due ones in flight, in one transaction.
  public func settle(
    _ settled: [Delivery],
    thenClaim claim: ClaimRequest
  ) async throws
    -> ClaimedBatch
  {
    try await writePatiently { [sweeps] database in
      for delivery in settled { try Store.update(delivery, database) }
      if claim.limit > 0, sweeps.isDue(claim.channel, now: claim.now) {
        try Store.expire(claim.channel, now: claim.now, database)
      }
      let claimed = claim.limit > 0 ? try Store.claim(claim, database) : []
      return ClaimedBatch(
        deliveries: claimed,
        nextDue: try Store.nextDue(claim.channel, database)
      )
    }
  }

  /// Remembers that a channel sends nothing until a person says so.
  public func disable(channel: String, at now: Timestamp, answer: String) async throws {
    try await writePatiently { database in
      try database.execute(
        sql: "INSERT OR IGNORE INTO disabled_channels (channel, at, answer) VALUES (?, ?, ?)",
        arguments: [channel, now.millisecondsSinceEpoch, answer]
      )
    }
  }

  /// The open plan of a file channel, or the next one, kept with its offsets.
  public func planFile(
    channel: String,
    rotation: FileRotation,
    limit: Int,
    now: Timestamp
  ) async throws -> FileWork {
    try await writePatiently { [sweeps] database in
      if sweeps.isDue(channel, now: now) { try Store.expire(channel, now: now, database) }
      let state = try Store.fileState(channel, database)
      let plan =
        state.isPlanOpen
        ? state.resuming(try Store.openRows(channel, database))
        : try Store.planNext(channel, state, rotation, limit, now, database)
      return FileWork(plan: plan, nextDue: try Store.nextDue(channel, database))
    }
  }

  /// Ends the open plan: its deliveries are delivered.
  public func settleFile(channel: String, mark: FileMark, now: Timestamp) async throws {
    try await writePatiently { database in
      let state = try Store.fileState(channel, database)
      try Store.save(state.settled(mark), of: channel, database)
      try database.cachedStatement(
        sql: """
          UPDATE deliveries SET state = 'delivered', due = ?, attempts = 1, last_answer = NULL
          WHERE channel = ? AND state = 'in-flight'
          """
      ).execute(arguments: [now.millisecondsSinceEpoch, channel])
    }
  }

  /// Gives the open plan up, since somebody edited the file.
  public func restartFile(channel: String, now: Timestamp) async throws {
    try await writePatiently { database in
      let state = try Store.fileState(channel, database)
      try Store.save(state.restarted(), of: channel, database)
      try database.execute(
        sql: """
          UPDATE deliveries SET state = 'pending', due = ?, segment = NULL, position = NULL
          WHERE channel = ? AND state = 'in-flight'
          """,
        arguments: [now.millisecondsSinceEpoch, channel]
      )
    }
  }

  /// Takes back what webhooks had in flight when the last daemon ended; after a crash it counts as one.
  ///
  /// File channels are left as they are: their open plan is written again.
  public func recoverDeliveries(channels: [String], at now: Timestamp, isCrash: Bool) throws {
    try write { database, _ in
      for channel in channels {
        let rows = try Row.fetchAll(
          database,
          sql: "SELECT * FROM deliveries WHERE channel = ? AND state = 'in-flight'",
          arguments: [channel]
        )
        for row in rows {
          try Store.update(
            Delivery(row).recovered(now: now, isCrash: isCrash),
            database
          )
        }
      }
    }
  }

  /// The channels that send nothing until a person says so.
  public func disabledChannels() throws -> [String] {
    try read { try String.fetchAll($0, sql: "SELECT channel FROM disabled_channels") }
  }
}

extension Store {
  // MARK: Claims

  private static func claim(_ claim: ClaimRequest, _ database: Database) throws -> [Delivery] {
    let retries = try due(claim, isRetry: true, limit: claim.retriesFirst, after: [], database)
    let first = try due(
      claim,
      isRetry: false,
      limit: claim.limit - retries.count,
      after: [],
      database
    )
    let more = try due(
      claim,
      isRetry: true,
      limit: claim.limit - retries.count - first.count,
      after: Set(retries.map(\.id)),
      database
    )
    return try (retries + first + more).compactMap { delivery in
      guard let claimed = delivery.claimed(now: claim.now) else { return nil }
      try update(claimed, database)
      return claimed
    }
  }

  private static func due(
    _ claim: ClaimRequest,
    isRetry: Bool,
    limit: Int,
    after taken: Set<String>,
    _ database: Database
  ) throws -> [Delivery] {
    guard limit > 0 else { return [] }
    let statement = try database.cachedStatement(
      sql: """
        SELECT * FROM deliveries
        WHERE channel = ? AND state = 'pending' AND due <= ? AND (attempts > 0) = ?
        ORDER BY due, sequence LIMIT ?
        """
    )
    statement.setUncheckedArguments([
      claim.channel, claim.now.millisecondsSinceEpoch, isRetry, limit + taken.count,
    ])
    let found = try Row.fetchAll(statement).map { Delivery($0) }
    return Array(found.filter { !taken.contains($0.id) }.prefix(limit))
  }

  static func expire(_ channel: String, now: Timestamp, _ database: Database) throws {
    try database.cachedStatement(
      sql: """
        UPDATE deliveries SET state = 'expired', due = ?1
        WHERE channel = ?2 AND state = 'pending' AND expires_at <= ?1
        """
    ).execute(arguments: [now.millisecondsSinceEpoch, channel])
  }

  static func nextDue(_ channel: String, _ database: Database) throws -> Timestamp? {
    let statement = try database.cachedStatement(
      sql: """
        SELECT due FROM deliveries
        WHERE channel = ? AND state = 'pending' AND (attempts > 0) = ? ORDER BY due LIMIT 1
        """
    )
    let lanes = try [false, true].compactMap { isRetry in
      statement.setUncheckedArguments([channel, isRetry])
      return try Int64.fetchOne(statement)
    }
    return lanes.min().map(Timestamp.init(millisecondsSinceEpoch:))
  }

  private static func update(_ delivery: Delivery, _ database: Database) throws {
    try database.cachedStatement(
      sql: """
        UPDATE deliveries SET state = ?, due = ?, attempts = ?, crashes = ?, last_answer = ?
        WHERE id = ?
        """
    ).execute(arguments: [
      delivery.state.name, delivery.state.instant?.millisecondsSinceEpoch ?? 0, delivery.attempts,
      delivery.crashes, delivery.lastAnswer, delivery.id,
    ])
  }
}

extension Delivery {
  init(_ row: Row) {
    let instant = Timestamp(millisecondsSinceEpoch: row["due"])
    let state: State =
      switch row["state"] as String {
      case "pending": .pending(due: instant)
      case "in-flight": .inFlight
      case "delivered": .delivered(at: instant)
      case "expired": .expired(at: instant)
      case "cancelled": .cancelled(at: instant)
      default: .dead(at: instant)
      }
    self.init(
      id: row["id"],
      channel: row["channel"],
      payload: Array((row["payload"] as String).utf8),
      request: (row["request"] as String?).flatMap {
        ChannelRequest(kept: JSONText(wellFormed: Array($0.utf8)))
      },
      expiresAt: Timestamp(millisecondsSinceEpoch: row["expires_at"]),
      state: state,
      attempts: row["attempts"],
      crashes: row["crashes"],
      lastAnswer: row["last_answer"]
    )
  }
}

extension Delivery.State {
  /// The word that stands in the table.
  public var name: String {
    switch self {
    case .pending: "pending"
    case .inFlight: "in-flight"
    case .delivered: "delivered"
    case .expired: "expired"
    case .dead: "dead"
    case .cancelled: "cancelled"
    }
  }

  /// When it is due, or when it ended; `nil` in flight.
  public var instant: Timestamp? {
    switch self {
    case .pending(let at), .delivered(let at), .expired(let at), .dead(let at),
      .cancelled(let at):
      at
    case .inFlight: nil
    }
  }
}
