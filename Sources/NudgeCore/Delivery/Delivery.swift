/// One intervention on its way to one outbox, with its attempts.
public struct Delivery: Hashable, Sendable {
  /// Where a delivery stands.
  public enum State: Hashable, Sendable {
    /// To be tried at this instant or later.
    case pending(due: Timestamp)
    /// Claimed by a running attempt. At start every claimed delivery is pending again at once.
    case inFlight
    /// The outbox has it.
    case delivered(at: Timestamp)
    /// Not sent in time: it lost its meaning first.
    case expired(at: Timestamp)
    /// Given up; a person decides.
    case dead(at: Timestamp)
    /// Not to be sent any more, since its recipient has unsubscribed.
    case cancelled(at: Timestamp)
  }

  /// The intervention's id.
  public let id: String
  /// The channel whose outbox it goes to.
  public let channel: String
  /// The payload, the same bytes at every attempt.
  public let payload: [UInt8]
  /// What leaves instead of the payload, as the channel's own templates gave it; `nil` for a channel without.
  public let request: ChannelRequest?
  /// When it loses its meaning; `never` if it does not.
  public let expiresAt: Timestamp
  /// Where it stands on its way.
  public let state: State
  /// Attempts that have ended.
  public let attempts: Int
  /// Daemons that died with it in flight.
  public let crashes: Int
  /// What the outbox answered last, at most 4 KiB; `nil` before the first answer.
  public let lastAnswer: String?

  /// A delivery of these parts.
  public init(
    id: String,
    channel: String,
    payload: [UInt8],
    request: ChannelRequest? = nil,
    expiresAt: Timestamp,
    state: State,
    attempts: Int,
    crashes: Int,
    lastAnswer: String?
  ) {
    self.id = id
    self.channel = channel
    self.payload = payload
    self.request = request
    self.expiresAt = expiresAt
    self.state = state
    self.attempts = attempts
    self.crashes = crashes
    self.lastAnswer = lastAnswer
  }
}
