import NudgeClient
import NudgeCore
import NudgeDelivery
import NudgeTesting
import Testing

private let start = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)

@Suite struct `A retry that may not go out` {
  @Test func `waits until it may, and no attempt is counted`() async throws {
    let morning = start + .seconds(3600)
    let gate: RetryGate = { delivery, now in
      #expect(delivery.isRetry)
      return now < morning ? .held(until: morning) : .granted
    }
    let channel = webhook(gate: gate) { $0.attempts == 0 ? .bad : .good }
    let bench = Bench(MemoryStore([.sample("iv_1")]), [channel])
    try await bench.run { reports in
      guard case .attempted(_, _, .retried(let due), _) = await reports.next() else { return }
      bench.clock.advance(to: due)
      guard case .attempted(_, _, let outcome, _) = await reports.next() else { return }
      #expect(outcome == .released(due: morning))
      #expect(bench.store["iv_1"]?.attempts == 1)
      bench.clock.advance(to: morning)
      _ = await reports.next()
    }
    #expect(bench.store["iv_1"]?.state == .delivered(at: morning))
  }

  @Test func `ends when it may not go out any more`() async throws {
    let gate: RetryGate = { _, _ in .cancelled(reason: "unsubscribed") }
    let channel = webhook(gate: gate) { _ in .bad }
    let bench = Bench(MemoryStore([.sample("iv_1")]), [channel])
    try await bench.run { reports in
      guard case .attempted(_, _, .retried(let due), _) = await reports.next() else { return }
      bench.clock.advance(to: due)
      _ = await reports.next()
    }
    let delivery = try #require(bench.store["iv_1"])
    #expect(delivery.state == .cancelled(at: bench.clock.now) && delivery.attempts == 1)
    #expect(delivery.lastAnswer == "unsubscribed")
    #expect(delivery.revived(now: start) == nil)
  }

  @Test func `leaves the probe of a breaker to the next one`() async throws {
    let gate: RetryGate = { delivery, now in
      delivery.id == "iv_1" ? .held(until: .never) : .granted
    }
    let channel = webhook(
      breaker: Breaker.Settings(failures: 1),
      pace: ChannelPace(concurrency: 1),
      gate: gate
    ) { $0.attempts == 0 ? .bad : .good }
    let store = MemoryStore([.sample("iv_1")])
    let bench = Bench(store, [channel])
    try await bench.run { reports in
      _ = await reports.next()
      _ = await reports.next()
      bench.clock.advance(to: start + .seconds(60))
      guard case .attempted(_, "iv_1", .released, _) = await reports.next() else {
        Issue.record("not held")
        return
      }
      store.insert([.sample("iv_2")])
      bench.dispatcher.wake()
      guard case .attempted(_, "iv_2", .retried, _) = await reports.next() else {
        Issue.record("the breaker waits for a probe that was never sent")
        return
      }
    }
  }
}

@Suite struct `A call in a channel's own form` {
  private func outbox(_ receiver: LoopbackReceiver) throws -> WebhookOutbox {
    let policy = AddressPolicy(
      allowedNetworks: [try #require(IPNetwork("127.0.0.0/8"))],
      allowsHTTP: true
    )
    return WebhookOutbox(
      exchange: HTTPExchange(policy: policy),
      url: try WebURL("http://127.0.0.1:\(receiver.port)/hook"),
      secrets: [],
      headers: [HeaderField("x-api-key", "k")]
    )
  }

  private func delivery(_ request: ChannelRequest) -> Delivery {
    Delivery(
      id: "iv_1",
      channel: "email",
      payload: Array("{}".utf8),
      request: request,
      expiresAt: .never,
      state: .inFlight,
      attempts: 0,
      crashes: 0,
      lastAnswer: nil
    )
  }

  @Test func `has its body, its headers and those of the settings`() async throws {
    let receiver = try LoopbackReceiver { _ in .answer(204) }
    let body = JSONText(wellFormed: Array(#"{"a": 1}"#.utf8))
    let request = ChannelRequest.ready(body: body, headers: [.init("Idempotency-Key", "iv_1")])
    #expect(ChannelRequest(kept: request.json) == request)
    _ = try await outbox(receiver).attempt(delivery(request), now: start)
    let arrived = try #require(receiver.requests.first)
    #expect(arrived.body == body.bytes && arrived.headers["idempotency-key"] == "iv_1")
    #expect(arrived.headers["x-api-key"] == "k")
  }

  @Test func `is not made when its template failed`() async throws {
    let receiver = try LoopbackReceiver { _ in .answer(204) }
    let request = ChannelRequest.failed(reason: "it is no JSON")
    #expect(ChannelRequest(kept: request.json) == request)
    let result = try await outbox(receiver).attempt(delivery(request), now: start)
    #expect(result.verdict.fate == .dead && result.answer == "it is no JSON")
    #expect(receiver.requests.isEmpty)
  }
}
