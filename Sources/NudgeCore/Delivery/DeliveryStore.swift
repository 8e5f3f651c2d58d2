/// What the dispatcher keeps its deliveries in.
///
/// Each function is one transaction, durable when it returns.
///
/// An error ends the dispatcher; what may pass, such as a full disk, is waited out below.
public protocol DeliveryStore: Sendable {
  /// Stores settled deliveries and, in the same transaction, takes due ones of the channel in flight.
  ///
  /// `settled` are deliveries as `Delivery.settled(by:)` gives them. Taken are at most `limit`: up to `retriesFirst`
  /// retries, then first attempts, then more retries, each by their due instant. What may not leave now (quiet hours,
  /// an unsubscribed recipient) is passed over or ended here.
  func settle(_ settled: [Delivery], thenClaim claim: ClaimRequest) async throws -> ClaimedBatch

  /// Remembers that a channel sends nothing until a person says so.
  func disable(channel: String, at now: Timestamp, answer: String) async throws

  /// The open plan of a file channel; when there is none, the next one, with at most `limit` deliveries that are due
  /// and not expired, kept with their offsets in the same transaction. Expired ones are ended.
  func planFile(
    channel: String,
    rotation: FileRotation,
    limit: Int,
    now: Timestamp
  ) async throws -> FileWork

  /// Ends the open plan: its deliveries are delivered, and the file stands at this mark.
  func settleFile(channel: String, mark: FileMark, now: Timestamp) async throws

  /// Gives the open plan up, since somebody edited the file: `FileState.restarted()`, its deliveries due now.
  func restartFile(channel: String, now: Timestamp) async throws
}

/// Which deliveries are wanted.
public struct ClaimRequest: Hashable, Sendable {
  /// The channel's name.
  public let channel: String
  /// At most so many; 0 settles only.
  public let limit: Int
  /// So many of them retries, if there are any due.
  public let retriesFirst: Int
  /// The instant at which they must be due.
  public let now: Timestamp

  /// A request of these parts.
  public init(channel: String, limit: Int, retriesFirst: Int, now: Timestamp) {
    self.channel = channel
    self.limit = limit
    self.retriesFirst = retriesFirst
    self.now = now
  }
}

/// Deliveries that were taken in flight.
public struct ClaimedBatch: Hashable, Sendable {
  /// In the order in which they should start.
  public let deliveries: [Delivery]
  /// When the next of those that still wait is due, perhaps in the past; `nil` when none waits.
  public let nextDue: Timestamp?

  /// A batch of these deliveries.
  public init(deliveries: [Delivery], nextDue: Timestamp?) {
    self.deliveries = deliveries
    self.nextDue = nextDue
  }
}

/// What a file channel has to do.
public struct FileWork: Hashable, Sendable {
  /// `nil` when nothing is due.
  public let plan: FilePlan?
  /// When the next of those that still wait is due, perhaps in the past; `nil` when none waits.
  public let nextDue: Timestamp?

  /// Work of these parts.
  public init(plan: FilePlan?, nextDue: Timestamp?) {
    self.plan = plan
    self.nextDue = nextDue
  }
}
