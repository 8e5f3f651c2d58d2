import GRDB
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeStore

/// A store beside the plainest of models: a list of the ids that it was given, with those who sent them.
private struct Mailbag {
  private struct Letter {
    let id: String
    let sender: String
  }

  private let folder: TemporaryFolder
  private var store: Store
  private let engine: Engine
  private var now = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)
  private var taken: [Letter] = []
  private var generator: SeededGenerator

  init(seed: UInt64) throws {
    generator = SeededGenerator(seed: seed)
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
    store.desk.messagesTogether = 5
    engine = Scenario(seed: seed).engine
  }

  mutating func step() throws {
    now = now + .seconds(1)
    switch Int.random(in: 0..<16, using: &generator) {
    case 0, 1: try reopen()
    case 2: try dropTheOld()
    case 3: try erase()
    case 4: try fail()
    default: try send()
    }
  }

  /// Sends some messages, many of them again.
  private mutating func send() throws {
    let sender = "u\(Int.random(in: 0..<4, using: &generator))"
    let letters = (0..<Int.random(in: 1...9, using: &generator)).map { _ in
      Letter(id: "m\(Int.random(in: 0..<60, using: &generator))", sender: sender)
    }
    let before = taken.count
    for letter in letters where !taken.contains(where: { $0.id == letter.id }) {
      taken.append(letter)
    }
    let events = letters.map { Event.visit($0.id, of: sender, at: now) }
    var processed = try store.process(events, at: now, by: engine)
    while processed.hasMoreDue { processed = try store.process(events, at: now, by: engine) }
    #expect(processed.repeated == letters.count - (taken.count - before))
  }

  /// Drops what is older than a day, so that it may come again; the last event stays.
  private mutating func dropTheOld() throws {
    now = now.adding(milliseconds: 2 * 86_400_000)
    while try store.dropEvents(Retention(eventDays: 1, decisionDays: 1), at: now) {}
    taken = taken.suffix(1)
  }

  /// Erases whoever sent last, so that their ids and places in the log may come again.
  private mutating func erase() throws {
    guard let sender = taken.last?.sender else { return }
    let key = [UInt8](repeating: 7, count: 32)
    _ = try store.erase(sender, by: engine, at: now, newKey: key, operator: "ana")
    taken.removeAll { $0.sender == sender }
  }

  /// As after a crash: nothing is closed, another store opens the file.
  private mutating func reopen() throws {
    store = try Store(path: folder.path(of: "nudged.db"))
    store.desk.messagesTogether = 5
  }

  /// A transaction that fails leaves nothing behind.
  private func fail() throws {
    struct Failed: Error {}
    #expect(throws: Failed.self) {
      try store.write { database, desk in
        let event = Event.visit("failed", of: "u0", at: now)
        _ = try store.process([event], [], at: now, by: engine, database, desk)
        throw Failed()
      }
    }
  }

  func check() throws {
    #expect(try store.messageIDs() == taken.map(\.id))
    let laws = try DatabaseCheck.run(store.path).filter { $0.law.contains("message") }
    #expect(laws.count == 2)
    #expect(laws.allSatisfy { $0.isGood }, "\(laws)")
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
      Event.visit(id, of: "ana", at: now)
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
      let event = Event.visit("m\(number)", of: "ana", at: now)
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
