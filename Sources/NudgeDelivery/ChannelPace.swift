public import NudgeCore

/// How fast a channel may send: how many at a time, how many in a second, and from when on.
///
/// A receiver that says it is overloaded halves the number at a time; each success adds one again.
public struct ChannelPace: Hashable, Sendable {
  /// How many may start.
  public enum Room: Hashable, Sendable {
    /// At least one.
    case some(Int)
    /// None before this instant; `nil`: none before one under way has ended.
    case none(until: Timestamp?)
  }

  /// The most at a time.
  public let concurrency: Int
  /// At a time, for now.
  public let width: Int
  /// Nothing starts before this instant.
  public let pausedUntil: Timestamp
  private let rate: RateKeeper?

  /// A pace of so many at a time; `rate` is `nil` when there is none to keep.
  public init(concurrency: Int = 4, rate: Rate? = nil) {
    let concurrency = max(1, concurrency)
    self.init(
      concurrency: concurrency,
      width: concurrency,
      pausedUntil: .distantPast,
      rate: rate.map { RateKeeper($0) }
    )
  }

  private init(concurrency: Int, width: Int, pausedUntil: Timestamp, rate: RateKeeper?) {
    self.concurrency = concurrency
    self.width = width
    self.pausedUntil = pausedUntil
    self.rate = rate
  }

  /// How many may start now, with so many under way.
  public func room(now: Timestamp, inFlight: Int) -> Room {
    guard pausedUntil <= now else { return .none(until: pausedUntil) }
    guard inFlight < width else { return .none(until: nil) }
    guard let rate else { return .some(width - inFlight) }
    let allowed = min(width - inFlight, rate.allowed(now: now))
    return allowed > 0 ? .some(allowed) : .none(until: rate.nextAt)
  }

  /// The pace after so many have started.
  public func starting(_ count: Int, now: Timestamp) -> ChannelPace {
    with(rate: rate?.passing(count, now: now))
  }

  /// The pace after an attempt has ended.
  public func recording(_ verdict: Verdict) -> ChannelPace {
    switch verdict.effect {
    case .none, .disable: verdict.health == .well ? with(width: min(width + 1, concurrency)) : self
    case .slow: with(width: max(1, width / 2))
    case .pause(let until): with(width: max(1, width / 2), pausedUntil: max(until, pausedUntil))
    }
  }

  private func with(width: Int? = nil, pausedUntil: Timestamp? = nil) -> ChannelPace {
    ChannelPace(
      concurrency: concurrency,
      width: width ?? self.width,
      pausedUntil: pausedUntil ?? self.pausedUntil,
      rate: rate
    )
  }

  private func with(rate: RateKeeper?) -> ChannelPace {
    ChannelPace(concurrency: concurrency, width: width, pausedUntil: pausedUntil, rate: rate)
  }
}
