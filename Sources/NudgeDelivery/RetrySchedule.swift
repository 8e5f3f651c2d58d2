public import NudgeCore

/// How long a delivery waits before each attempt.
public struct RetrySchedule: Hashable, Sendable {
  /// What follows a failed attempt.
  public enum Next: Hashable, Sendable {
    /// Another attempt at this instant.
    case retry(Timestamp)
    /// The next attempt would come after the intervention has lost its meaning.
    case expired
    /// That was the last one.
    case dead
  }

  /// The wait before each attempt, the first included; never empty.
  public let waits: [Duration]

  /// A schedule of these waits; `nil` when there are none.
  public init?(waits: [Duration]) {
    guard !waits.isEmpty else { return nil }
    self.waits = waits
  }

  private init(seconds: [Int]) {
    self.waits = seconds.map { .seconds($0) }
  }

  /// At once, then 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h: ten attempts in 75 h 35 m.
  public static let standard = RetrySchedule(
    seconds: [0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400])

  /// What follows when this many attempts have failed, the last one now.
  ///
  /// A wait is drawn anew each time,
  /// within a fifth of its length, so that what failed together does not come back together.
  public func next(
    afterAttempts attempts: Int,
    now: Timestamp,
    expiresAt: Timestamp,
    using random: inout some RandomNumberGenerator
  ) -> Next {
    guard attempts < waits.count else { return .dead }
    let milliseconds = waits[max(0, attempts)].wholeMilliseconds
    let spread = milliseconds / 5
    let wait = milliseconds + Int64.random(in: -spread...spread, using: &random)
    let due = now.adding(milliseconds: wait)
    return due < expiresAt ? .retry(due) : .expired
  }
}
