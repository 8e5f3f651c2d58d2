import NudgeClient
import NudgeCore
import NudgeDelivery
import NudgeTesting
import Synchronization
import Testing

private let start = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)

/// A sender that does what a test says.
struct ScriptedSender: DeliverySender {
  let script: @Sendable (Delivery) async -> Verdict

  func attempt(_ delivery: Delivery, now: Timestamp) async -> AttemptResult {
    AttemptResult(verdict: await script(delivery), answer: "answer of \(delivery.id)")
  }
}

extension Verdict {
  static let good = Verdict(fate: .delivered, health: .well)
  static let bad = Verdict(fate: .retry, health: .ill)
}

/// What a dispatcher reports, one after the other.
struct Reports: Sendable {
  let stream: AsyncStream<DispatchReport>

  func next() async -> DispatchReport? {
    for await report in stream { return report }
    return nil
  }
}

/// A dispatcher at work, and what it reports.
struct Bench {
  let clock = ManualClock(now: start)
  let store: MemoryStore
  let reports: Reports
  let dispatcher: Dispatcher

  init(_ store: MemoryStore, _ channels: [DispatchChannel]) {
    let (reports, reported) = AsyncStream.makeStream(of: DispatchReport.self)
    self.store = store
    self.reports = Reports(stream: reports)
    dispatcher = Dispatcher(
      clock: clock,
      store: store,
      channels: channels,
      random: SeededGenerator(seed: 1)
    ) { reported.yield($0) }
  }

  /// Runs until the test has seen what it wants.
  func run(_ body: (Reports) async throws -> Void) async throws {
    let dispatcher = dispatcher
    try await withThrowingTaskGroup { group in
      group.addTask { try await dispatcher.run() }
      try await body(reports)
      group.cancelAll()
      try await group.waitForAll()
    }
  }
}

func webhook(
  _ name: String = "email",
  breaker: Breaker.Settings? = nil,
  pace: ChannelPace = ChannelPace(),
  gate: RetryGate? = nil,
  _ script: @escaping @Sendable (Delivery) async -> Verdict
) -> DispatchChannel {
  .webhook(
    WebhookChannel(
      name: name,
      sender: ScriptedSender(script: script),
      breaker: breaker,
      pace: pace,
      gate: gate
    )
  )
}

/// Waits for as long as its task is not cancelled.
private func hang() async {
  let (stream, _) = AsyncStream.makeStream(of: Void.self)
  for await _ in stream {}
}

/// Whether something has ended; a class, since two tasks look at it.
private final class Ending: Sendable {
  let hasCome = Atomic(false)
}

@Suite struct DispatcherTests {
  @Test func `without channels it lasts until it is cancelled`() async throws {
    let ending = Ending()
    let dispatcher = Dispatcher(clock: ManualClock(now: start), store: MemoryStore(), channels: [])
    { _ in }
    try await withThrowingTaskGroup { group in
      group.addTask {
        try await dispatcher.run()
        ending.hasCome.store(true, ordering: .relaxed)
      }
      for _ in 0..<1000 { await Task.yield() }
      let hasEnded = ending.hasCome.load(ordering: .relaxed)
      #expect(!hasEnded)
      group.cancelAll()
      try await group.waitForAll()
    }
  }

  @Test func `what is committed is delivered when the dispatcher is woken`() async throws {
    let bench = Bench(MemoryStore(), [webhook { _ in .good }])
    try await bench.run { reports in
      for round in 0..<5 {
        bench.store.insert([.sample("iv_\(round)")])
        bench.dispatcher.wake()
        let expected = DispatchReport.attempted(
          channel: "email",
          id: "iv_\(round)",
          outcome: .delivered(at: start),
          answer: "answer of iv_\(round)"
        )
        #expect(await reports.next() == expected)
        #expect(bench.store["iv_\(round)"]?.state == .delivered(at: start))
      }
    }
  }

  @Test func `a delivery that fails is tried ten times at its instants and then dead`() async throws
  {
    let bench = Bench(MemoryStore([.sample("iv_1")]), [webhook { _ in .bad }])
    try await bench.run { reports in
      for attempts in 1...10 {
        guard case .attempted(_, _, let outcome, _) = await reports.next() else { return }
        #expect(bench.store["iv_1"]?.attempts == attempts)
        guard case .retried(let due) = outcome else {
          #expect(attempts == 10 && outcome == .died(at: bench.clock.now))
          return
        }
        bench.clock.advance(to: due)
      }
    }
    #expect(bench.store["iv_1"]?.attempts == 10)
  }

  @Test func `what has expired is not sent`() async throws {
    let late = Delivery.sample("iv_1", expiresAt: start)
    let bench = Bench(MemoryStore([late]), [webhook { _ in .good }])
    try await bench.run { reports in
      guard case .attempted(_, _, let outcome, _) = await reports.next() else { return }
      #expect(outcome == .expired(at: start))
    }
    #expect(bench.store["iv_1"]?.attempts == 0)
  }

  @Test func `a channel that hangs delays no other`() async throws {
    let hanging = (0..<1000).map { Delivery.sample("hang_\($0)", channel: "slow") }
    let good = (0..<1000).map { Delivery.sample("good_\($0)", channel: "fast") }
    let channels = [
      webhook("slow") { _ in
        await hang()
        return .bad
      },
      webhook("fast") { _ in .good },
    ]
    let bench = Bench(MemoryStore(hanging + good), channels)
    try await bench.run { reports in
      for _ in 0..<1000 {
        guard case .attempted("fast", _, .delivered, _) = await reports.next() else {
          Issue.record("another report")
          return
        }
      }
    }
    let waiting = bench.store.all.filter { $0.channel == "slow" }
    #expect(waiting.count { $0.state == .inFlight } == 4)
  }

  @Test(arguments: [1, 4, 16])
  func `never more are under way than the channel's concurrency`(concurrency: Int) async throws {
    let underWay = Mutex((now: 0, most: 0))
    let pace = ChannelPace(concurrency: concurrency)
    let channel = webhook(pace: pace) { _ in
      underWay.withLock { count in
        count.now += 1
        count.most = max(count.most, count.now)
      }
      await Task.yield()
      underWay.withLock { $0.now -= 1 }
      return .good
    }
    let bench = Bench(MemoryStore((0..<200).map { .sample("iv_\($0)") }), [channel])
    try await bench.run { reports in
      for _ in 0..<200 { _ = await reports.next() }
    }
    #expect(underWay.withLock { $0.most } <= concurrency)
    #expect(bench.store.all.allSatisfy { $0.isOver })
  }

  @Test func `retries get a quarter of the places while new ones keep coming`() async throws {
    let retries = (0..<100).map { number in
      Delivery.sample("retry_\(number)").claimed(now: start)?
        .settled(by: .retried(at: start))
    }.compactMap { $0 }
    let fresh = (0..<300).map { Delivery.sample("fresh_\($0)") }
    let channel = webhook(pace: ChannelPace(concurrency: 1)) { _ in .good }
    let bench = Bench(MemoryStore(retries + fresh), [channel])
    var kinds: [Bool] = []
    try await bench.run { reports in
      for _ in 0..<200 {
        guard case .attempted(_, let id, _, _) = await reports.next() else { return }
        kinds.append(id.hasPrefix("retry"))
      }
    }
    #expect((45...55).contains(kinds.count { $0 }))
  }

  @Test func `a breaker that opens holds the rest back until the probe succeeds`() async throws {
    let isWell = Mutex(false)
    let channel = webhook(breaker: Breaker.Settings(), pace: ChannelPace(concurrency: 1)) { _ in
      isWell.withLock { $0 } ? .good : .bad
    }
    let bench = Bench(MemoryStore((0..<20).map { .sample("iv_\($0)") }), [channel])
    try await bench.run { reports in
      for _ in 0..<5 { _ = await reports.next() }
      #expect(await reports.next() == .breaker(channel: "email", isOpen: true))
      isWell.withLock { $0 = true }
      bench.clock.advance(by: .seconds(30))
      guard case .attempted(_, _, .delivered, _) = await reports.next() else { return }
      #expect(await reports.next() == .breaker(channel: "email", isOpen: false))
      for _ in 0..<19 { _ = await reports.next() }
    }
    #expect(bench.store.all.allSatisfy { $0.isOver })
  }

  @Test func `a pause is kept, and then work goes on`() async throws {
    let until = start + .seconds(60)
    let isFirst = Mutex(true)
    let channel = webhook(pace: ChannelPace(concurrency: 1)) { _ in
      let pauses = isFirst.withLock { isFirst in
        defer { isFirst = false }
        return isFirst
      }
      return pauses ? Verdict(fate: .retry, effect: .pause(until: until), health: .ill) : .good
    }
    let bench = Bench(MemoryStore([.sample("iv_1"), .sample("iv_2")]), [channel])
    try await bench.run { reports in
      _ = await reports.next()
      #expect(await reports.next() == .paused(channel: "email", until: until))
      #expect(bench.store["iv_2"]?.state == .pending(due: .distantPast))
      bench.clock.advance(to: until)
      for _ in 0..<2 { _ = await reports.next() }
    }
    #expect(bench.store.all.allSatisfy { $0.state == .delivered(at: until) })
  }

  @Test func `410 disables the channel and keeps its deliveries`() async throws {
    let channel = webhook(pace: ChannelPace(concurrency: 1)) { _ in
      Verdict(fate: .retry, effect: .disable, health: .ill)
    }
    let bench = Bench(MemoryStore([.sample("iv_1"), .sample("iv_2")]), [channel])
    try await bench.run { reports in
      _ = await reports.next()
      #expect(await reports.next() == .disabled(channel: "email"))
    }
    #expect(bench.store.disabled == ["email"])
    #expect(bench.store["iv_2"]?.state == .pending(due: .distantPast))
  }

  @Test func `a channel that is enabled again sends what waited`() async throws {
    let bench = Bench(
      MemoryStore([.sample("iv_1")]),
      [webhook { $0.attempts == 0 ? Verdict(fate: .retry, effect: .disable, health: .ill) : .good }]
    )
    try await bench.run { reports in
      guard case .attempted(_, _, .retried(let due), _) = await reports.next() else {
        Issue.record("not tried")
        return
      }
      #expect(await reports.next() == .disabled(channel: "email"))
      bench.clock.advance(to: due)
      bench.dispatcher.enable("email")
      guard case .attempted(_, _, .delivered, _) = await reports.next() else {
        Issue.record("not sent")
        return
      }
    }
  }

  @Test func `cancelled, it leaves what is under way in flight`() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let channel = webhook { _ in
      arrived.yield()
      await hang()
      return .bad
    }
    let bench = Bench(MemoryStore([.sample("iv_1")]), [channel])
    try await bench.run { _ in
      for await _ in arrivals { break }
    }
    let left = try #require(bench.store["iv_1"])
    #expect(left.state == .inFlight)
    #expect(left.recovered(now: start, isCrash: false).state == .pending(due: start))
  }

  @Test func `five crashes with the same delivery in flight make it a dead letter`() throws {
    var delivery = Delivery.sample("iv_1")
    for crash in 1...5 {
      delivery = try #require(delivery.claimed(now: start)).recovered(now: start, isCrash: true)
      #expect(delivery.crashes == crash)
    }
    #expect(delivery.state == .dead(at: start))
    #expect(delivery.revived(now: start)?.state == .pending(due: start))
  }
}

@Suite struct EndToEndTests {
  @Test func `a receiver gets signed messages, and failures come again`() async throws {
    let receiver = try LoopbackReceiver { $0.index == 0 ? .answer(500) : .answer(204) }
    let policy = AddressPolicy(
      allowedNetworks: [try #require(IPNetwork("127.0.0.0/8"))],
      allowsHTTP: true
    )
    let outbox = WebhookOutbox(
      exchange: HTTPExchange(policy: policy),
      url: try WebURL("http://127.0.0.1:\(receiver.port)/hook"),
      secrets: [try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")],
      headers: [HeaderField("x-api-key", "k"), HeaderField("User-Agent", "me")]
    )
    let bench = Bench(
      MemoryStore([.sample("iv_1")]),
      [.webhook(WebhookChannel(name: "email", sender: outbox))]
    )
    try await bench.run { reports in
      guard case .attempted(_, _, .retried(let due), "500 ") = await reports.next() else {
        Issue.record("no retry")
        return
      }
      bench.clock.advance(to: due)
      _ = await reports.next()
    }
    let requests = receiver.requests
    #expect(requests.count == 2 && requests[0].body == requests[1].body)
    #expect(requests.allSatisfy { $0.headers["webhook-id"] == "iv_1" })
    #expect(requests[0].headers["user-agent"] == "me" && requests[0].headers["x-api-key"] == "k")
    #expect(requests[0].headers["content-type"] == "application/json")
    #expect(requests[0].headers["webhook-timestamp"] == "1700000000")
    #expect(requests[0].headers["webhook-signature"]?.hasPrefix("v1,") == true)
  }

  @Test func `a payload over 20 kB is a dead letter and never sent`() async throws {
    let outbox = WebhookOutbox(
      exchange: HTTPExchange(policy: AddressPolicy()),
      url: try WebURL("https://a.invalid/"),
      secrets: []
    )
    let large = Delivery.sample("iv_1", payload: String(repeating: " ", count: 20_001))
    let result = await outbox.attempt(large, now: start)
    #expect(result.verdict.fate == .dead)
  }

  @Test func `a file gets its lines, and an edit begins a new segment`() async throws {
    let folder = try TemporaryFolder()
    let outbox = FileOutbox(try FilePath(folder.path(of: "tasks.jsonl")))
    let bench = Bench(MemoryStore(), [.file(FileChannel(name: "email", outbox: outbox))])
    try await bench.run { reports in
      bench.store.insert((0..<2500).map { .sample("iv_\($0)") })
      bench.dispatcher.wake()
      var lines = 0
      while lines < 2500, case .written(_, let count) = await reports.next() { lines += count }
      #expect(try folder.read("tasks.jsonl").split(separator: "\n").count == 2500)
      try folder.write("mine", to: "tasks.jsonl")
      bench.store.insert([.sample("last")])
      bench.dispatcher.wake()
      guard case .alarm("email", .shorter) = await reports.next() else {
        Issue.record("no alarm")
        return
      }
      #expect(await reports.next() == .written(channel: "email", lines: 1))
    }
    #expect(try folder.read("tasks.jsonl") == "{\"id\":\"last\"}\n")
    #expect(try folder.read("tasks-000001.jsonl") == "mine")
  }

  @Test func `a disk that refuses is tried again`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("a file where the folder should be", to: "out")
    let outbox = FileOutbox(try FilePath(folder.path(of: "out/tasks.jsonl")))
    let bench = Bench(
      MemoryStore([.sample("iv_1")]),
      [.file(FileChannel(name: "email", outbox: outbox))]
    )
    try await bench.run { reports in
      for seconds in [1, 2, 4] {
        guard case .fileFailed(_, _, let retryAt) = await reports.next() else {
          Issue.record("not tried again")
          return
        }
        #expect(retryAt == bench.clock.now + .seconds(seconds))
        bench.clock.advance(to: retryAt)
      }
    }
  }

  @Test func `a disk that refuses is tried again although an earlier bell rings before`()
    async throws
  {
    let folder = try TemporaryFolder()
    try folder.write("a file where the folder should be", to: "out")
    let outbox = FileOutbox(try FilePath(folder.path(of: "out/tasks.jsonl")))
    let bench = Bench(MemoryStore(), [.file(FileChannel(name: "email", outbox: outbox))])
    let begin = bench.clock.now
    try await bench.run { reports in
      bench.store.insert([.sample("iv_1", due: begin + .milliseconds(500))])
      bench.dispatcher.wake()
      await bench.clock.isAwaited(begin + .milliseconds(500))
      bench.store.insert([.sample("iv_2")])
      bench.dispatcher.wake()
      guard case .fileFailed(_, _, begin + .seconds(1)) = await reports.next() else {
        Issue.record("not refused")
        return
      }
      bench.clock.advance(to: begin + .milliseconds(500))
      await bench.clock.isAwaited(begin + .seconds(1))
      bench.clock.advance(to: begin + .seconds(1))
      guard case .fileFailed = await reports.next() else {
        Issue.record("not tried again")
        return
      }
    }
  }
}

extension ManualClock {
  /// Waits until somebody waits for an instant, and tells when nobody does.
  fileprivate func isAwaited(_ instant: Timestamp) async {
    for _ in 0..<1_000_000 where !awaited.contains(instant) { await Task.yield() }
    #expect(awaited.contains(instant))
  }
}
