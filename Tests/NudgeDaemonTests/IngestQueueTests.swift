import NudgeCore
import NudgeTesting
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
}
