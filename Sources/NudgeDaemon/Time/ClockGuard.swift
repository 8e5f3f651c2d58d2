import NudgeCore

/// What two of the machine's clocks have shown at one moment.
struct ClockReading: Hashable, Sendable {
  /// The time of day, as somebody may have set it.
  let timeOfDay: Timestamp
  /// Since the machine started, also while it slept; nobody sets it.
  let sinceBoot: Duration

  /// This moment.
  static var now: ClockReading {
    ClockReading(
      timeOfDay: Timestamp(millisecondsSinceEpoch: SystemTime.ofDay.wholeMilliseconds),
      sinceBoot: SystemTime.sinceBoot
    )
  }

  /// What the time of day is when it has gone on evenly from here.
  func timeOfDay(after sinceBoot: Duration) -> Timestamp {
    timeOfDay.adding(milliseconds: (sinceBoot - self.sinceBoot).wholeMilliseconds)
  }
}

/// Whether the time of day can be believed: it may be set back or a little forward, but a leap of more than an hour that the
/// machine has not slept through is held until somebody confirms it, or two readings a minute apart agree.
///
/// A value: each reading gives the next one.
struct ClockGuard: Hashable, Sendable {
  private enum State: Hashable, Sendable {
    case trusted(ClockReading)
    /// Time goes on from `base` as if nobody had set it; the leap was first seen at `leap`.
    case held(base: ClockReading, leap: ClockReading)
  }

  private let state: State

  /// Believes the first reading.
  init(_ reading: ClockReading) {
    state = .trusted(reading)
  }

  private init(_ state: State) {
    self.state = state
  }

  /// The guard after another reading.
  func reading(_ reading: ClockReading) -> ClockGuard {
    switch state {
    case .trusted(let base): judged(reading, against: base)
    case .held(let base, let leap): judged(reading, against: base, sinceLeap: leap)
    }
  }

  private func judged(_ reading: ClockReading, against base: ClockReading) -> ClockGuard {
    ClockGuard(isLeap(reading, from: base) ? .held(base: base, leap: reading) : .trusted(reading))
  }

  private func judged(
    _ reading: ClockReading,
    against base: ClockReading,
    sinceLeap leap: ClockReading
  ) -> ClockGuard {
    // It was set back to where it belongs.
    guard isLeap(reading, from: base) else { return ClockGuard(.trusted(reading)) }
    let drift = reading.timeOfDay - leap.timeOfDay(after: reading.sinceBoot)
    let agrees = abs(drift.wholeMilliseconds) <= Limits.clockAgreement.wholeMilliseconds
    guard agrees else { return ClockGuard(.held(base: base, leap: reading)) }
    let isLongEnough = reading.sinceBoot - leap.sinceBoot >= Limits.clockProbation
    return isLongEnough ? ClockGuard(.trusted(reading)) : self
  }

  private func isLeap(_ reading: ClockReading, from base: ClockReading) -> Bool {
    reading.timeOfDay - base.timeOfDay(after: reading.sinceBoot) > Limits.clockLeap
  }

  /// The guard after a person has said that the time of day is right.
  func confirmed(_ reading: ClockReading) -> ClockGuard { ClockGuard(reading) }

  /// The time that counts at a reading that was judged.
  func now(_ reading: ClockReading) -> Timestamp {
    switch state {
    case .trusted: reading.timeOfDay
    case .held(let base, _): base.timeOfDay(after: reading.sinceBoot)
    }
  }

  /// How far the time of day has leapt while that is held; `nil` while it is believed.
  var leap: Duration? {
    switch state {
    case .trusted: nil
    case .held(let base, let leap): leap.timeOfDay - base.timeOfDay(after: leap.sinceBoot)
    }
  }
}
