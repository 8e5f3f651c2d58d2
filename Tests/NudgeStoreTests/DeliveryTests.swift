import GRDB
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeStore

private let now = Timestamp(millisecondsSinceEpoch: 1_772_323_200_000)

/// A store with deliveries on one channel, as decisions leave them.
private struct Shelf {
  private let folder: TemporaryFolder
  private(set) var store: Store
  let channel = "email"

  init(_ ids: [String], expiresAt: Timestamp = .never) throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
    for id in ids { try insert(id, due: now, expiresAt: expiresAt) }
  }

  func insert(
    _ id: String,
    due: Timestamp,
    expiresAt: Timestamp = .never,
    attempts: Int = 0
  )
    throws
  {
    try store.write { database, _ in
      try database.execute(
        sql: """
          INSERT INTO deliveries (id, channel, payload, created_at, expires_at, state, due, attempts, crashes)
          VALUES (?, ?, ?, ?, ?, 'pending', ?, ?, 0)
          """,
        arguments: [
          id, channel, #"{"id":"\#(id)"}"#, now.millisecondsSinceEpoch,
          expiresAt.millisecondsSinceEpoch, due.millisecondsSinceEpoch, attempts,
        ]
      )
    }
  }

  mutating func reopen() throws {
    store = try Store(path: folder.path(of: "nudged.db"))
  }

  func claim(
    _ limit: Int,
    retriesFirst: Int = 0,
    settling settled: [Delivery] = [],
    at instant: Timestamp = now
  ) async throws -> ClaimedBatch {
    let claim = ClaimRequest(
      channel: channel,
      limit: limit,
      retriesFirst: retriesFirst,
      now: instant
    )
    return try await store.settle(settled, thenClaim: claim)
  }

  func plan(limit: Int = 10, rotation: FileRotation = FileRotation()) async throws -> FilePlan? {
    try await store.planFile(channel: channel, rotation: rotation, limit: limit, now: now).plan
  }

  func states() throws -> [String: Delivery.State] {
    Dictionary(uniqueKeysWithValues: try store.allDeliveries().map { ($0.id, $0.state) })
  }
}

@Suite struct `Stored deliveries` {
  @Test func `are claimed once, in the order in which they are due`() async throws {
    let shelf = try Shelf(["a", "b", "c"])
    try shelf.insert("early", due: now - .seconds(5))
    try shelf.insert("later", due: now + .seconds(5))
    let first = try await shelf.claim(2)
    #expect(first.deliveries.map(\.id) == ["early", "a"])
    #expect(first.deliveries.allSatisfy { $0.state == .inFlight })
    #expect(first.nextDue == now)
    let second = try await shelf.claim(9)
    #expect(second.deliveries.map(\.id) == ["b", "c"])
    #expect(second.nextDue == now + .seconds(5))
    #expect(try await shelf.claim(9).deliveries == [])
  }

  @Test func `are settled and claimed in one step, whatever came of them`() async throws {
    let shelf = try Shelf(["a", "b", "c", "d", "e"])
    let claimed = try await shelf.claim(5).deliveries
    let outcomes: [Delivery.Outcome] = [
      .delivered(at: now), .retried(at: now + .seconds(9)), .expired(at: now), .died(at: now),
      .released(due: now),
    ]
    let settled = zip(claimed, outcomes).map { $0.settled(by: $1, answer: "200") }
    let next = try await shelf.claim(5, settling: settled)
    #expect(next.deliveries.map(\.id) == ["e"])
    #expect(next.nextDue == now + .seconds(9))
    let stored = try shelf.store.allDeliveries()
    #expect(stored.prefix(4) == settled.prefix(4))
    #expect(stored.map(\.attempts) == [1, 1, 0, 1, 0])
  }

  @Test(arguments: [
    (4, 0, ["f0", "f1", "f2", "r0"]), (4, 1, ["r0", "f0", "f1", "f2"]),
    (3, 2, ["r0", "r1", "f0"]), (9, 1, ["r0", "f0", "f1", "f2", "r1", "r2"]), (0, 0, []),
  ])
  func `leave retries their share`(limit: Int, share: Int, expected: [String]) async throws {
    let shelf = try Shelf([])
    for place in 0..<3 {
      try shelf.insert("r\(place)", due: now - .seconds(60 - place), attempts: 1)
      try shelf.insert("f\(place)", due: now - .seconds(30 - place))
    }
    let claimed = try await shelf.claim(limit, retriesFirst: share)
    #expect(claimed.deliveries.map(\.id) == expected)
  }

  @Test func `that come too late are ended, not handed out`() async throws {
    let shelf = try Shelf(["late"], expiresAt: now)
    try shelf.insert("good", due: now, expiresAt: now + .seconds(1))
    #expect(try await shelf.claim(9).deliveries.map(\.id) == ["good"])
    #expect(try shelf.states()["late"] == .expired(at: now))
  }

  @Test(arguments: [(false, 9, 0), (true, 4, 4)])
  func `in flight are pending after a start, and counted as lost after a crash`(
    isCrash: Bool,
    times: Int,
    crashes: Int
  ) async throws {
    var shelf = try Shelf(["a"])
    for _ in 0..<times {
      #expect(try await shelf.claim(1).deliveries.map(\.id) == ["a"])
      try shelf.reopen()
      try shelf.store.recoverDeliveries(channels: [shelf.channel], at: now, isCrash: isCrash)
    }
    let delivery = try #require(try shelf.store.allDeliveries().first)
    #expect(delivery.state == .pending(due: now))
    #expect(delivery.crashes == crashes)
  }

  @Test func `that too many daemons died with are given up`() async throws {
    let shelf = try Shelf(["a"])
    for _ in 0..<Delivery.maximumCrashes {
      _ = try await shelf.claim(1)
      try shelf.store.recoverDeliveries(channels: [shelf.channel], at: now, isCrash: true)
    }
    #expect(try shelf.states() == ["a": .dead(at: now)])
  }

  @Test func `of a channel that is switched off are told by its name`() async throws {
    let shelf = try Shelf([])
    try await shelf.store.disable(channel: "email", at: now, answer: "410")
    try await shelf.store.disable(channel: "email", at: now, answer: "410 again")
    #expect(try shelf.store.disabledChannels() == ["email"])
  }
}

@Suite struct `A stored file plan` {
  private func mark(at plan: FilePlan) -> FileMark {
    FileMark(length: plan.end, tailDigest: Digest.sha256([1]))
  }

  @Test func `is the same again until it is settled, over crashes too`() async throws {
    var shelf = try Shelf(["a", "b", "c"])
    let plan = try #require(try await shelf.plan(limit: 2))
    #expect(plan.lines.map(\.id) == ["a", "b"])
    try shelf.reopen()
    #expect(try await shelf.plan() == plan)
    try await shelf.store.settleFile(channel: shelf.channel, mark: mark(at: plan), now: now)
    #expect(try shelf.states()["a"] == .delivered(at: now))
    let next = try #require(try await shelf.plan())
    #expect(next.lines.map(\.id) == ["c"])
    #expect(next.flushed == mark(at: plan))
    #expect(next.lines.first?.offset == plan.end)
  }

  @Test func `is given up when somebody edited the file, and its lines wait again`() async throws {
    let shelf = try Shelf(["a", "b"])
    let plan = try #require(try await shelf.plan(limit: 1))
    try await shelf.store.restartFile(channel: shelf.channel, now: now)
    #expect(try shelf.states()["a"] == .pending(due: now))
    let next = try #require(try await shelf.plan())
    #expect(next.segment == plan.segment + 1)
    #expect(next.displaced == DisplacedSegment(number: plan.segment, mark: nil))
    #expect(next.flushed == .beginning)
    #expect(next.lines.map(\.id) == ["a", "b"])
  }

  @Test func `begins a segment when the last one is full`() async throws {
    let shelf = try Shelf(["a", "b"])
    let tiny = FileRotation(bytes: 1)
    let first = try #require(try await shelf.plan(rotation: tiny))
    try await shelf.store.settleFile(channel: shelf.channel, mark: mark(at: first), now: now)
    let second = try #require(try await shelf.plan(rotation: tiny))
    #expect([first.segment, second.segment] == [1, 2])
    #expect(second.displaced == DisplacedSegment(number: 1, mark: mark(at: first)))
  }

  @Test func `leaves out what comes too late`() async throws {
    let shelf = try Shelf(["late"], expiresAt: now)
    #expect(try await shelf.plan() == nil)
    #expect(try shelf.states() == ["late": .expired(at: now)])
  }
}
