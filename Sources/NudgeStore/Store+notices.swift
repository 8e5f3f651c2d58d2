import GRDB
public import NudgeCore
import Synchronization

/// What goes out besides interventions: decisions that are shipped, and alerts.
public struct Notice: Hashable, Sendable {
  /// Begins with letters of its own, so that it is never that of an intervention.
  public let id: String
  /// The channel whose outbox it goes to.
  public let channel: String
  /// One JSON object.
  public let payload: JSONText
  /// What leaves instead of the payload; `nil` for a channel without templates of its own.
  public let request: ChannelRequest?
  /// When it came about.
  public let at: Timestamp
  /// When it loses its meaning; `never` if it does not.
  public let expiresAt: Timestamp

  /// A notice of these parts.
  public init(
    id: String,
    channel: String,
    payload: JSONText,
    request: ChannelRequest? = nil,
    at: Timestamp,
    expiresAt: Timestamp = .never
  ) {
    self.id = id
    self.channel = channel
    self.payload = payload
    self.request = request
    self.at = at
    self.expiresAt = expiresAt
  }
}

extension Store {
  /// Makes a notice of each decision from now on, in the transaction that keeps the decision, and in the form that the
  /// engine gives which made it.
  public func shipDecisions(
    by notice: @escaping @Sendable (Decision, any MessageRenderer) -> Notice
  ) {
    shipping.withLock { $0 = notice }
  }

  /// Hands a notice to its outbox; one of a known id changes nothing.
  public func keep(_ notice: Notice) async throws {
    try await writePatiently { try Store.keep(notice, $0) }
  }

  func ship(_ decision: Decision, by engine: Engine, _ database: Database) throws {
    guard let notice = shipping.withLock({ $0 }) else { return }
    try Store.keep(notice(decision, engine.messages), database)
  }

  /// Keeps an intervention for its outbox, with what its channel sends instead of the payload.
  func keep(_ intervention: Intervention, by engine: Engine, _ database: Database) throws {
    let payload = JSONText(wellFormed: intervention.payload)
    let request = engine.messages.request(channel: intervention.channel, payload: payload)
    // What is decided at its expiry goes out (ruling 65), and going out takes a moment.
    let leave = max(
      intervention.expiresAt,
      intervention.decidedAt.adding(milliseconds: Limits.leastDeliveryMilliseconds)
    )
    try database.cachedStatement(
      sql: """
        INSERT INTO deliveries (id, channel, payload, request, created_at, expires_at, state, due,
          attempts, crashes)
        VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, 0, 0)
        """
    ).execute(arguments: [
      intervention.id, intervention.channel, payload.text, request?.json.text,
      intervention.decidedAt.millisecondsSinceEpoch, leave.millisecondsSinceEpoch,
      intervention.decidedAt.millisecondsSinceEpoch,
    ])
  }

  private static func keep(_ notice: Notice, _ database: Database) throws {
    try database.cachedStatement(
      sql: """
        INSERT OR IGNORE INTO deliveries (id, channel, payload, request, created_at, expires_at,
          state, due, attempts, crashes)
        VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, 0, 0)
        """
    ).execute(arguments: [
      notice.id, notice.channel, notice.payload.text, notice.request?.json.text,
      notice.at.millisecondsSinceEpoch, notice.expiresAt.millisecondsSinceEpoch,
      notice.at.millisecondsSinceEpoch,
    ])
  }
}
