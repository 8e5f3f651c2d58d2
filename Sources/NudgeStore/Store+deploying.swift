import GRDB
public import NudgeCore

/// What is kept of where a rule set came from.
struct RuleTexts {
  /// The texts of all files, as JSON: an object of path and text.
  let source: String
  /// The settings and templates that they were read with, as JSON; `nil` when an older program stored it.
  let context: String?
  /// `nil` outside of git.
  let gitCommit: String?
}

extension Store {
  /// Makes a rule set the one that decides: fills its new facts from the log, then lets it take over.
  ///
  /// All in one transaction, for where nothing else goes on; a running daemon calls the parts. What was due by then is to
  /// be decided before, by `process`. `context` is what else the rules were read with, as JSON.
  public func deploy(
    _ rules: RuleIndex,
    source: String,
    context: String? = nil,
    gitCommit: String?,
    at now: Timestamp,
    zones: ZoneTable
  ) throws {
    try write { database, desk in
      let texts = RuleTexts(source: source, context: context, gitCommit: gitCommit)
      try deploy(rules, texts, at: now, zones, database, desk)
    }
  }

  func deploy(
    _ rules: RuleIndex,
    _ texts: RuleTexts,
    at now: Timestamp,
    _ zones: ZoneTable,
    _ database: Database,
    _ desk: Desk
  ) throws {
    let before = try String.fetchOne(
      database,
      sql: "SELECT hash FROM rule_sets ORDER BY sequence DESC LIMIT 1"
    )
    let fill = try Fill(rules, zones: zones, database)
    // Other templates change what is written, and nothing that is decided.
    if before == rules.set.hash { return try note(fill, texts, at: now, database) }
    try fill.restart(database)
    desk.side = SideDesk()
    try takeOver(fill, texts, at: now, database, desk)
  }

  /// Lets the rules of a fill decide from now on, in one transaction; everybody will be looked at once.
  ///
  /// What the log still has for the fill is folded first; memories take what was filled when they are next read.
  public func takeOver(
    _ fill: Fill,
    source: String,
    context: String? = nil,
    gitCommit: String?,
    at now: Timestamp
  ) throws {
    try write { database, desk in
      let texts = RuleTexts(source: source, context: context, gitCommit: gitCommit)
      try takeOver(fill, texts, at: now, database, desk)
    }
  }

  private func takeOver(
    _ fill: Fill,
    _ texts: RuleTexts,
    at now: Timestamp,
    _ database: Database,
    _ desk: Desk
  ) throws {
    let last = try Int.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 0
    let cursor = try Store.cursor(of: fill, database)
    try desk.side.fold(fill, after: cursor, through: last, database)
    desk.side = SideDesk()
    try database.execute(sql: "DELETE FROM fillings")
    try note(fill, texts, at: now, database)
    try Store.noteDeployed(fill.rules.set, at: now, database)
    try Store.noteFacts(of: fill, database)
    try Store.addFilled(fill, database)
    try Store.wakeEverybody(at: now, database)
    desk.forget()
  }

  /// Looks at everybody once when the time-zone data are other than those that plans were made with; tells whether they are.
  ///
  /// What is local is then planned anew, as after an edit. To be called before `catchUp`.
  public func use(zones version: String, at now: Timestamp) throws -> Bool {
    try write { database, desk in
      let before = try String.fetchOne(database, sql: "SELECT version FROM zone_data")
      guard before != version else { return false }
      try database.execute(
        sql: "INSERT OR REPLACE INTO zone_data (id, version) VALUES (1, ?)",
        arguments: [version]
      )
      guard let before else { return false }
      let detail = JSONValue.object([.init("from", .string(before)), .init("to", .string(version))])
      try database.execute(
        sql: "INSERT INTO acts (at, kind, detail) VALUES (?, 'zones-changed', ?)",
        arguments: [now.millisecondsSinceEpoch, detail.json.text]
      )
      try Store.wakeEverybody(at: now, database)
      desk.forget()
      return true
    }
  }

  /// Stores a rule set and the act of deploying it.
  private func note(
    _ fill: Fill,
    _ texts: RuleTexts,
    at now: Timestamp,
    _ database: Database
  ) throws {
    try database.execute(
      sql: """
        INSERT INTO rule_sets (sequence, hash, deployed_at, git_commit, source, context)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        fill.epoch, fill.rules.set.hash, now.millisecondsSinceEpoch, texts.gitCommit, texts.source,
        texts.context,
      ]
    )
    try note(act: .deployed, "\(fill.epoch)", at: now, database)
  }

  private static func noteDeployed(
    _ rules: RuleSet,
    at now: Timestamp,
    _ database: Database
  ) throws {
    let before = try deployed(database)
    let after = before.adding(rules, at: now)
    for (name, instant) in after.instants where before.instants[name] == nil {
      try database.execute(
        sql: "INSERT OR IGNORE INTO deployments (name, at, origin) VALUES (?, ?, ?)",
        arguments: [name, instant.millisecondsSinceEpoch, after.origins[name]]
      )
    }
  }

  private static func noteFacts(of fill: Fill, _ database: Database) throws {
    let keys = fill.rules.factKeys.keys
    let known = Set(try Int64.fetchAll(database, sql: "SELECT key FROM facts"))
    for key in known.subtracting(keys) {
      try database.execute(sql: "DELETE FROM facts WHERE key = ?", arguments: [key])
    }
    for key in keys where !known.contains(key) {
      try database.execute(
        sql: "INSERT INTO facts (key, epoch) VALUES (?, ?)",
        arguments: [key, fill.epoch]
      )
    }
  }

  /// Whoever only the new rules know has no row yet.
  private static func addFilled(_ fill: Fill, _ database: Database) throws {
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO subjects (kind, subject, memory, due)
        SELECT kind, subject, x'', 0 FROM filled WHERE epoch = ?
        """,
      arguments: [fill.epoch]
    )
  }

  private static func wakeEverybody(at now: Timestamp, _ database: Database) throws {
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
}
