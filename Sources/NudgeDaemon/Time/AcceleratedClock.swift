public import NudgeCore

/// A time of day that runs faster than the machine's, for `nudged demo`.
///
/// It counts on a clock that nobody sets.
public struct AcceleratedClock<Base: Clock>: WallClock where Base.Duration == Duration {
  private let origin: Timestamp
  private let speed: Double
  private let base: Base
  private let start: Base.Instant

  /// A clock that shows `origin` now.
  ///
  /// - Parameters:
  ///   - origin: What it shows first.
  ///   - speed: Milliseconds of its time in each real millisecond; above zero.
  ///   - base: What measures real time.
  public init(origin: Timestamp, speed: Double, base: Base) {
    precondition(speed > 0 && speed.isFinite, "a clock of speed \(speed)")
    self.origin = origin
    self.speed = speed
    self.base = base
    self.start = base.now
  }

  /// What it shows.
  public var now: Timestamp {
    let elapsed = start.duration(to: base.now) / .milliseconds(1)
    return origin.adding(milliseconds: Int64(elapsed * speed))
  }

  /// Waits until it shows this instant.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first.
  public func sleep(until instant: Timestamp) async throws {
    while case let left = instant.milliseconds(since: now), left > 0 {
      let pause = Duration.milliseconds(Double(left) / speed) + .nanoseconds(1)
      let wake = base.now.advanced(by: min(pause, Limits.sleepSlice))
      try await base.sleep(until: wake, tolerance: nil)
    }
  }
}

extension AcceleratedClock<ContinuousClock> {
  /// A clock that shows `origin` now and runs at a speed: milliseconds of its time in each real millisecond.
  public init(origin: Timestamp, speed: Double) {
    self.init(origin: origin, speed: speed, base: ContinuousClock())
  }
}
