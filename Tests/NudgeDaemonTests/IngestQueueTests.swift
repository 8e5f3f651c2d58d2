import NudgeCore
import NudgeTesting
import NudgeWeb
import NudgeWire
import Testing

@testable import NudgeDaemon

@Suite struct `The writer's queue` {
  @Test func `is waited for in quiet again after each ring`() async {
    let queue = IngestQueue()
    let clock = ManualClock(now: Timestamp(millisecondsSinceEpoch: 0))
    for _ in 0..<3 {
      queue.ring()
      await queue.wait(until: .never, by: clock)
      #expect(!queue.isRung, "the sleeper that was woken must not ring")
    }
  }

  @Test func `wakes the writer for a beat, and gives it nothing to decide`() async {
    let queue = IngestQueue()
    queue.beat {}
    await queue.wait(until: .never, by: ManualClock(now: Timestamp(millisecondsSinceEpoch: 0)))
    let work = queue.next()
    #expect(work.beats.count == 1 && work.isEmpty)
    #expect(queue.next().beats.isEmpty)
  }

  @Test func `sends away whoever waits, or comes, when nobody takes anything any more`() async {
    let queue = IngestQueue()
    let now = Timestamp(millisecondsSinceEpoch: 0)
    let nothing = WireBatch(events: [])
    async let waiting = queue.take(nothing, receivedAt: now)
    while queue.depth == 0 { await Task.yield() }
    queue.run {}
    #expect(queue.close().count == 1)
    #expect(await waiting == .stopping)
    #expect(await queue.take(nothing, receivedAt: now) == .stopping)
    #expect(!queue.run {})
  }
}
