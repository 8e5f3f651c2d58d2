import GRDB
public import NudgeCore

extension Store {
  /// Makes a rule set the one that decides: fills its new facts from the log, then lets it take over.
  ///
  /// Everything in one call, for where nothing else goes on; a running daemon calls the parts.
  public func deploy(
    _ rules: RuleIndex,
    source: String,
    gitCommit: String?,
    at now: Timestamp,
    zones: ZoneTable
  ) throws {
    let fill = try beginFill(rules, zones: zones)
    while try !fillMore(fill).isNearEnd {}
    try takeOver(fill, source: source, gitCommit: gitCommit, at: now)
  }

  /// Lets the rules of a fill decide from now on, in one transaction; everybody will be looked at once.
  ///
  /// What the log still has for the fill is folded first; memories take what was filled when they are next read.
  public func takeOver(
    _ fill: Fill,
    source: String,
    gitCommit: String?,
    at now: Timestamp
  ) throws {
    try write { database, desk in
      let last = try Int.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 0
      let cursor = try Store.cursor(of: fill, database)
      try desk.side.fold(fill, after: cursor, through: last, database)
      desk.side = SideDesk()
      try database.execute(sql: "DELETE FROM fillings")
      try database.execute(
        sql: """
          INSERT INTO rule_sets (sequence, hash, deployed_at, git_commit, source)
          VALUES (?, ?, ?, ?, ?)
          """,
        arguments: [
          fill.epoch, fill.rules.set.hash, now.millisecondsSinceEpoch, gitCommit, source,
        ]
      )
      try Store.noteDeployed(fill.rules.set, at: now, database)
      try Store.noteFacts(of: fill, database)
      try Store.wakeEverybody(fill, at: now, database)
      desk.forget()
    }
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

  private static func wakeEverybody(
    _ fill: Fill,
    at now: Timestamp,
    _ database: Database
  ) throws {
    // Whoever only the new rules know has no row yet.
    try database.execute(
      sql: """
        INSERT OR IGNORE INTO subjects (kind, subject, memory, due)
        SELECT kind, subject, x'', 0 FROM filled WHERE epoch = ?
        """,
      arguments: [fill.epoch]
    )
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
