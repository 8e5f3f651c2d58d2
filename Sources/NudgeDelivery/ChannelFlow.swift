import NudgeCore

/// Breaker, pace and share of one channel: whether, and how many, deliveries it starts.
struct ChannelFlow: Hashable, Sendable {
  let breaker: Breaker?
  let pace: ChannelPace
  let share: RetryShare
  let isDisabled: Bool

  init(breaker: Breaker?, pace: ChannelPace) {
    self.init(breaker: breaker, pace: pace, share: RetryShare(), isDisabled: false)
  }

  private init(breaker: Breaker?, pace: ChannelPace, share: RetryShare, isDisabled: Bool) {
    self.breaker = breaker
    self.pace = pace
    self.share = share
    self.isDisabled = isDisabled
  }

  /// How many may start now.
  func room(now: Timestamp, inFlight: Int) -> ChannelPace.Room {
    guard !isDisabled else { return .none(until: nil) }
    switch breaker?.allowance(now: now) ?? .all {
    case .all: return pace.room(now: now, inFlight: inFlight)
    // What was under way when the breaker opened must not pass for the probe.
    case .one where inFlight > 0: return .none(until: nil)
    case .one: return pace.room(now: now, inFlight: inFlight).atMostOne
    case .none(let until): return .none(until: until)
    }
  }

  /// The flow after these have started.
  func starting(_ deliveries: [Delivery], now: Timestamp) -> ChannelFlow {
    guard !deliveries.isEmpty else { return self }
    return ChannelFlow(
      breaker: breaker?.probing(),
      pace: pace.starting(deliveries.count, now: now),
      share: share.giving(deliveries.count, retries: deliveries.count { $0.isRetry }),
      isDisabled: isDisabled
    )
  }

  /// The flow after a person has said that the receiver is there again.
  func enabled() -> ChannelFlow {
    guard isDisabled else { return self }
    return ChannelFlow(
      breaker: breaker.map { Breaker($0.settings) },
      pace: pace,
      share: share,
      isDisabled: false
    )
  }

  /// The flow after one that had started was not sent after all.
  func withdrawing() -> ChannelFlow {
    ChannelFlow(
      breaker: breaker?.withdrawing(),
      pace: pace,
      share: share,
      isDisabled: isDisabled
    )
  }

  /// The flow after an attempt has ended.
  func recording(_ verdict: Verdict, now: Timestamp) -> ChannelFlow {
    ChannelFlow(
      breaker: breaker?.recording(verdict.health, now: now),
      pace: pace.recording(verdict),
      share: share,
      isDisabled: isDisabled || verdict.effect == .disable
    )
  }
}

extension ChannelPace.Room {
  fileprivate var atMostOne: ChannelPace.Room {
    switch self {
    case .some: .some(1)
    case .none: self
    }
  }
}
