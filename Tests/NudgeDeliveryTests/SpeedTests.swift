import Foundation
import NudgeClient
import NudgeCore
import NudgeDelivery
import NudgeTesting
import Testing

/// The marks of `quality.md`, measured on demand: `NUDGED_BENCH=1 swift test -c release --filter SpeedTests`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["NUDGED_BENCH"] != nil), .serialized)
struct SpeedTests {
  private func rate(of count: Int, _ channel: DispatchChannel) async throws -> Double {
    let store = MemoryStore((0..<count).map { .sample("iv_\($0)", payload: Self.payload) })
    let (reports, reported) = AsyncStream.makeStream(of: Int.self)
    let dispatcher = Dispatcher(
      clock: ManualClock(now: Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)),
      store: store,
      channels: [channel]
    ) { report in
      if case .written(_, let lines) = report { reported.yield(lines) }
      if case .attempted = report { reported.yield(1) }
    }
    let begin = ContinuousClock.now
    try await withThrowingTaskGroup { group in
      group.addTask { try await dispatcher.run() }
      var done = 0
      for await more in reports {
        done += more
        if done >= count { break }
      }
      group.cancelAll()
      try await group.waitForAll()
    }
    #expect(store.all.allSatisfy { $0.isOver })
    return Double(count) / ((ContinuousClock.now - begin) / .seconds(1))
  }

  private static let payload = #"{"text":""# + String(repeating: "x", count: 800) + #""}"#

  @Test(arguments: [4, 16])
  func `webhooks leave at 2,000 a second and more`(concurrency: Int) async throws {
    let receiver = try LoopbackReceiver { _ in .answer(204) }
    let policy = AddressPolicy(
      allowedNetworks: [try #require(IPNetwork("127.0.0.0/8"))],
      allowsHTTP: true
    )
    let outbox = WebhookOutbox(
      exchange: HTTPExchange(policy: policy, connections: concurrency),
      url: try WebURL("http://127.0.0.1:\(receiver.port)/hook"),
      secrets: [try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    )
    let channel = WebhookChannel(
      name: "email",
      sender: outbox,
      pace: ChannelPace(concurrency: concurrency)
    )
    let rate = try await rate(of: 5000, .webhook(channel))
    print("webhook, \(concurrency) at a time: \(Int(rate))/s")
    #expect(rate >= 2000)
  }

  @Test func `file lines leave at 20,000 a second and more`() async throws {
    let folder = try TemporaryFolder()
    let outbox = FileOutbox(try FilePath(folder.path(of: "a.jsonl")))
    let rate = try await rate(of: 50_000, .file(FileChannel(name: "email", outbox: outbox)))
    print("file: \(Int(rate))/s")
    #expect(rate >= 20_000)
  }
}
