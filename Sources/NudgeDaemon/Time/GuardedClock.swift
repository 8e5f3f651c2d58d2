public import NudgeCore
import Synchronization

/// The system's time of day, which does not leap for us until the leap is confirmed (``ClockGuard``).
///
/// A class, since everybody who asks for the time moves the same guard; a mutex holds it.
public final class GuardedClock: WallClock {
  private let read: @Sendable () -> ClockReading
  private let state: Mutex<ClockGuard>

  /// The clock of this machine.
  public convenience init() {
    self.init(reading: { ClockReading.now })
  }

  /// A clock that reads by this function, and sleeps by the machine's.
  init(reading read: @escaping @Sendable () -> ClockReading) {
    self.read = read
    state = Mutex(ClockGuard(read()))
  }

  /// The time that counts.
  public var now: Timestamp {
    state.withLock { guarding in
      let reading = read()
      guarding = guarding.reading(reading)
      return guarding.now(reading)
    }
  }

  /// Waits until the time that counts has come to an instant, in slices.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first.
  public func sleep(until instant: Timestamp) async throws {
    while case let left = instant - now, left > .zero {
      if left > Limits.sleepSlice {
        try await Pulse.next(every: Limits.sleepSlice)
      } else {
        // What is due soon is due at its own instant, not at a moment that suits others.
        try await Task.sleep(for: left)
      }
    }
  }

  /// How far the time of day has leapt while that is held; `nil` while it is believed.
  var leap: Duration? {
    _ = now
    return state.withLock { $0.leap }
  }

  /// Believes the time of day as it is; tells whether it was held.
  func confirm() -> Bool {
    state.withLock { guarding in
      let reading = read()
      let wasHeld = guarding.reading(reading).leap != nil
      guarding = guarding.confirmed(reading)
      return wasHeld
    }
  }
}
