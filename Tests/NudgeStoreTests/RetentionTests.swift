import GRDB
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeStore

private let hour: Int64 = 3_600_000
private let retention = Retention(eventDays: 10, decisionDays: 10)

/// A store that has lived through a random history, and a year after it.
private struct Archive {
  let folder: TemporaryFolder
  let store: Store
  let scenario: Scenario
  let later: Timestamp

  init(seed: UInt64) throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
    scenario = Scenario(seed: seed)
    for arrival in scenario.history.arrivals {
      while try store.process([arrival.event], at: arrival.at, by: scenario.engine).hasMoreDue {}
    }
    later = scenario.history.end.adding(milliseconds: 365 * 24 * hour)
    while try store.process([], at: later, by: scenario.engine).hasMoreDue {}
  }

  func dropAll(at now: Timestamp) throws {
    while try store.dropEvents(retention, at: now) {}
    var sweep = try store.beginSweep(retention, at: now)
    while !sweep.isOver { sweep = try store.sweep(sweep) }
  }

  func count(_ table: String) throws -> Int {
    try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
  }
}

@Suite struct `What is older than is kept` {
  @Test(arguments: 0..<8 as Range<UInt64>)
  func `goes, and what was concluded from it stays`(seed: UInt64) throws {
    let archive = try Archive(seed: seed)
    let store = archive.store
    let before = try store.read {
      try Row.fetchAll($0, sql: "SELECT * FROM subjects ORDER BY id")
    }
    let enrolments = try archive.count("enrolments")
    try archive.dropAll(at: archive.later)
    #expect(try archive.count("events") == 1)
    #expect(try archive.count("enrolments") == enrolments)
    let after = try store.read { try Row.fetchAll($0, sql: "SELECT * FROM subjects ORDER BY id") }
    #expect(before == after)
    let bound = archive.later.adding(milliseconds: -10 * 24 * hour)
    #expect(try store.logBeginning().events == bound)
    let bad = try DatabaseCheck.run(store.path).filter { !$0.isGood }.map(\.law)
    #expect(Set(bad).subtracting(["each decision names a rule set that is kept"]) == [])
  }

  @Test func `goes no further than it must`() throws {
    let archive = try Archive(seed: 1)
    let events = try archive.count("events")
    let early = archive.scenario.history.arrivals.first?.at ?? .distantPast
    try archive.dropAll(at: early.adding(milliseconds: 9 * 24 * hour))
    #expect(try archive.count("events") == events)
    #expect(try archive.store.logBeginning().events == nil)
  }

  @Test func `leaves the next event its own place in the log`() throws {
    let archive = try Archive(seed: 2)
    let last = try archive.store.read {
      try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM events")
    }
    try archive.dropAll(at: archive.later)
    let event = Event.visit("next", of: "ana", at: archive.later)
    _ = try archive.store.process([event], at: archive.later, by: archive.scenario.engine)
    let next = try archive.store.read {
      try Int64.fetchOne($0, sql: "SELECT max(sequence) FROM events")
    }
    #expect(next == last.map { $0 + 1 })
  }

  @Test func `stays while a rule set counts the past`() throws {
    let archive = try Archive(seed: 2)
    try archive.store.write { database, _ in
      try database.execute(sql: "INSERT INTO fillings (epoch, hash, cursor) VALUES (9, 'x', 0)")
    }
    #expect(!(try archive.store.dropEvents(retention, at: archive.later)))
    #expect(try archive.count("events") > 1)
  }

  @Test func `of decisions is not numbered while the first of them is young`() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path(of: "nudged.db"))
    #expect(try store.beginSweep(retention, at: Timestamp(millisecondsSinceEpoch: 0)).isOver)
    try store.write { database, _ in
      try database.execute(
        sql: """
          INSERT INTO decisions (id, at, subject, campaign, step, enrolment, occurrence, outcome,
            reason, nominal_at, rule_set) VALUES ('iv_1', 5, 1, 'welcome', 's', 1, 1, 'sent', 'sent', 0, 'r')
          """
      )
    }
    let day = 24 * hour
    #expect(try store.beginSweep(retention, at: Timestamp(millisecondsSinceEpoch: 10 * day)).isOver)
    let later = Timestamp(millisecondsSinceEpoch: 10 * day + 6)
    #expect(!(try store.beginSweep(retention, at: later).isOver))
  }

  @Test func `is dropped in slices, but for the last of each outcome and what is still on its way`()
    throws
  {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path(of: "nudged.db"))
    let total = 2 * Limits.rowsDroppedAtOnce + 7
    try store.write { database, _ in
      for number in 1...total {
        try database.execute(
          sql: """
            INSERT INTO decisions (id, at, subject, campaign, step, enrolment, occurrence, outcome,
              reason, nominal_at, rule_set) VALUES (?, ?, 1, 'welcome', 's', ?, 1, 'sent', 'sent', 0, 'r')
            """,
          arguments: ["iv_\(number)", number, number]
        )
        try database.execute(
          sql: """
            INSERT INTO deliveries (id, channel, payload, created_at, expires_at, state, due, attempts, crashes)
            VALUES (?, 'email', '{}', 0, 0, ?, 0, 0, 0)
            """,
          arguments: ["iv_\(number)", number == 3 ? "pending" : "delivered"]
        )
        // What was shipped of a decision goes with it, and keeps it while it is on its way.
        try database.execute(
          sql: """
            INSERT INTO deliveries (id, channel, payload, created_at, expires_at, state, due, attempts, crashes)
            VALUES (?, 'warehouse', '{}', 0, 0, ?, 0, 0, 0)
            """,
          arguments: ["de_\(number)", number == 4 ? "pending" : "delivered"]
        )
      }
      try database.execute(
        sql:
          "INSERT INTO enrolments (subject, campaign, number, entered_at) VALUES (1, 'welcome', 5, 0)"
      )
    }
    let now = Timestamp(millisecondsSinceEpoch: 400 * 24 * hour)
    var sweep = try store.beginSweep(retention, at: now)
    var slices = 0
    while !sweep.isOver {
      sweep = try store.sweep(sweep)
      slices += 1
    }
    #expect(slices == 3)
    // Three are needed still: two are on their way, the third's passage is open.
    #expect(sweep.dropped == total - Limits.decisionsAlwaysKept - 3)
    let left = try store.read { database in
      try ["iv", "de"].map { kind in
        try Int.fetchOne(
          database,
          sql: "SELECT count(*) FROM deliveries WHERE id LIKE ?",
          arguments: ["\(kind)%"]
        )
      }
    }
    #expect(left == [Limits.decisionsAlwaysKept + 3, Limits.decisionsAlwaysKept + 3])
  }
}
