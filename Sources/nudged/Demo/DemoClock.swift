import NudgeCore
import NudgeDaemon
import Synchronization

/// The time of the demo: days pass in a second, but never past the next event that is still to be sent.
///
/// So every event arrives at its own instant, however fast days pass. A class, since the feed moves its gate.
final class DemoClock: WallClock {
  private let base: AcceleratedClock<ContinuousClock>
  private let gate: Mutex<Timestamp>

  /// A clock that begins at an instant and goes so many times as fast as the wall's.
  init(origin: Timestamp, speed: Double) {
    base = AcceleratedClock(origin: origin, speed: speed)
    gate = Mutex(origin)
  }

  var now: Timestamp { min(base.now, gate.withLock { $0 }) }

  /// Lets time go on up to an instant.
  func open(until instant: Timestamp) {
    gate.withLock { $0 = max($0, instant) }
  }

  func sleep(until instant: Timestamp) async throws {
    try await base.sleep(until: instant)
    // Time stands at the gate until the feed opens it.
    while now < instant { try await Task.sleep(for: .milliseconds(2)) }
  }
}
