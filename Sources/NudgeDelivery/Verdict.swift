import NudgeClient
public import NudgeCore

/// What an attempt means for the delivery and for its channel.
public struct Verdict: Hashable, Sendable {
  /// What becomes of the delivery.
  public enum Fate: Hashable, Sendable {
    case delivered
    /// Tried again as the schedule says.
    case retry
    /// Given up at once.
    case dead
  }

  /// What the channel does from now on.
  public enum Effect: Hashable, Sendable {
    case none
    /// Fewer at a time.
    case slow
    /// Nothing until this instant, and fewer at a time.
    case pause(until: Timestamp)
    /// Nothing until a person says so.
    case disable
  }

  /// What the attempt says about the receiver.
  public enum Health: Hashable, Sendable {
    case well
    case ill
    /// The receiver answers, and dislikes this one message.
    case indifferent
  }

  /// For the delivery.
  public let fate: Fate
  /// For the channel's speed.
  public let effect: Effect
  /// For the channel's breaker.
  public let health: Health

  /// A verdict of these parts.
  public init(fate: Fate, effect: Effect = .none, health: Health) {
    self.fate = fate
    self.effect = effect
    self.health = health
  }

  /// What happens to a message that the receiver refuses with a 4xx.
  public enum RefusalPolicy: String, Hashable, Sendable, CaseIterable {
    /// It is tried again as the schedule says.
    case retry
    /// It goes to the dead letters at once.
    case fail
  }
}

extension Verdict {
  /// The verdict over an exchange.
  ///
  /// 2xx is success; redirects are failures. 410 disables the channel; 429, 502, 503 and 504 slow it, and pause it for
  /// as long as `Retry-After` says. Of the other 4xx, 401, 403, 404, 405 and 408 speak of the channel, the rest of
  /// the one message: they do not open the breaker.
  init(_ result: ExchangeResult, on4xx: RefusalPolicy, now: Timestamp) {
    switch result {
    case .failed: self.init(fate: .retry, health: .ill)
    case .answered(let answer): self.init(answer, on4xx: on4xx, now: now)
    }
  }

  private init(_ answer: IncomingAnswer, on4xx: RefusalPolicy, now: Timestamp) {
    switch answer.status {
    case 200..<300:
      self.init(fate: .delivered, health: .well)
    case 410:
      self.init(fate: .retry, effect: .disable, health: .ill)
    case 429, 502, 503, 504:
      let wait = answer.retryAfter.flatMap { RetryAfter.wait($0, now: now) }
      let effect = wait.map { Effect.pause(until: now + $0) } ?? .slow
      self.init(fate: .retry, effect: effect, health: .ill)
    case 400..<500:
      let isOfChannel = [401, 403, 404, 405, 407, 408].contains(answer.status)
      self.init(
        fate: on4xx == .fail && answer.status != 408 ? .dead : .retry,
        health: isOfChannel ? .ill : .indifferent
      )
    default:
      self.init(fate: .retry, health: .ill)
    }
  }
}
