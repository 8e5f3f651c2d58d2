import Foundation
import GRDB
import Glibc
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeStore

private let now = Timestamp(millisecondsSinceEpoch: 1_772_442_000_000)

@Suite struct `A copy of the database` {
  private let folder: TemporaryFolder
  private let store: Store
  private let copy: String

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
    copy = folder.path(of: "copy.db")
    let scenario = Scenario(seed: 3)
    for arrival in scenario.history.arrivals {
      while try store.process([arrival.event], at: arrival.at, by: scenario.engine).hasMoreDue {}
    }
  }

  @Test func `is one moment of it, is for its owner, and opens as what it is`() throws {
    let summary = try DatabaseCopy.make(of: store.path, at: copy)
    #expect(summary.events == (try store.messageIDs().count))
    #expect(summary.decisions == (try store.allDecisions().count))
    let mode = try FileManager.default.attributesOfItem(atPath: copy)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(access(copy + "-wal", F_OK) != 0)
    let opened = try Store(path: copy)
    #expect(try opened.dump() == (try store.dump()))
    #expect(try opened.isCopy())
    #expect(!(try store.isCopy()))
    try opened.goOn(from: [:], at: now)
    #expect(!(try opened.isCopy()))
  }

  @Test func `never takes the place of a file, and leaves nothing behind when it fails`() throws {
    try folder.write("mine", to: "copy.db")
    #expect(throws: DatabaseCopy.Failure.exists(path: copy)) {
      try DatabaseCopy.make(of: store.path, at: copy)
    }
    #expect(try folder.read("copy.db") == "mine")
    let nowhere = folder.path(of: "nowhere/copy.db")
    #expect(throws: DatabaseCopy.Failure.cannotMake(path: nowhere, errno: ENOENT)) {
      try DatabaseCopy.make(of: store.path, at: nowhere)
    }
    #expect(throws: Store.Failure.missing(path: folder.path(of: "none.db"))) {
      try DatabaseCopy.make(of: folder.path(of: "none.db"), at: folder.path(of: "x.db"))
    }
    #expect(access(folder.path(of: "x.db.partial"), F_OK) != 0)
  }

  @Test func `is made before a migration, and the database is then brought up to date`() throws {
    let old = folder.path(of: "old.db")
    try Store(path: old).close()
    let queue = try DatabaseQueue(path: old)
    try queue.writeWithoutTransaction { database in
      try database.execute(
        sql: """
          DROP TRIGGER events_leave_the_index; DROP TABLE message_ids; DROP TABLE message_index;
          CREATE UNIQUE INDEX events_by_message_id ON events (message_id);
          INSERT INTO events SELECT 1, 'm1', 'track', 'ana', NULL, NULL, NULL, 'X', 1, 1, 1, '', '', '', '';
          DROP TABLE retention; DROP TABLE written_lines; DROP TABLE zone_data;
          DROP INDEX decisions_by_intervention;
          DROP INDEX deliveries_waiting;
          ALTER TABLE deliveries DROP COLUMN request;
          CREATE INDEX deliveries_waiting ON deliveries (channel, due);
          PRAGMA user_version = 4;
          """
      )
    }
    try queue.close()
    #expect(try DatabaseCare.standing(old).isBehind)
    let found = try DatabaseCare.rehearseMigration(of: old) { _ in }
    #expect(found.allSatisfy { $0.isGood })
    #expect(try DatabaseCare.standing(old).isBehind)
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(!left.contains { $0.hasPrefix("old.db.trial") })

    var steps = 0
    let migrated = try Store(path: old) { _ in steps += 1 }
    let known = try migrated.read {
      try String.fetchAll($0, sql: "SELECT message_id FROM message_ids")
    }
    #expect(known == ["m1"])
    try migrated.close()
    #expect(steps > 0)
    #expect(!(try DatabaseCare.standing(old).isBehind))
    #expect(try DatabaseCare.standing(old + ".schema-4").found == 4)
    #expect(!(try Store(path: old).isCopy()))
  }

  @Test func `lets lines of a file that it does not know of count as written`() async throws {
    let opened = try Store(path: folder.path(of: "restored.db"))
    try opened.write { database, _ in
      for (id, state) in [("a", "pending"), ("b", "in-flight"), ("c", "pending")] {
        try database.execute(
          sql: """
            INSERT INTO deliveries (id, channel, payload, created_at, expires_at, state, due, attempts,
              crashes, segment, position)
            VALUES (?, 'tasks', '{}', 0, \(Int64.max), ?, 0, 0, 0, 1, 0)
            """,
          arguments: [id, state]
        )
      }
    }
    let mark = FileMark(length: 90, tailDigest: [7])
    let state = FileState(segment: 3, planned: 90, flushed: mark, openedAt: nil, displaced: nil)
    try opened.goOn(from: ["tasks": (state, ["a", "later"])], at: now)
    #expect(try opened.fileStates() == ["tasks": state])
    let work = try await opened.planFile(
      channel: "tasks",
      rotation: FileRotation(),
      limit: 10,
      now: now
    )
    #expect(work.plan?.lines.map(\.id).sorted() == ["b", "c"])
    #expect(work.plan?.flushed == mark)
  }
}

@Suite struct `A check of the database` {
  @Test func `finds nothing in one that a daemon has written`() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path(of: "nudged.db"))
    let scenario = Scenario(seed: 4)
    for arrival in scenario.history.arrivals {
      while try store.process([arrival.event], at: arrival.at, by: scenario.engine).hasMoreDue {}
    }
    let bad = try DatabaseCheck.run(store.path).filter { !$0.isGood }.map(\.law)
    // The rules of a scenario are never deployed.
    #expect(Set(bad).subtracting(["each decision names a rule set that is kept"]) == [])
  }

  @Test(arguments: [
    ("each row of timers belongs to a subject", "INSERT INTO timers VALUES (5, 999)"),
    (
      "each subject has the timer that it says, and no other",
      "INSERT INTO subjects (kind, subject, memory, due) VALUES ('user', 'ana', x'', 5)"
    ),
    (
      "each subject has the timer that it says, and no other",
      """
      INSERT INTO subjects (id, kind, subject, memory, due) VALUES (1, 'user', 'ana', x'', 5);
      INSERT INTO timers (due, subject) VALUES (5, 1), (4, 1)
      """
    ),
    (
      "each intervention on its way was decided",
      """
      INSERT INTO deliveries (id, channel, payload, created_at, expires_at, state, due, attempts, crashes)
      VALUES ('iv_1', 'email', '{}', 0, 0, 'pending', 0, 0, 0)
      """
    ),
    (
      "each delivery is in a state that there is",
      """
      INSERT INTO deliveries (id, channel, payload, created_at, expires_at, state, due, attempts, crashes)
      VALUES ('x', 'email', '{}', 0, 0, 'flying', 0, 0, 0)
      """
    ),
    (
      "a file has an open plan exactly while lines of it are in flight",
      "INSERT INTO file_outboxes VALUES ('tasks', 1, 90, 10, x'', NULL, NULL, NULL, NULL)"
    ),
    (
      "each deploy names a rule set that is kept",
      "INSERT INTO acts (at, kind, detail) VALUES (0, 'deployed', '7')"
    ),
  ])
  func `tells which law is broken`(law: String, breach: String) throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path(of: "nudged.db"))
    try store.write { database, _ in try database.execute(sql: breach) }
    let bad = try DatabaseCheck.run(store.path).filter { !$0.isGood }
    #expect(bad.map(\.law).contains(law))
    #expect(bad.allSatisfy { !$0.examples.isEmpty })
  }

  @Test func `says of a damaged file what SQLite says`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path(of: "nudged.db")
    try Store(path: path).close()
    let file = try FileHandle(forUpdating: URL(filePath: path))
    try file.seek(toOffset: 3 * 4096)
    try file.write(contentsOf: Data(repeating: 0x5A, count: 4096))
    try file.close()
    let findings = try DatabaseCheck.run(path)
    #expect(findings.count == 1)
    #expect(findings.first?.isGood == false)
  }
}
