import Foundation
import GRDB
public import NudgeCore

extension Store {
  /// Takes a person out of everything that is stored, for good; `nil` for one never seen and never erased.
  ///
  /// The rows are overwritten, and the write-ahead log is emptied before this returns. What others' events say of the
  /// person stays, and so do lines in files. Events of theirs from before `now` are passed over from here on.
  ///
  /// `newKey` are random bytes, for the first of all erasures.
  ///
  /// - Throws: ``Erasure/Busy`` when asking again helps.
  public func erase(
    _ id: String,
    by engine: Engine,
    at now: Timestamp,
    newKey: [UInt8],
    operator name: String
  ) throws -> Erasure? {
    let erasure = try write { database, desk -> Erasure? in
      let household = try Household.person(id, database)
      let erasing = try Erasing(household, desk: desk, engine: engine, now: now, database)
      guard try erasing.isKnown || Tombstones(database).hold(.user(id)) else { return nil }
      let erasure = try erasing.run()
      try Tombstones.add(erasing.subjects, at: now, newKey: newKey, database)
      try erasing.note(erasure, by: name)
      desk.forget()
      desk.tombstones = nil
      desk.messages = nil
      return erasure
    }
    guard erasure != nil else { return nil }
    guard try truncateLog() else { throw Erasure.Busy.logInUse }
    return erasure
  }

  /// Moves the log into the database file and empties it; tells whether no reader was in the way.
  private func truncateLog() throws -> Bool {
    try writer.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA busy_timeout = \(Limits.longestLogWaitMilliseconds)")
      defer { try? Store.waitForLocks(true, database) }
      let row = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      return (row?["busy"] ?? 1) == 0
    }
  }
}

/// One erasure inside its transaction.
private struct Erasing {
  let subjects: [SubjectID]
  private let user: SubjectID
  private let household: Household
  private let rows: [Int64]
  private let desk: Desk
  private let engine: Engine
  private let now: Timestamp
  private let database: Database

  init(
    _ household: Household,
    desk: Desk,
    engine: Engine,
    now: Timestamp,
    _ database: Database
  ) throws {
    self.household = household
    self.desk = desk
    self.engine = engine
    self.now = now
    self.database = database
    user = .user(household.users.sorted().first ?? "")
    subjects =
      [user] + household.anonymous.sorted().map { SubjectID(kind: .anonymous, id: $0) }
    rows = try subjects.compactMap { subject in
      try Int64.fetchOne(
        database,
        sql: "SELECT id FROM subjects WHERE kind = ? AND subject = ?",
        arguments: [subject.kind.rawValue, subject.id]
      )
    }
  }

  /// Whether anything is stored of them.
  var isKnown: Bool {
    get throws {
      guard rows.isEmpty else { return true }
      let request: SQLRequest<Bool> =
        "SELECT EXISTS (SELECT 1 FROM events WHERE \(eventsCondition))"
      return try request.fetchOne(database) ?? false
    }
  }

  func run() throws -> Erasure {
    var erasure = Erasure()
    try leaveAccounts()
    let deliveries = try self.deliveries()
    erasure.files = deliveries.files
    erasure.deliveries = try delete("deliveries WHERE sequence IN \(deliveries.sequences)")
    erasure.decisions = try delete("decisions WHERE subject IN \(rows)")
    try database.execute(
      literal: "UPDATE decisions SET recipient = NULL WHERE recipient = \(user.description)"
    )
    for subject in subjects {
      try delete("gathering WHERE subject = \(subject.description)")
      try delete("filled WHERE kind = \(subject.kind.rawValue) AND subject = \(subject.id)")
      try delete(
        """
        acts WHERE json_valid(detail) AND json_extract(detail, '$.subject') = \(subject.description)
        """
      )
      let quoted = Data(JSONValue.string(subject.id).json.bytes)
      erasure.rejected += try delete("rejected WHERE instr(message, \(quoted)) > 0")
    }
    for table in ["enrolments", "timers"] as [SQL] {
      try delete("\(table) WHERE subject IN \(rows)")
    }
    try delete("subjects WHERE id IN \(rows)")
    erasure.events = try delete("events WHERE \(eventsCondition)")
    try followTheLog()
    return erasure
  }

  /// Keeps what was done among the acts, without a name.
  func note(_ erasure: Erasure, by name: String) throws {
    let detail = JSONValue.object([
      .init("by", .string(name)), .init("events", .whole(erasure.events)),
      .init("decisions", .whole(erasure.decisions)),
      .init("deliveries", .whole(erasure.deliveries)),
    ])
    try database.execute(
      sql: "INSERT INTO acts (at, kind, detail) VALUES (?, 'erased', ?)",
      arguments: [now.millisecondsSinceEpoch, detail.json.text]
    )
  }

  // MARK: Parts

  @discardableResult
  private func delete(_ what: SQL) throws -> Int {
    try database.execute(literal: "DELETE FROM \(what)")
    return database.changesCount
  }

  private var eventsCondition: SQL {
    """
    user_id = \(user.id) OR previous_id = \(user.id)
      OR user_id IS NULL AND anonymous_id IN \(household.anonymous.sorted())
    """
  }

  /// Takes them out of the accounts whose members they are; the accounts are looked at again.
  private func leaveAccounts() throws {
    let request: SQLRequest<String> = """
      SELECT DISTINCT group_id FROM events
      WHERE group_id IS NOT NULL AND (\(eventsCondition))
      """
    let named = try request.fetchAll(database)
    desk.use(engine.rules)
    let accounts = named.map(SubjectID.account)
    try desk.load(accounts.filter { desk.world.memories[$0] == nil }, engine.rules, database)
    for account in accounts where desk.places[account] != nil {
      guard let memory = desk.world.memories[account] else { continue }
      desk.world.memories[account] = memory.forgetting(subjects, at: now)
      desk.dirty.insert(account)
    }
    try desk.flush(engine.rules, database)
  }

  /// What goes or went to them or tells of them, and the file channels among it.
  private func deliveries() throws -> (sequences: [Int64], files: [String]) {
    let request: SQLRequest<Row> = """
      SELECT DISTINCT deliveries.sequence, deliveries.channel, deliveries.state, deliveries.segment
      FROM decisions JOIN deliveries ON deliveries.id IN
        (decisions.id, decisions.intervention, 'de_' || substr(decisions.id, 4))
      WHERE decisions.subject IN \(rows) OR decisions.recipient = \(user.description)
      """
    let found = try request.fetchAll(database)
    let lines = found.filter { $0["segment"] != nil }
    guard !lines.contains(where: { $0["state"] == "in-flight" }) else {
      throw Erasure.Busy.lineUnderWay
    }
    return (found.map { $0["sequence"] }, Set(lines.map { $0["channel"] as String }).sorted())
  }

  /// The last sequences may be given to new events now, which come after all that was done.
  private func followTheLog() throws {
    try database.execute(
      sql: """
        UPDATE acts SET after_event = (SELECT ifnull(max(sequence), 0) FROM events)
        WHERE after_event > (SELECT ifnull(max(sequence), 0) FROM events)
        """
    )
    try database.execute(
      sql: """
        UPDATE fillings SET cursor = (SELECT ifnull(max(sequence), 0) FROM events)
        WHERE cursor > (SELECT ifnull(max(sequence), 0) FROM events)
        """
    )
    try database.execute(
      sql: """
        UPDATE message_index
        SET through = min(through, (SELECT ifnull(max(sequence), 0) FROM events))
        """
    )
  }
}
