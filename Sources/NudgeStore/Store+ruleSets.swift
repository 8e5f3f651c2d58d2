import GRDB
public import NudgeCore

/// A rule set as it was deployed.
public struct DeployedRuleSet: Hashable, Sendable {
  /// The rule set's hash.
  public let hash: String
  /// When it began to decide.
  public let deployedAt: Timestamp
  /// `nil` outside of git.
  public let gitCommit: String?
  /// The texts of all files, as JSON: an object of path and text.
  public let source: String
  /// The texts of the settings and the templates that it was read with; `nil` when an older program stored it.
  public let context: String?

  init(_ row: Row) {
    hash = row["hash"]
    deployedAt = Timestamp(millisecondsSinceEpoch: row["deployed_at"])
    gitCommit = row["git_commit"]
    source = row["source"]
    context = row["context"]
  }
}

extension Store {
  /// The rule set that decides; `nil` before the first deploy.
  public func currentRuleSet() throws -> DeployedRuleSet? {
    try read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM rule_sets ORDER BY sequence DESC LIMIT 1")
    }
    .map(DeployedRuleSet.init)
  }

  /// When each campaign, and each step as `campaign/step`, was first deployed, under whatever name.
  public func deployments() throws -> [String: Timestamp] { try deployed().instants }

  /// What is known of all deploys so far.
  public func deployed() throws -> Deployments {
    try read { try Store.deployed($0) }
  }

  static func deployed(_ database: Database) throws -> Deployments {
    let rows = try Row.fetchAll(database, sql: "SELECT name, at, origin FROM deployments")
    return Deployments(
      instants: Dictionary(
        rows.map { ($0["name"], Timestamp(millisecondsSinceEpoch: $0["at"])) }
      ) { first, _ in first },
      origins: Dictionary(
        rows.compactMap { row in (row["origin"] as String?).map { (row["name"], $0) } }
      ) { first, _ in first }
    )
  }

  /// Notes what an operator or the daemon itself did.
  public func note(act kind: String, detail: String, at now: Timestamp) throws {
    try write { database, _ in
      try database.execute(
        sql: "INSERT INTO acts (at, kind, detail) VALUES (?, ?, ?)",
        arguments: [now.millisecondsSinceEpoch, kind, detail]
      )
    }
  }

  func note(
    act kind: Act.Kind,
    _ detail: String = "",
    at now: Timestamp,
    _ database: Database
  ) throws {
    try database.execute(
      sql: "INSERT INTO acts (at, kind, detail) VALUES (?, ?, ?)",
      arguments: [now.millisecondsSinceEpoch, kind.rawValue, detail]
    )
  }

  /// The newest act of the daemon itself: `started` or `stopped`; `nil` before the first start.
  public func lastRun() throws -> String? {
    try read { database in
      try String.fetchOne(
        database,
        sql: """
          SELECT kind FROM acts WHERE kind IN ('started', 'stopped') ORDER BY sequence DESC LIMIT 1
          """
      )
    }
  }

  /// Notes that decisions ended at the instant through which everything was decided; nothing if none began.
  ///
  /// Written when the daemon stops, and after a crash by its next start.
  public func noteStop(_ detail: String) throws {
    try write { database, _ in
      let last = try String.fetchOne(
        database,
        sql: """
          SELECT kind FROM acts WHERE kind IN (?, ?) ORDER BY sequence DESC LIMIT 1
          """,
        arguments: [Act.Kind.caughtUp.rawValue, Act.Kind.stopped.rawValue]
      )
      guard last == Act.Kind.caughtUp.rawValue || detail.isEmpty,
        let now = try Int64.fetchOne(database, sql: "SELECT now FROM logical_clock")
      else { return }
      try note(act: .stopped, detail, at: Timestamp(millisecondsSinceEpoch: now), database)
    }
  }

  /// The latest instant at which anything was decided; logical time never goes back before it.
  public func logicalNow() throws -> Timestamp {
    try read { database in
      try Int64.fetchOne(
        database,
        sql: "SELECT max(now, ifnull(beat_at, now)) FROM logical_clock"
      )
    }
    .map(Timestamp.init(millisecondsSinceEpoch:)) ?? .distantPast
  }
}

extension Event {
  init(_ row: Row) {
    func json(_ column: String) -> JSONText {
      JSONText(wellFormed: Array((row[column] as String).utf8))
    }
    self.init(
      messageID: row["message_id"],
      kind: Kind(rawValue: row["kind"]) ?? .track,
      userID: row["user_id"],
      anonymousID: row["anonymous_id"],
      groupID: row["group_id"],
      previousID: row["previous_id"],
      name: row["name"],
      timestamp: Timestamp(millisecondsSinceEpoch: row["timestamp"]),
      receivedAt: Timestamp(millisecondsSinceEpoch: row["received_at"]),
      properties: json("properties"),
      traits: json("traits"),
      traitsOnce: json("traits_once"),
      context: json("context")
    )
  }
}
