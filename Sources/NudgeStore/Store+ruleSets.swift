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
    try reader.read { database in
      try Row.fetchOne(database, sql: "SELECT * FROM rule_sets ORDER BY sequence DESC LIMIT 1")
    }
    .map(DeployedRuleSet.init)
  }

  /// When each campaign, and each step as `campaign/step`, was first deployed.
  public func deployments() throws -> [String: Timestamp] {
    try reader.read { try Store.deployments($0) }
  }

  /// Makes a rule set the one that decides, in one transaction.
  ///
  /// Facts that are new are filled from the log first, and everybody will be looked at once. What was due by then
  /// is to be decided before, by `process`. `context` is what else the rules were read with, as JSON.
  public func deploy(
    _ rules: RuleIndex,
    source: String,
    context: String? = nil,
    gitCommit: String?,
    at now: Timestamp,
    zones: ZoneTable
  ) throws {
    try write { database, desk in
      try deploy(rules, source, context, gitCommit, at: now, zones, database, desk)
    }
  }

  func deploy(
    _ rules: RuleIndex,
    _ source: String,
    _ context: String?,
    _ gitCommit: String?,
    at now: Timestamp,
    _ zones: ZoneTable,
    _ database: Database,
    _ desk: Desk
  ) throws {
    let before = try String.fetchOne(
      database,
      sql: "SELECT hash FROM rule_sets ORDER BY sequence DESC LIMIT 1"
    )
    try database.execute(
      sql: """
        INSERT INTO rule_sets (hash, deployed_at, git_commit, source, context)
        VALUES (?, ?, ?, ?, ?)
        """,
      arguments: [rules.set.hash, now.millisecondsSinceEpoch, gitCommit, source, context]
    )
    try note(act: .deployed, "\(database.lastInsertedRowID)", at: now, database)
    // Other templates change what is written, and nothing that is decided.
    if before == rules.set.hash { return }
    try desk.fill(rules, zones: zones, database)
    try Store.wakeEverybody(for: rules, at: now, database)
    desk.forget()
  }

  private static func wakeEverybody(
    for rules: RuleIndex,
    at now: Timestamp,
    _ database: Database
  ) throws {
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
  }

  static func deployments(_ database: Database) throws -> [String: Timestamp] {
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
    try reader.read { database in
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
    try reader.read { database in
      try Int64.fetchOne(
        database,
        sql: "SELECT max(now, ifnull(beat_at, now)) FROM logical_clock"
      )
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
