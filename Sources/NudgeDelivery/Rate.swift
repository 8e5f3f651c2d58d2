import NudgeCore

/// So many in so long, as in `50/s`.
public struct Rate: Hashable, Sendable {
  /// At least 1.
  public let count: Int
  /// Positive.
  public let per: Duration

  /// A rate of so many in so long; `nil` when either is not positive.
  public init?(_ count: Int, per: Duration) {
    guard count > 0, per > .zero else { return nil }
    self.count = count
    self.per = per
  }

  /// The time that one takes.
  var interval: Duration { per / count }
}

/// Keeps a rate, as the generic cell rate algorithm does (ITU-T I.371): over any time `t` no more than
/// `t / interval` pass, and what 100 ms allow.
struct RateKeeper: Hashable, Sendable {
  private let interval: Duration
  private let burst: Duration
  /// When all that has passed would be over, at the even rate, counted from the epoch.
  private let paidUntil: Duration

  init(_ rate: Rate) {
    self.init(
      interval: rate.interval,
      burst: max(rate.interval, Limits.rateBurst),
      paidUntil: .zero
    )
  }

  private init(interval: Duration, burst: Duration, paidUntil: Duration) {
    self.interval = interval
    self.burst = burst
    self.paidUntil = paidUntil
  }

  /// How many may pass now.
  func allowed(now: Timestamp) -> Int {
    let now = Duration.milliseconds(now.millisecondsSinceEpoch)
    let free = now + burst - max(paidUntil, now)
    return free < interval ? 0 : Int(free / interval)
  }

  /// When the next one may pass.
  var nextAt: Timestamp {
    let instant = paidUntil + interval - burst
    // A millisecond later at most: an early look would find nothing.
    return Timestamp(millisecondsSinceEpoch: instant.wholeMilliseconds + 1)
  }

  func passing(_ count: Int, now: Timestamp) -> RateKeeper {
    let now = Duration.milliseconds(now.millisecondsSinceEpoch)
    return RateKeeper(
      interval: interval,
      burst: burst,
      paidUntil: max(paidUntil, now) + interval * count
    )
  }
}
