public import NudgeCore

/// The system's time of day.
///
/// It sleeps in slices, since a timer of the system runs on when the time of day is set.
public struct SystemClock: WallClock {
  private let reading: @Sendable () -> Timestamp
  private let pause: @Sendable (Duration) async throws -> Void

  /// The clock of this machine.
  public init() {
    self.init(reading: SystemClock.timeOfDay) { try await Task.sleep(for: $0) }
  }

  /// A clock that reads and pauses by these functions.
  init(
    reading: @escaping @Sendable () -> Timestamp,
    pause: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.reading = reading
    self.pause = pause
  }

  /// This instant by the system's clock.
  public var now: Timestamp { reading() }

  /// Waits until the system's clock shows this instant, however it gets there.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first.
  public func sleep(until instant: Timestamp) async throws {
    while case let left = instant - now, left > .zero {
      try await pause(min(left, Limits.sleepSlice))
    }
  }

  private static func timeOfDay() -> Timestamp {
    Timestamp(millisecondsSinceEpoch: SystemTime.ofDay.wholeMilliseconds)
  }
}
