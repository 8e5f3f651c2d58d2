import GRDB
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeStore

/// A store beside the plainest of models: the set of the ids that it was given.
private struct Mailbag {
  let folder: TemporaryFolder
  private var store: Store
  private let engine: Engine
  private var now = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)
  private(set) var taken: [String] = []
  private var generator: SeededGenerator

  init(seed: UInt64) throws {
    generator = SeededGenerator(seed: seed)
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
    store.desk.messagesTogether = 5
    engine = Scenario(seed: seed).engine
  }

  /// Sends some messages, many of them again.
  mutating func send() throws {
    let ids = (0..<Int.random(in: 1...9, using: &generator)).map { _ in
      "m\(Int.random(in: 0..<60, using: &generator))"
    }
    now = now + .seconds(1)
    let events = ids.map { id in
      Event(
        messageID: id,
        kind: .track,
        userID: "u\(ids.count)",
        name: "Visited",
        timestamp: now,
        receivedAt: now
      )
    }
    let fresh = ids.reduce(into: [String]()) { fresh, id in
      if !taken.contains(id) && !fresh.contains(id) { fresh.append(id) }
    }
    while true {
      let processed = try store.process(events, at: now, by: engine)
      guard !processed.hasMoreDue else { continue }
      #expect(processed.repeated == ids.count - fresh.count)
      break
    }
    taken += fresh
  }

  /// Takes out what came first, so that it may come again.
  mutating func forgetTheFirst() throws {
    let count = Int.random(in: 0..<4, using: &generator)
    try store.write { database, desk in
      try database.execute(
        sql:
          "DELETE FROM events WHERE sequence IN (SELECT sequence FROM events ORDER BY sequence LIMIT ?)",
        arguments: [min(count, max(0, taken.count - 1))]
      )
      desk.messages = nil
    }
    taken.removeFirst(min(count, max(0, taken.count - 1)))
  }

  /// As after a crash: nothing is closed, another store opens the file.
  mutating func reopen() throws {
    store = try Store(path: folder.path(of: "nudged.db"))
    store.desk.messagesTogether = 5
  }

  /// A transaction that fails leaves nothing behind.
  mutating func fail() throws {
    struct Failed: Error {}
    let event = Event(
      messageID: "failed",
      kind: .track,
      userID: "u",
      name: "Visited",
      timestamp: now,
      receivedAt: now
    )
    #expect(throws: Failed.self) {
      try store.write { database, desk in
        _ = try store.process([event], [], at: now, by: engine, database, desk)
        throw Failed()
      }
    }
  }

  func check() throws {
    #expect(try store.messageIDs() == taken)
    let laws = try DatabaseCheck.run(store.path).filter { $0.law.contains("message") }
    #expect(laws.count == 2)
    #expect(laws.allSatisfy { $0.isGood }, "\(laws)")
  }

  mutating func step() throws {
    switch Int.random(in: 0..<12, using: &generator) {
    case 0: try reopen()
    case 1: try forgetTheFirst()
    case 2: try fail()
    default: try send()
    }
  }
}

@Suite struct `A messageId` {
  @Test(arguments: Scenario.seeds(30, costing: 3))
  func `counts once while its event is kept, whatever happens meanwhile`(seeds: Seeds) {
    seeds.each { seed in
      var bag = try Mailbag(seed: seed)
      for _ in 0..<60 { try bag.step() }
      try bag.check()
    }
  }

  @Test func `is another when its bytes are others`() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path(of: "nudged.db"))
    let now = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)
    let events = ["\u{E9}", "e\u{301}", "\u{E9}"].map { id in
      Event(
        messageID: id,
        kind: .track,
        userID: "ana",
        name: "Visited",
        timestamp: now,
        receivedAt: now
      )
    }
    let processed = try store.process(events, at: now, by: Scenario(seed: 1).engine)
    #expect(processed.taken == [.track: 2])
    #expect(processed.repeated == 1)
  }

  @Test func `is found by its beginning wherever it is kept`() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.path(of: "nudged.db"))
    store.desk.messagesTogether = 4
    let now = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)
    let engine = Scenario(seed: 1).engine
    for number in 10..<20 {
      let event = Event(
        messageID: "m\(number)",
        kind: .track,
        userID: "ana",
        name: "Visited",
        timestamp: now,
        receivedAt: now
      )
      _ = try store.process([event], at: now, by: engine)
    }
    let indexed = try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM message_ids") }
    #expect((1..<10).contains(indexed ?? 0))
    let snapshot = try StoreSnapshot(path: store.path)
    func found(_ id: String) throws -> String? {
      try snapshot.read { try HistoryReader(database: $0).event(id)?.event.messageID }
    }
    for id in (10..<20).map({ "m\($0)" }) { #expect(try found(id) == id) }
    #expect(try found("m1") == nil)
    #expect(try found("m2") == nil)
    try snapshot.close()
  }
}
