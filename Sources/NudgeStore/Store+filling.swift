import Foundation
import GRDB
public import NudgeCore

/// A rule set on its way to decide: its new facts are filled from the log while another one decides.
public struct Fill: Sendable {
  /// The rules that will decide.
  public let rules: RuleIndex
  let filling: Filling
  let engine: Engine
  /// The number that the rule set will have.
  let epoch: Int64

  /// Whether there is anything to fill.
  public var isNeeded: Bool { !filling.isEmpty }

  /// What a rule set needs and no set before has kept.
  init(_ rules: RuleIndex, zones: ZoneTable, _ database: Database) throws {
    let known = Set(try Int64.fetchAll(database, sql: "SELECT key FROM facts"))
    let new = rules.factKeys.filter { !known.contains($0.key) }.values
    let last = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM rule_sets") ?? 0
    self.rules = rules
    filling = Filling(new, rules: rules)
    engine = Engine(rules: rules.set, zones: zones)
    epoch = last + 1
  }

  /// Forgets what was filled for this epoch, by whatever rule set, and begins anew.
  func restart(_ database: Database) throws {
    try database.execute(sql: "DELETE FROM fillings")
    try database.execute(sql: "DELETE FROM filled WHERE epoch = ?", arguments: [epoch])
    try begin(database)
  }

  fileprivate func begin(_ database: Database) throws {
    try database.execute(
      sql: "INSERT INTO fillings (epoch, hash, cursor) VALUES (?, ?, 0)",
      arguments: [epoch, rules.set.hash]
    )
  }
}

/// How far a fill has come.
public struct FillProgress: Hashable, Sendable {
  /// The events that have been passed.
  public let done: Int
  /// The events of the log, as of now.
  public let total: Int
  /// Whether the rest fits into the transaction that lets the rule set decide.
  public var isNearEnd: Bool { total - done <= Limits.eventsPerFill }
}

extension Store {
  /// Whether a rule set needs so much of the past that filling it takes more than a moment.
  public func takesTimeToFill(_ rules: RuleIndex) throws -> Bool {
    try read { database in
      let known = Set(try Int64.fetchAll(database, sql: "SELECT key FROM facts"))
      let new = rules.factKeys.filter { !known.contains($0.key) }.values
      let events = try Int.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 0
      return !Filling(new, rules: rules).isEmpty && events > Limits.eventsPerFill
    }
  }

  /// Begins to fill what a rule set needs and no set before has kept, or goes on where a crash has stopped.
  public func beginFill(_ rules: RuleIndex, zones: ZoneTable) throws -> Fill {
    let fill = try read { try Fill(rules, zones: zones, $0) }
    let isUnderWay = try read { database in
      try String.fetchOne(database, sql: "SELECT hash FROM fillings") == rules.set.hash
        && Int64.fetchOne(database, sql: "SELECT epoch FROM fillings") == fill.epoch
    }
    if !isUnderWay { try startOver(fill) }
    try write { _, desk in desk.side = SideDesk() }
    return fill
  }

  /// Forgets what another rule set has begun, in bounded transactions.
  private func startOver(_ fill: Fill) throws {
    while true {
      let dropped = try write { database, _ in
        try database.execute(sql: "DELETE FROM fillings")
        try database.execute(
          sql: """
            DELETE FROM filled WHERE (kind, subject, epoch) IN
              (SELECT kind, subject, epoch FROM filled WHERE epoch = ? LIMIT ?)
            """,
          arguments: [fill.epoch, Limits.timersPerTransaction]
        )
        return database.changesCount
      }
      if dropped == 0 { break }
    }
    try write { database, _ in try fill.begin(database) }
  }

  /// Fills from the next part of the log, in one transaction; between two, the rule set that decides goes on deciding.
  public func fillMore(_ fill: Fill) throws -> FillProgress {
    try write { database, desk in
      let last = try Int.fetchOne(database, sql: "SELECT max(sequence) FROM events") ?? 0
      let cursor = try Store.cursor(of: fill, database)
      let end = fill.isNeeded ? min(last, cursor + Limits.eventsPerFill) : last
      try desk.side.fold(fill, after: cursor, through: end, database)
      return FillProgress(done: end, total: last)
    }
  }

  static func cursor(of fill: Fill, _ database: Database) throws -> Int {
    try Int.fetchOne(
      database,
      sql: "SELECT cursor FROM fillings WHERE epoch = ?",
      arguments: [fill.epoch]
    ) ?? 0
  }

  /// How many people or accounts campaigns would take in now, were the rule set to decide.
  ///
  /// The fill must be near its end.
  public func joiners(
    of campaigns: [Campaign],
    _ fill: Fill,
    by engine: Engine,
    at now: Timestamp
  ) throws -> Int {
    let ledger = try read { try FactLedger(fill.rules, filledIn: fill.epoch, $0) }
    let kinds = Set(campaigns.map { fill.rules.set.models[$0.model].subject })
    var count = 0
    for subject in try kinds.flatMap({ try subjects(of: $0) }) {
      guard let world = try world(around: subject, for: engine, at: now, ledger) else { continue }
      count += campaigns.count { engine.wouldEnter($0, subject, in: world, now: now) }
    }
    return count
  }
}

/// The memories of a fill that were seen lately; like the desk, touched inside writing transactions alone.
struct SideDesk {
  private var world = World()
  private var dirty: Set<SubjectID> = []

  /// Folds a stretch of the log and notes how far it has come.
  mutating func fold(
    _ fill: Fill,
    after cursor: Int,
    through end: Int,
    _ database: Database
  ) throws {
    let events = fill.isNeeded ? try past(fill.filling, cursor, end, database) : nil
    while let row = try events?.next() {
      let event = Event(row)
      while true {
        let missing = fill.engine.missing(filling: event, in: world)
        if missing.isEmpty { break }
        for subject in missing { world.memories[subject] = try load(subject, fill, database) }
      }
      let arrived = Timestamp(millisecondsSinceEpoch: row["arrived_at"])
      dirty.formUnion(fill.engine.fill(event, fill.filling, at: arrived, in: &world))
    }
    try flush(fill, database)
    try database.execute(
      sql: "UPDATE fillings SET cursor = ? WHERE epoch = ?",
      arguments: [end, fill.epoch]
    )
  }

  /// The events of a stretch of the log that belong to the facts, oldest first.
  private func past(
    _ filling: Filling,
    _ cursor: Int,
    _ end: Int,
    _ database: Database
  ) throws -> RowCursor {
    let marks = filling.events.map { _ in "?" }.joined(separator: ", ")
    let traits = filling.readsTraits ? "OR traits <> '' OR traits_once <> ''" : ""
    let memberships = filling.readsMemberships ? "OR group_id IS NOT NULL" : ""
    return try Row.fetchCursor(
      database,
      sql: """
        SELECT * FROM events WHERE sequence > ? AND sequence <= ?
          AND (name IN (\(marks)) OR kind = 'alias'
            OR kind = 'identify' AND user_id IS NOT NULL AND anonymous_id IS NOT NULL
            \(traits) \(memberships))
        ORDER BY sequence
        """,
      arguments: [cursor, end] + StatementArguments(filling.events)
    )
  }

  private func load(_ subject: SubjectID, _ fill: Fill, _ database: Database) throws -> Memory {
    let bytes = try Data.fetchOne(
      database.cachedStatement(
        sql: "SELECT memory FROM filled WHERE kind = ? AND subject = ? AND epoch = ?"
      ),
      arguments: [subject.kind.rawValue, subject.id, fill.epoch]
    )
    guard let bytes else { return Memory(subject: subject) }
    return try Memory(subject, from: [UInt8](bytes), for: fill.rules)
  }

  private mutating func flush(_ fill: Fill, _ database: Database) throws {
    let insert = try database.cachedStatement(
      sql: "INSERT OR REPLACE INTO filled (kind, subject, epoch, memory) VALUES (?, ?, ?, ?)"
    )
    for subject in dirty {
      guard let memory = world.memories[subject] else { continue }
      try insert.execute(arguments: [
        subject.kind.rawValue, subject.id, fill.epoch, Data(memory.encoded(for: fill.rules)),
      ])
    }
    dirty.removeAll(keepingCapacity: true)
    if world.memories.count > Limits.warmMemories { world = World() }
  }
}
