public import NudgeCore

/// Stops sending to a receiver that is ill, and asks now and then whether it is well again.
///
/// It opens at so many failures in a row, or at 70 % of the last ten. When the time is over one delivery is tried alone:
/// its success closes the breaker, its failure keeps it open for twice as long, up to 15 minutes.
public struct Breaker: Hashable, Sendable {
  /// When a breaker opens, and for how long at first.
  public struct Settings: Hashable, Sendable {
    /// Failures in a row, at least 1.
    public let failures: Int
    /// How long it stays open at first.
    public let openFor: Duration

    /// A breaker that opens at so many failures in a row.
    public init(failures: Int = 5, openFor: Duration = .seconds(30)) {
      self.failures = max(1, failures)
      self.openFor = openFor
    }
  }

  /// Where a breaker stands.
  public enum State: Hashable, Sendable {
    /// All may pass. The last results, the newest last: whether each was a failure.
    case closed(failures: [Bool])
    /// None may pass before this instant; then one.
    case open(until: Timestamp, wait: Duration)
    /// One is on its way.
    case probing(wait: Duration)
  }

  /// How many may pass.
  public enum Allowance: Hashable, Sendable {
    case all
    case one
    /// None before this instant; `nil`: none before the probe has come back.
    case none(until: Timestamp?)
  }

  /// When it opens, and for how long.
  public let settings: Settings
  /// Where it stands.
  public let state: State

  /// A closed breaker.
  public init(_ settings: Settings = Settings()) {
    self.init(settings, .closed(failures: []))
  }

  private init(_ settings: Settings, _ state: State) {
    self.settings = settings
    self.state = state
  }

  /// Whether it holds deliveries back.
  public var isOpen: Bool {
    switch state {
    case .closed: false
    case .open, .probing: true
    }
  }

  /// How many may pass now.
  public func allowance(now: Timestamp) -> Allowance {
    switch state {
    case .closed: .all
    case .open(let until, _): until <= now ? .one : .none(until: until)
    case .probing: .none(until: nil)
    }
  }

  /// The breaker after the one that may pass has been sent.
  public func probing() -> Breaker {
    switch state {
    case .open(_, let wait): Breaker(settings, .probing(wait: wait))
    case .closed, .probing: self
    }
  }

  /// The breaker after the one that may pass was not sent after all: the next one may.
  public func withdrawing() -> Breaker {
    switch state {
    case .probing(let wait): Breaker(settings, .open(until: .distantPast, wait: wait))
    case .open, .closed: self
    }
  }

  /// The breaker after an attempt has ended.
  ///
  /// What was under way when it opened changes nothing.
  public func recording(_ health: Verdict.Health, now: Timestamp) -> Breaker {
    switch (state, health) {
    case (.closed, .indifferent), (.open, _): self
    case (.closed(let failures), .well): closed(failures + [false])
    case (.closed(let failures), .ill): closed(failures + [true], now: now)
    case (.probing, .well), (.probing, .indifferent): Breaker(settings)
    case (.probing(let wait), .ill): open(for: min(wait * 2, Limits.breakerOpen), now: now)
    }
  }

  private func closed(_ failures: [Bool]) -> Breaker {
    Breaker(
      settings,
      .closed(failures: failures.suffix(max(Limits.breakerResults, settings.failures)))
    )
  }

  private func closed(_ failures: [Bool], now: Timestamp) -> Breaker {
    let next = closed(failures)
    guard case .closed(let kept) = next.state else { return next }
    let row = kept.reversed().prefix { $0 }.count
    let lastTen = kept.suffix(Limits.breakerResults)
    let isMostly =
      lastTen.count == Limits.breakerResults
      && lastTen.count { $0 } >= Limits.breakerFailures
    return row >= settings.failures || isMostly ? open(for: settings.openFor, now: now) : next
  }

  private func open(for wait: Duration, now: Timestamp) -> Breaker {
    Breaker(settings, .open(until: now + wait, wait: wait))
  }
}
