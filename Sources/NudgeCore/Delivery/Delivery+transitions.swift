extension Delivery {
  /// What one claim came to.
  public enum Outcome: Hashable, Sendable {
    /// The outbox has it.
    case delivered(at: Timestamp)
    /// It failed, and is tried again at this instant.
    case retried(at: Timestamp)
    /// It would come too late.
    case expired(at: Timestamp)
    /// It failed for the last time.
    case died(at: Timestamp)
    /// Its recipient has unsubscribed since.
    case cancelled(at: Timestamp)
    /// It was handed back without an attempt, to be tried from this instant on.
    case released(due: Timestamp)
  }

  /// Daemons that may die with the same delivery in flight before it is given up.
  public static let maximumCrashes = 5

  /// Whether the next attempt is not the first.
  public var isRetry: Bool { attempts > 0 }

  /// Whether it has lost its meaning.
  public func isExpired(at now: Timestamp) -> Bool { expiresAt <= now }

  /// The delivery in flight; `nil` when it is not due, or not waiting at all.
  public func claimed(now: Timestamp) -> Delivery? {
    switch state {
    case .pending(let due) where due <= now: with(state: .inFlight)
    case .pending, .inFlight, .delivered, .expired, .dead, .cancelled: nil
    }
  }

  /// The delivery after its claim has come to this; `answer` is what the outbox said, `nil` keeps the last one.
  public func settled(by outcome: Outcome, answer: String? = nil) -> Delivery {
    guard state == .inFlight else { preconditionFailure("settled without a claim: \(state)") }
    switch outcome {
    case .delivered(let at): return with(state: .delivered(at: at), isAttempt: true, answer: answer)
    case .retried(let at): return with(state: .pending(due: at), isAttempt: true, answer: answer)
    case .died(let at): return with(state: .dead(at: at), isAttempt: true, answer: answer)
    case .expired(let at): return with(state: .expired(at: at), answer: answer)
    case .cancelled(let at): return with(state: .cancelled(at: at), answer: answer)
    case .released(let due): return with(state: .pending(due: due), answer: answer)
    }
  }

  /// The delivery as the next daemon finds it.
  ///
  /// What was in flight is pending at once, or dead when too many daemons died with it. A daemon
  /// that stopped in order leaves `isCrash` false. Not for file channels: their open plan stays in flight and is written again.
  public func recovered(now: Timestamp, isCrash: Bool) -> Delivery {
    guard state == .inFlight else { return self }
    let crashes = crashes + (isCrash ? 1 : 0)
    let isPoison = crashes >= Delivery.maximumCrashes
    return with(state: isPoison ? .dead(at: now) : .pending(due: now), crashes: crashes)
  }

  /// The delivery to be tried again from the start, as a person asked; `nil` when it is not given up.
  public func revived(now: Timestamp) -> Delivery? {
    switch state {
    case .dead, .expired:
      Delivery(
        id: id,
        channel: channel,
        payload: payload,
        request: request,
        expiresAt: expiresAt,
        state: .pending(due: now),
        attempts: 0,
        crashes: 0,
        lastAnswer: lastAnswer
      )
    case .pending, .inFlight, .delivered, .cancelled:
      nil
    }
  }

  private func with(
    state: State,
    isAttempt: Bool = false,
    crashes: Int? = nil,
    answer: String? = nil
  ) -> Delivery {
    Delivery(
      id: id,
      channel: channel,
      payload: payload,
      request: request,
      expiresAt: expiresAt,
      state: state,
      attempts: attempts + (isAttempt ? 1 : 0),
      crashes: crashes ?? self.crashes,
      lastAnswer: answer ?? lastAnswer
    )
  }
}
