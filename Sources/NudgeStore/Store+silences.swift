import GRDB
public import NudgeCore

extension Store {
  /// The silences and pauses that hold at an instant or begin later.
  public func silences(at now: Timestamp) throws -> [Silence] {
    try read { try Store.silences(at: now, $0) }
  }

  static func silences(at now: Timestamp, _ database: Database) throws -> [Silence] {
    try silences(database).filter { now < $0.until }
  }

  /// Notes what an operator did about silences; whoever a silence held back and that now ends is looked at.
  ///
  /// What was due by then is to be decided before, by `process`.
  public func record(_ act: SilenceAct, at now: Timestamp, rules: RuleIndex) throws {
    try write { database, desk in
      try wakeThoseFreed(by: act, at: now, rules, database, desk)
      try note(act, at: now, database)
    }
  }

  func note(_ act: SilenceAct, at now: Timestamp, _ database: Database) throws {
    try database.execute(
      sql: "INSERT INTO acts (at, kind, detail) VALUES (?, ?, ?)",
      arguments: [now.millisecondsSinceEpoch, act.kind, act.detail.json.text]
    )
  }

  /// Lets those be looked at whom a silence may have held back that an act ends.
  func wakeThoseFreed(
    by act: SilenceAct,
    at now: Timestamp,
    _ rules: RuleIndex,
    _ database: Database,
    _ desk: Desk
  ) throws {
    for silence in try Store.silences(at: now, database) where silence.isEnded(by: act) {
      for row in try rows(touchedBy: silence, rules, database) {
        try Store.wake(row, at: now, database)
      }
      desk.forget()
    }
  }

  private static func silences(_ database: Database) throws -> [Silence] {
    let marks = SilenceAct.kinds.map { _ in "?" }.joined(separator: ", ")
    let rows = try Row.fetchAll(
      database,
      sql: "SELECT at, kind, detail FROM acts WHERE kind IN (\(marks)) ORDER BY sequence",
      arguments: StatementArguments(SilenceAct.kinds)
    )
    return rows.reduce(into: [Silence]()) { silences, row in
      let detail = JSONText(wellFormed: Array((row["detail"] as String).utf8)).value ?? .null
      guard let act = SilenceAct(kind: row["kind"], detail: detail) else { return }
      silences = silences.applying(act, at: Timestamp(millisecondsSinceEpoch: row["at"]))
    }
  }

  // MARK: Whom it touches

  /// The rows of those who may have a plan that a silence holds back.
  private func rows(
    touchedBy silence: Silence,
    _ rules: RuleIndex,
    _ database: Database
  ) throws -> [Int64] {
    guard let subject = silence.subject else {
      return try Store.insiders(of: silence.campaign, database)
    }
    let memory =
      try Store.memory(of: subject, rules: rules, FactLedger(rules, database), database)
      ?? Memory(subject: subject)
    return try memory.surroundings.compactMap { other in
      try Int64.fetchOne(
        database,
        sql: "SELECT id FROM subjects WHERE kind = ? AND subject = ?",
        arguments: [other.kind.rawValue, other.id]
      )
    }
  }

  /// The rows of those who are inside a campaign, or any.
  func insiders(of campaign: String?) throws -> [Int64] {
    try read { try Store.insiders(of: campaign, $0) }
  }

  private static func insiders(of campaign: String?, _ database: Database) throws -> [Int64] {
    try Int64.fetchAll(
      database,
      sql: """
        SELECT DISTINCT subject FROM enrolments
        WHERE ended_at IS NULL AND campaign = ifnull(?, campaign)
        """,
      arguments: [campaign]
    )
  }

  /// Lets a subject be looked at, unless that is so already.
  private static func wake(_ row: Int64, at now: Timestamp, _ database: Database) throws {
    let due = try Int64.fetchOne(
      database.cachedStatement(sql: "SELECT due FROM subjects WHERE id = ?"),
      arguments: [row]
    )
    guard let due, due > now.millisecondsSinceEpoch else { return }
    try database.cachedStatement(sql: "DELETE FROM timers WHERE due = ? AND subject = ?")
      .execute(arguments: [due, row])
    try database.cachedStatement(sql: "INSERT OR IGNORE INTO timers (due, subject) VALUES (?, ?)")
      .execute(arguments: [now.millisecondsSinceEpoch, row])
    try database.cachedStatement(sql: "UPDATE subjects SET due = ? WHERE id = ?")
      .execute(arguments: [now.millisecondsSinceEpoch, row])
  }
}

extension Silence {
  /// Whether an act ends it.
  fileprivate func isEnded(by act: SilenceAct) -> Bool {
    switch act {
    case .added, .paused: false
    case .expired(let id, _): !isPause && self.id == id
    case .resumed(let campaign, _): isPause && self.campaign == campaign
    }
  }
}
