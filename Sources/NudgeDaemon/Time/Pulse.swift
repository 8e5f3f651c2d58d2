/// The moments at which what is done again and again is done: the same for all, so that a machine at rest is woken once.
enum Pulse {
  private static let origin = ContinuousClock.now

  /// Waits for the next moment of a rhythm, which is this long away at most.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first.
  static func next(every interval: Duration) async throws {
    let origin = Pulse.origin
    let next = Pulse.moment(after: ContinuousClock.now - origin, every: interval)
    try await Task.sleep(until: origin + next, clock: .continuous)
  }

  /// The first whole multiple of an interval after so long.
  static func moment(after gone: Duration, every interval: Duration) -> Duration {
    interval * (Int((gone / interval).rounded(.down)) + 1)
  }
}
