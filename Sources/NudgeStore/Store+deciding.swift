import Foundation
import GRDB
public import NudgeCore

/// What came of one transaction.
public struct Processed: Hashable, Sendable {
  /// Events that were new, by kind.
  public internal(set) var taken: [Event.Kind: Int] = [:]
  /// Events whose messageId was known, or whose person was erased after them.
  public internal(set) var repeated = 0
  /// Final decisions, in the order in which they were made.
  public internal(set) var decisions: [Decision] = []
  /// What the sent ones hand to the outside.
  public internal(set) var interventions: [Intervention] = []
  /// Subjects whose timer was decided.
  public internal(set) var timers = 0
  /// When the first of these timers was due; `nil` when there was none.
  public internal(set) var firstDue: Timestamp?
  /// Whether timers are still due that did not fit this transaction.
  public internal(set) var hasMoreDue = false
  /// The instant up to which everything that was due is decided.
  var decidedThrough = Timestamp.never
  /// When the next timer is due, or a gathered intervention leaves; `never` when nothing is.
  public internal(set) var nextDue = Timestamp.never
}

extension Store {
  /// Decides what is due, takes events in, decides what follows from them: all in one transaction.
  ///
  /// The events take their place in the order of all stimuli at `now`, in their order; timers that are due by then go
  /// first, each at its own instant. When `hasMoreDue` comes back, no event was taken: call again.
  public func process(
    _ events: [Event],
    rejections: [Rejection] = [],
    at now: Timestamp,
    by engine: Engine
  ) throws -> Processed {
    try write { database, desk in
      try process(events, rejections, at: now, by: engine, database, desk)
    }
  }

  func process(
    _ events: [Event],
    _ rejections: [Rejection],
    at now: Timestamp,
    by engine: Engine,
    _ database: Database,
    _ desk: Desk
  ) throws -> Processed {
    desk.use(engine.rules)
    var processed = Processed()
    let through = try decideDue(through: now, by: engine, database, desk, &processed)
    if !processed.hasMoreDue {
      for event in events { try take(event, at: now, by: engine, database, desk, &processed) }
      for rejection in rejections { try keep(rejection, at: now, database) }
    }
    try finish(at: through, by: engine, database, desk, &processed)
    return processed
  }

  /// Decides at `start` whatever became due while nothing ran (`engine.md`, "After downtime").
  ///
  /// All of it in one transaction with the note that it is done, so that a crash leaves no half of it.
  public func catchUp(at start: Timestamp, by engine: Engine) throws -> Processed {
    try write { database, desk in try catchUp(at: start, by: engine, database, desk) }
  }

  func catchUp(
    at start: Timestamp,
    by engine: Engine,
    _ database: Database,
    _ desk: Desk
  ) throws -> Processed {
    desk.use(engine.rules)
    var processed = Processed()
    let due = try Row.fetchAll(
      database,
      sql: """
        SELECT kind, subjects.subject AS id FROM timers JOIN subjects ON subjects.id = timers.subject
        WHERE timers.due <= ?
        """,
      arguments: [start.millisecondsSinceEpoch]
    ).compactMap(SubjectID.init).sorted()
    for batch in due.chunked(by: Limits.timersPerTransaction) {
      for subject in batch {
        try handle(.timer(subject, at: start), by: engine, database, desk, &processed)
        processed.timers += 1
      }
      try desk.flush(engine.rules, database)
    }
    try note(act: .caughtUp, at: start, database)
    try finish(at: start, by: engine, database, desk, &processed)
    return processed
  }

  private func finish(
    at now: Timestamp,
    by engine: Engine,
    _ database: Database,
    _ desk: Desk,
    _ processed: inout Processed
  ) throws {
    try desk.flush(engine.rules, database)
    let taken = processed.taken.values.reduce(0, +)
    if taken > 0 {
      try desk.messageIndex(database).settle(after: taken, desk.statements(database), database)
    }
    let complete = min(processed.decidedThrough, now.adding(milliseconds: -1))
    processed.interventions += try release(through: complete, by: engine, database)
    try database.cachedStatement(
      sql: """
        INSERT INTO logical_clock (id, now) VALUES (1, ?)
        ON CONFLICT (id) DO UPDATE SET now = max(now, excluded.now)
        """
    ).execute(arguments: [now.millisecondsSinceEpoch])
    let statement = try database.cachedStatement(sql: "SELECT due FROM timers ORDER BY due LIMIT 1")
    processed.nextDue =
      try Int64.fetchOne(statement).map(Timestamp.init(millisecondsSinceEpoch:)) ?? .never
    processed.nextDue = min(processed.nextDue, try nextRelease(database))
  }

  // MARK: Timers

  /// Decides what is due, and tells through which instant everything is decided now.
  private func decideDue(
    through now: Timestamp,
    by engine: Engine,
    _ database: Database,
    _ desk: Desk,
    _ processed: inout Processed
  ) throws -> Timestamp {
    let found = try dueTimers(through: now, database)
    var queue = TimerQueue(found.timers)
    // When those are to be looked at next who were looked at in here; their older timers are void.
    var wakes: [SubjectID: Timestamp] = [:]
    processed.hasMoreDue = found.through < now
    processed.decidedThrough = found.through
    while let timer = queue.next(through: found.through) {
      if let wake = wakes[timer.subject], wake != timer.due { continue }
      processed.firstDue = min(processed.firstDue ?? timer.due, timer.due)
      let touched = try handle(
        .timer(timer.subject, at: timer.due),
        by: engine,
        database,
        desk,
        &processed
      )
      processed.timers += 1
      for subject in touched {
        guard let wake = desk.world.memories[subject]?.wake, wake != wakes[subject] else {
          continue
        }
        wakes[subject] = wake
        if wake <= found.through { queue.insert(TimerQueue.Timer(due: wake, subject: subject)) }
      }
    }
    return found.through
  }

  /// The first timers that are due, and the instant up to which they are all.
  private func dueTimers(
    through now: Timestamp,
    _ database: Database
  ) throws -> (
    timers: [TimerQueue.Timer], through: Timestamp
  ) {
    let statement = try database.cachedStatement(
      sql: """
        SELECT timers.due AS due, kind, subjects.subject AS id FROM timers
        JOIN subjects ON subjects.id = timers.subject
        WHERE timers.due <= ? ORDER BY timers.due LIMIT ?
        """
    )
    let limit = Limits.timersPerTransaction
    statement.setUncheckedArguments([now.millisecondsSinceEpoch, limit])
    let timers = try Row.fetchAll(statement).compactMap(TimerQueue.Timer.init)
    guard timers.count == limit, let last = timers.last?.due else { return (timers, now) }
    // The last instant may be cut in two: leave it for the next transaction, unless it is the only one.
    let whole = timers.filter { $0.due < last }
    if !whole.isEmpty { return (whole, last.adding(milliseconds: -1)) }
    statement.setUncheckedArguments([last.millisecondsSinceEpoch, Int.max])
    return (try Row.fetchAll(statement).compactMap(TimerQueue.Timer.init), last)
  }

  // MARK: Events

  private func take(
    _ event: Event,
    at now: Timestamp,
    by engine: Engine,
    _ database: Database,
    _ desk: Desk,
    _ processed: inout Processed
  ) throws {
    guard try !isErased(event, database, desk), try append(event, at: now, database, desk) else {
      processed.repeated += 1
      return
    }
    processed.taken[event.kind, default: 0] += 1
    try handle(.event(event, at: now), by: engine, database, desk, &processed)
  }

  /// Tells who was touched, some of them several times.
  @discardableResult
  private func handle(
    _ stimulus: Stimulus,
    by engine: Engine,
    _ database: Database,
    _ desk: Desk,
    _ processed: inout Processed
  ) throws -> [SubjectID] {
    while true {
      let missing = engine.missing(for: stimulus, in: desk.world)
      if missing.isEmpty { break }
      try desk.load(missing, engine.rules, database)
    }
    let effects = engine.handle(stimulus, in: &desk.world)
    try desk.note(effects.touches, database)
    for change in effects.enrolments { try note(change, database, desk) }
    for decision in effects.decisions {
      try keep(decision, database, desk)
      try ship(decision, by: engine, database)
    }
    for intervention in effects.interventions where intervention.group != nil {
      try gather(intervention, database)
    }
    let alone = effects.interventions.filter { $0.group == nil }
    for intervention in alone { try keep(intervention, by: engine, database) }
    processed.decisions += effects.decisions
    processed.interventions += alone
    var touched = effects.touches
    for follower in effects.followers.sorted() {
      touched += try handle(
        .timer(follower, at: stimulus.at),
        by: engine,
        database,
        desk,
        &processed
      )
    }
    return touched
  }

  /// Whether an event tells of somebody before they were erased.
  private func isErased(_ event: Event, _ database: Database, _ desk: Desk) throws -> Bool {
    let tombstones = try desk.tombstones ?? Tombstones(database)
    desk.tombstones = tombstones
    return tombstones.cover(event)
  }

  // MARK: Rows

  /// Appends an event to the log; tells whether its messageId is new.
  private func append(
    _ event: Event,
    at now: Timestamp,
    _ database: Database,
    _ desk: Desk
  ) throws -> Bool {
    let statements = try desk.statements(database)
    let messages = try desk.messageIndex(database)
    guard try !messages.has(event.messageID, statements) else { return false }
    try statements.append.run {
      $0.add(event.messageID)
      $0.add(event.kind.rawValue)
      $0.add(event.userID)
      $0.add(event.anonymousID)
      $0.add(event.groupID)
      $0.add(event.previousID)
      $0.add(event.name)
      $0.add(event.timestamp)
      $0.add(event.receivedAt)
      $0.add(now)
      $0.add(event.properties)
      $0.add(event.traits)
      $0.add(event.traitsOnce)
      $0.add(event.context)
    }
    messages.note(event.messageID, at: database.lastInsertedRowID)
    return true
  }

  private func keep(_ rejection: Rejection, at now: Timestamp, _ database: Database) throws {
    try database.cachedStatement(
      sql: "INSERT INTO rejected (at, code, reason, message) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [
      now.millisecondsSinceEpoch, rejection.code, rejection.reason, Data(rejection.message),
    ])
  }

  private func note(_ change: EnrolmentChange, _ database: Database, _ desk: Desk) throws {
    if let was = change.was {
      try database.cachedStatement(
        sql: "UPDATE enrolments SET campaign = ? WHERE subject = ? AND campaign = ?"
      ).execute(arguments: [change.campaign, desk.row(of: change.subject, database), was])
    }
    try database.cachedStatement(
      sql: """
        INSERT INTO enrolments (subject, campaign, number, entered_at, ended_at, ending)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET ended_at = excluded.ended_at, ending = excluded.ending
        """
    ).execute(arguments: [
      desk.row(of: change.subject, database), change.campaign, change.number,
      change.enteredAt.millisecondsSinceEpoch, change.endedAt?.millisecondsSinceEpoch,
      change.ending,
    ])
  }

  private func keep(_ decision: Decision, _ database: Database, _ desk: Desk) throws {
    try database.cachedStatement(
      sql: """
        INSERT INTO decisions (id, at, subject, campaign, step, enrolment, occurrence, outcome,
          reason, nominal_at, channel, recipient, variant, cause, rule_set, intervention)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      decision.id, decision.at.millisecondsSinceEpoch, desk.row(of: decision.subject, database),
      decision.campaign, decision.step, decision.enrolment, decision.occurrence,
      decision.outcome.rawValue, decision.reason.code, decision.nominalAt.millisecondsSinceEpoch,
      decision.channel, decision.to?.description, decision.variant, decision.cause,
      decision.ruleSet, decision.intervention,
    ])
  }
}

extension Desk {
  /// Makes sure that what is warm was read with these rules.
  func use(_ rules: RuleIndex) {
    if ruleSet != rules.set.hash { forget() }
    ruleSet = rules.set.hash
  }
}

extension TimerQueue.Timer {
  fileprivate init?(_ row: Row) {
    guard let subject = SubjectID(row) else { return nil }
    self.init(due: Timestamp(millisecondsSinceEpoch: row["due"]), subject: subject)
  }
}

extension SubjectID {
  init?(_ row: Row) {
    guard let kind = SubjectKind(rawValue: row["kind"]) else { return nil }
    self.init(kind: kind, id: row["id"])
  }
}

extension Array {
  func chunked(by size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
