import Foundation
import GRDB
import Glibc
import NudgeCore
import NudgeTesting
import Synchronization
import Testing

@testable import NudgeStore

private let now = Timestamp(millisecondsSinceEpoch: 1_772_442_000_000)

private func event(_ id: String, user: String = "ana") -> Event {
  .visit(id, of: user, at: now)
}

/// Lets commits fail while it is told to.
private final class CommitFailure: TransactionObserver {
  struct Refused: Error {}

  var isOn = true

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseWillCommit() throws { if isOn { throw Refused() } }
  func databaseDidCommit(_ database: Database) {}
  func databaseDidRollback(_ database: Database) {}
}

@Suite struct `A database that fails` {
  private let folder: TemporaryFolder
  private let store: Store
  private let engine = Scenario(seed: 0).engine

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
  }

  @Test func `is not used again once what was read makes no sense`() async throws {
    _ = try store.process((0..<300).map { event("e\($0)", user: "u\($0)") }, at: now, by: engine)
    try store.checkpoint(truncating: true)
    #expect(truncate(store.path, 4096) == 0)
    store.writer.inDatabase { $0.clearSchemaCache() }
    func isBroken(_ failure: Store.Failure?) -> Bool {
      if case .broken = failure { true } else { false }
    }
    let first = #expect(throws: Store.Failure.self) {
      for number in 0..<50 {
        _ = try store.process([event("x\(number)", user: "v\(number)")], at: now, by: engine)
        try store.checkpoint()
        _ = try store.integrityProblems()
        _ = try store.messageIDs()
      }
    }
    #expect(isBroken(first))
    #expect(!store.isSound)
    let second = await #expect(throws: Store.Failure.self) { try await store.heartbeat(at: now) }
    #expect(isBroken(second))
  }

  @Test func `says who keeps it from being written, and is written later`() async throws {
    _ = try store.process([event("first")], at: now, by: engine)
    var configuration = Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: store.path, configuration: configuration)
    try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    try await store.writer.writeWithoutTransaction { try Store.waitForLocks(false, $0) }
    let failure = await #expect(throws: Store.Failure.self) { try await store.heartbeat(at: now) }
    guard case .busy(let text) = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(text.contains("process \(getpid()) has kept it from being written"), "\(text)")
    try other.inDatabase { try $0.execute(sql: "COMMIT") }
    try await store.heartbeat(at: now)
    #expect(store.isSound)
  }

  @Test(arguments: [
    ("7: POSIX  ADVISORY  WRITE 4711 08:01:99 120 120", 4711),
    (
      "1: POSIX  ADVISORY  READ 12 08:01:99 123 123\n2: OFDLCK ADVISORY  WRITE 13 08:01:99 0 EOF",
      13
    ),
    ("1: POSIX  ADVISORY  READ 12 08:01:99 120 120", nil),
    ("1: POSIX  ADVISORY  WRITE 12 08:01:199 120 120", nil),
    ("1: -> POSIX  ADVISORY  WRITE 12 08:01:99 120 120", nil),
    ("1: POSIX  ADVISORY  WRITE 0 08:01:99 120 120", nil), ("", nil),
  ])
  func `knows the holder of a lock by the system's table`(table: String, process: Int32?) {
    #expect(WriteLock.holder(of: 99, in: table) == process)
  }

  @Test func `forgets what a commit that failed has left in memory`() throws {
    _ = try store.process([event("first")], at: now, by: engine)
    let failure = CommitFailure()
    store.writer.add(transactionObserver: failure, extent: .observerLifetime)
    #expect(throws: CommitFailure.Refused.self) {
      try store.process([event("lost"), event("new", user: "bo")], at: now, by: engine)
    }
    failure.isOn = false
    _ = try store.process([event("lost"), event("new", user: "bo")], at: now, by: engine)
    let other = try Store(path: folder.path(of: "other.db"))
    _ = try other.process([event("first")], at: now, by: engine)
    _ = try other.process([event("lost"), event("new", user: "bo")], at: now, by: engine)
    #expect(try store.dump() == (try other.dump()))
  }

  @Test func `has no room, says so, and has some again`() throws {
    try store.writer.writeWithoutTransaction { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      try database.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
    }
    let many = (0..<500).map { event("e\($0)", user: "u\($0)") }
    let failure = #expect(throws: Store.Failure.self) {
      try store.process(many, at: now, by: engine)
    }
    #expect(failure.map(store.isFull) == true)
    #expect(store.isSound)
    #expect(store.isDiskFull)
    try store.writer.writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA max_page_count = 1000000")
    }
    #expect(store.hasRoom())
    #expect(!store.isDiskFull)
    _ = try store.process(many, at: now, by: engine)
    #expect(try store.messageIDs().count == 500)
  }

  @Test func `keeps room while it runs, and gives it back`() throws {
    let ballast = store.path + ".ballast"
    #expect(store.keepRoom())
    #expect(try Data(contentsOf: URL(filePath: ballast)).count == Limits.ballastBytes)
    store.makeRoom()
    #expect(access(ballast, F_OK) != 0)
    #expect(store.hasRoom())
    #expect(access(ballast, F_OK) == 0)
    try store.close()
    #expect(access(ballast, F_OK) != 0)
  }
}

@Suite struct `The log of the database` {
  @Test func `is moved into the file by whoever writes, also when deliveries alone are settled`()
    async throws
  {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path(of: "nudged.db"))
    store.condition.withLock { $0.logLimit = 100 }
    for _ in 0..<200 {
      try await store.disable(channel: "email", at: now, answer: "gone")
      _ = try await store.enable(channel: "email", at: now)
    }
    let size = { (try? Data(contentsOf: URL(filePath: $0)).count) ?? 0 }
    #expect(size(store.path + "-wal") < 200 * 4096)
    #expect(size(store.path) > 4096)
    #expect(store.logBacklog == 0)
  }

  @Test func `is not moved over and over while a reader keeps it from beginning anew`() async throws
  {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path(of: "nudged.db"))
    store.condition.withLock { $0.logLimit = 10 }
    let reader = try StoreSnapshot(path: store.path)
    var moved: Set<Int> = []
    for second in 0..<60 {
      try await store.heartbeat(at: now + .seconds(second))
      moved.insert(store.condition.withLock { $0.logPages })
    }
    #expect(store.log.pages >= 60)
    #expect((2...8).contains(moved.count), "\(moved)")
    try reader.close()
  }

  @Test func `is told of when a reader keeps it from being moved`() async throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path(of: "nudged.db"))
    let reader = try StoreSnapshot(path: store.path)
    for second in 0..<5 { try await store.heartbeat(at: now + .seconds(second)) }
    #expect(try store.checkpoint() > 0)
    #expect(store.logBacklog > 0)
    try reader.close()
    try store.moveHeldLog()
    #expect(store.logBacklog == 0)
  }

  @Test func `is never written by a connection that reads`() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path(of: "nudged.db"))
    for configuration in [Store.reading("one"), Store.reading("two")] {
      let queue = try DatabaseQueue(path: store.path, configuration: configuration)
      let settings = try queue.read { database in
        try ["wal_autocheckpoint", "query_only"].map {
          try Int.fetchOne(database, sql: "PRAGMA \($0)")
        }
      }
      #expect(settings == [0, 1])
      #expect(throws: DatabaseError.self) {
        try queue.inDatabase { try $0.execute(sql: "DELETE FROM events") }
      }
    }
    let modes = try store.writer.inDatabase { database in
      try ["journal_mode", "synchronous", "wal_autocheckpoint"].map {
        try String.fetchOne(database, sql: "PRAGMA \($0)") ?? ""
      }
    }
    #expect(modes == ["wal", "2", "0"])
  }
}
