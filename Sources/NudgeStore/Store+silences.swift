import GRDB
public import NudgeCore

extension Store {
  /// The silences and pauses that hold at an instant or begin later.
  public func silences(at now: Timestamp) throws -> [Silence] {
    try reader.read { try Store.silences($0) }.filter { now < $0.until }
  }

  /// Notes what an operator did about silences; whoever a silence held back and that now ends is looked at.
  ///
  /// The act is the last thing written, after all timers: a crash before it leaves people who are looked at in vain.
  public func record(_ act: SilenceAct, at now: Timestamp, rules: RuleIndex) throws {
    let ending = try silences(at: now).filter { $0.isEnded(by: act) }
    for silence in ending {
      let touched = try rows(touchedBy: silence, rules: rules)
      for chunk in touched.chunked(by: Limits.timersPerTransaction) {
        try write { database, desk in
          for row in chunk { try Store.wake(row, at: now, database) }
          desk.forget()
        }
      }
    }
    try note(act: act.kind, detail: act.detail.json.text, at: now)
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
  private func rows(touchedBy silence: Silence, rules: RuleIndex) throws -> [Int64] {
    guard let subject = silence.subject else { return try insiders(of: silence.campaign) }
    let memory = try memory(of: subject, rules: rules) ?? Memory(subject: subject)
    return try reader.read { database in
      try memory.surroundings.compactMap { other in
        try Int64.fetchOne(
          database,
          sql: "SELECT id FROM subjects WHERE kind = ? AND subject = ?",
          arguments: [other.kind.rawValue, other.id]
        )
      }
    }
  }

  /// The rows of those who are inside a campaign, or any.
  func insiders(of campaign: String?) throws -> [Int64] {
    try reader.read { database in
      try Int64.fetchAll(
        database,
        sql: """
          SELECT DISTINCT subject FROM enrolments
          WHERE ended_at IS NULL AND campaign = ifnull(?, campaign)
          """,
        arguments: [campaign]
      )
    }
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
