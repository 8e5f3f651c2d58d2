import NudgeCore
import Synchronization
import Testing

@testable import NudgeDaemon

private let noon = Timestamp(millisecondsSinceEpoch: 1_773_057_600_000)

struct `The system's clock` {
  @Test func `shows a time of this century`() {
    #expect(SystemClock().now > noon.adding(milliseconds: -86_400_000 * 365))
  }

  @Test(arguments: [Int64(0), -5, -86_400_000])
  func `does not wait for what has been`(milliseconds: Int64) async throws {
    let hands = Hands(at: noon)
    try await hands.clock.sleep(until: noon.adding(milliseconds: milliseconds))
    #expect(hands.pauses == [])
  }

  @Test func `waits in slices of a minute`() async throws {
    let hands = Hands(at: noon)
    try await hands.clock.sleep(until: noon + .milliseconds(150_500))
    #expect(hands.pauses == [.seconds(60), .seconds(60), .milliseconds(30_500)])
  }

  @Test func `notices within a slice that it was set forward`() async throws {
    let hands = Hands(at: noon, setForwardOnPauseBy: .seconds(3 * 86_400))
    try await hands.clock.sleep(until: noon + .seconds(2 * 86_400))
    #expect(hands.pauses == [.seconds(60)])
  }

  @Test func `stops waiting when its task is cancelled`() async {
    let task = Task { try await SystemClock().sleep(until: .never) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

struct `An accelerated clock` {
  @Test(arguments: [
    (1.0, 1500, 1500), (86_400.0, 1000, 86_400_000), (86_400.0, 0, 0), (0.5, 3000, 1500),
  ])
  func `runs at its speed`(speed: Double, real: Int64, shown: Int64) {
    let base = ManualBase()
    let clock = AcceleratedClock(origin: noon, speed: speed, base: base)
    base.advance(by: .milliseconds(real))
    #expect(clock.now == noon.adding(milliseconds: shown))
  }

  @Test(arguments: [1.0, 3.0, 7.77, 86_400.0], [Int64(1), 999, 86_400_000, 1_000_000_007])
  func `wakes when the instant has come and not a slice later`(
    speed: Double,
    milliseconds: Int64
  ) async throws {
    let base = ManualBase()
    let clock = AcceleratedClock(origin: noon, speed: speed, base: base)
    let instant = noon.adding(milliseconds: milliseconds)
    try await clock.sleep(until: instant)
    let late = clock.now.milliseconds(since: instant)
    #expect(late >= 0 && Double(late) <= max(1, speed / 1000))
  }

  @Test func `ends a wait for ever when its task is cancelled`() async {
    let task = Task {
      try await AcceleratedClock(origin: noon, speed: 2).sleep(until: .never)
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}

/// What moves a `SystemClock`: each pause takes as long as it asks for, and may set the clock forward.
///
/// A class, since the clock's two functions and the test share it.
private final class Hands: Sendable {
  private let state: Mutex<(now: Timestamp, pauses: [Duration])>
  private let jump: Duration

  init(at now: Timestamp, setForwardOnPauseBy jump: Duration = .zero) {
    state = Mutex((now, []))
    self.jump = jump
  }

  var pauses: [Duration] { state.withLock { $0.pauses } }

  var clock: SystemClock {
    SystemClock(reading: { self.now }, pause: { self.pause(for: $0) })
  }

  private var now: Timestamp { state.withLock { $0.now } }

  private func pause(for duration: Duration) {
    state.withLock { state in
      state.now = state.now + duration + jump
      state.pauses.append(duration)
    }
  }
}

/// A monotonic clock that stands until it is moved, and moves at once where somebody sleeps.
///
/// A class, since clock and test share it.
private final class ManualBase: Clock {
  struct Instant: InstantProtocol {
    let offset: Duration

    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private let offset = Mutex(Duration.seconds(1000))

  var now: Instant { Instant(offset: offset.withLock { $0 }) }
  var minimumResolution: Duration { .zero }

  func advance(by duration: Duration) { offset.withLock { $0 += duration } }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    offset.withLock { $0 = max($0, deadline.offset) }
  }
}
