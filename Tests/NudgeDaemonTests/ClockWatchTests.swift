import Logging
import NudgeCore
import NudgeStore
import NudgeTesting
import Testing

@testable import NudgeDaemon

private let noon = Timestamp(millisecondsSinceEpoch: 1_773_057_600_000)
private let day = Duration.seconds(86_400)

@Suite struct `A watch over the clock` {
  private let folder: TemporaryFolder
  private let clock = ManualClock(now: noon)
  private let store: Store
  private let outbox: OutboxService
  private let watch: ClockWatch

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
    outbox = OutboxService(clock: clock, store: store, channels: []) { _ in }
    let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    watch = ClockWatch(clock: clock, store: store, outbox: outbox, logger: silence)
  }

  @Test func `holds what is to be sent while the clock is before what is stored`() async throws {
    try await store.heartbeat(at: noon + .seconds(299))
    try watch.look()
    #expect(watch.seen == .trusted && !outbox.isHeld)
    try await store.heartbeat(at: noon + .seconds(301))
    try watch.look()
    #expect(watch.seen.lag == .seconds(301) && outbox.isHeld)
    clock.advance(by: .seconds(10))
    try watch.look()
    #expect(watch.seen == .trusted && !outbox.isHeld)
  }

  @Test func `holds it again at a second lag, once the clock has caught up after a first one`()
    async throws
  {
    try await store.heartbeat(at: noon + day * 2)
    #expect(try watch.confirm().lag == day * 2)
    #expect(watch.seen == .trusted && !outbox.isHeld)
    clock.advance(by: day * 2)
    try watch.look()
    try await store.heartbeat(at: noon + day * 3)
    try watch.look()
    #expect(watch.seen.lag == day && outbox.isHeld)
  }

  @Test func `holds it when a lag grows that was confirmed`() async throws {
    try await store.heartbeat(at: noon + day * 2)
    _ = try watch.confirm()
    try await store.heartbeat(at: noon + day * 2 + .seconds(60))
    try watch.look()
    #expect(!outbox.isHeld)
    try await store.heartbeat(at: noon + day * 5)
    try watch.look()
    #expect(outbox.isHeld)
  }
}

@Suite struct `The moments of what is done again and again` {
  @Test(arguments: [
    (0, 60, 60), (59, 60, 60), (60, 60, 120), (61, 15, 75), (14, 15, 15), (31, 30, 60),
  ])
  func `are the same for all rhythms that go into one another`(gone: Int, every: Int, next: Int) {
    #expect(
      Pulse.moment(after: .seconds(gone) + .milliseconds(1), every: .seconds(every))
        == .seconds(next)
    )
  }
}
