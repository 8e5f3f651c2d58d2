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
}

extension Store {
  /// The rule set that decides; `nil` before the first deploy.
  public func currentRuleSet() throws -> DeployedRuleSet? {
    try reader.read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM rule_sets ORDER BY sequence DESC LIMIT 1")
    }
    .map { row in
      DeployedRuleSet(
        hash: row["hash"],
        deployedAt: Timestamp(millisecondsSinceEpoch: row["deployed_at"]),
        gitCommit: row["git_commit"],
        source: row["source"]
      )
    }
  }

  /// When each campaign, and each step as `campaign/step`, was first deployed.
  public func deployments() throws -> [String: Timestamp] {
    try reader.read { try Store.deployments($0) }
  }

  /// Makes a rule set the one that decides, in one transaction.
  ///
  /// Facts that are new are filled from the log first, and everybody will be looked at once.
  public func deploy(
    _ rules: RuleIndex,
    source: String,
    gitCommit: String?,
    at now: Timestamp,
    zones: ZoneTable
  ) throws {
    try write { database, desk in
      try desk.fill(rules, zones: zones, database)
      try database.execute(
        sql: """
          INSERT INTO rule_sets (hash, deployed_at, git_commit, source) VALUES (?, ?, ?, ?)
          """,
        arguments: [rules.set.hash, now.millisecondsSinceEpoch, gitCommit, source]
      )
      for name in rules.set.deployedNames {
        try database.execute(
          sql: "INSERT OR IGNORE INTO deployments (name, at) VALUES (?, ?)",
          arguments: [name, now.millisecondsSinceEpoch]
        )
      }
      try database.execute(sql: "DELETE FROM timers")
      try database.execute(
        sql: "INSERT INTO timers (due, subject) SELECT ?, id FROM subjects",
        arguments: [now.millisecondsSinceEpoch]
      )
      try database.execute(
        sql: "UPDATE subjects SET due = ?",
        arguments: [now.millisecondsSinceEpoch]
      )
      desk.forget()
    }
  }

  private static func deployments(_ database: Database) throws -> [String: Timestamp] {
    let rows = try Row.fetchAll(database, sql: "SELECT name, at FROM deployments")
    return Dictionary(
      rows.map { ($0["name"], Timestamp(millisecondsSinceEpoch: $0["at"])) }
    ) { first, _ in first }
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

  /// The newest act of the daemon itself: `started` or `stopped`; `nil` before the first start.
  public func lastRun() throws -> String? {
    try reader.read { database in
      try String.fetchOne(
        database,
        sql: """
          SELECT kind FROM acts WHERE kind IN ('started', 'stopped') ORDER BY sequence DESC LIMIT 1
          """
      )
    }
  }

  /// The latest instant at which anything was decided; logical time never goes back before it.
  public func logicalNow() throws -> Timestamp {
    try reader.read { database in
      try Int64.fetchOne(database, sql: "SELECT now FROM logical_clock")
    }
    .map(Timestamp.init(millisecondsSinceEpoch:)) ?? .distantPast
  }
}

extension Desk {
  /// Folds the log into the facts that the rule set before has not kept.
  func fill(_ rules: RuleIndex, zones: ZoneTable, _ database: Database) throws {
    use(rules)
    let keys = rules.factKeys
    let known = Set(try Int64.fetchAll(database, sql: "SELECT key FROM facts"))
    try database.execute(sql: "DELETE FROM facts")
    for key in keys.keys {
      try database.execute(sql: "INSERT INTO facts (key) VALUES (?)", arguments: [key])
    }
    let filling = Filling(keys.filter { !known.contains($0.key) }.values, rules: rules)
    try fill(filling, by: Engine(rules: rules.set, zones: zones), database)
  }

  private func fill(_ filling: Filling, by engine: Engine, _ database: Database) throws {
    var cleared: Set<SubjectID> = []
    var folded = 0
    let cursor = try past(for: filling, database)
    while let row = try cursor.next() {
      let event = Event(row)
      let arrived = Timestamp(millisecondsSinceEpoch: row["arrived_at"])
      while true {
        let missing = engine.missing(for: .event(event, at: arrived), in: world)
        if missing.isEmpty { break }
        try load(missing, engine.rules, database)
        // An edit before may have left facts that are older than what it no longer kept.
        for subject in missing where cleared.insert(subject).inserted {
          clear(subject, for: filling)
        }
      }
      dirty.formUnion(engine.fill(event, filling, in: &world))
      folded += 1
      if folded % Limits.eventsPerFill == 0 { try flush(engine.rules, database) }
    }
    try flush(engine.rules, database)
  }

  private func clear(_ subject: SubjectID, for filling: Filling) {
    guard let memory = world.memories[subject] else { return }
    let cleared = memory.cleared(for: filling)
    guard cleared != memory else { return }
    world.memories[subject] = cleared
    dirty.insert(subject)
  }

  /// The events of the log that belong to the facts that are filled, oldest first.
  private func past(for filling: Filling, _ database: Database) throws -> RowCursor {
    let marks = filling.events.map { _ in "?" }.joined(separator: ", ")
    let kinds = filling.readsTraits ? "'identify', 'group'" : ""
    return try Row.fetchCursor(
      database,
      sql: "SELECT * FROM events WHERE name IN (\(marks)) OR kind IN (\(kinds)) ORDER BY sequence",
      arguments: StatementArguments(filling.events)
    )
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
