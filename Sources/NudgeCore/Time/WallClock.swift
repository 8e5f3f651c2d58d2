/// What tells the time of day and waits for it: the system's clock, or a test's.
public protocol WallClock: Sendable {
  /// This instant.
  var now: Timestamp { get }

  /// Waits until this instant has come; returns at once if it has.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first.
  func sleep(until instant: Timestamp) async throws
}
