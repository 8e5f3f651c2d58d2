import CSimdjson
import NudgeCore

/// Why one message was not taken.
struct Refusal: Error {
  let code: String
  let reason: String

  init(_ code: String, _ reason: String) {
    self.code = code
    self.reason = reason
  }
}

/// When a message arrived.
enum Arrival {
  /// The server's clock says so.
  case at(Timestamp)
  /// The message says so in `receivedAt`; this, or its own time, where it does not.
  case fromMessage(otherwise: Timestamp?)

  /// Whether the message is a line of history, which may be any event that was exported.
  var isHistory: Bool {
    switch self {
    case .at: false
    case .fromMessage: true
    }
  }
}

/// Turns the envelope of one message into an event, by the table of `ingest.md`.
struct MessageReader {
  let message: csj_message
  /// The envelope around it; `nil` for a single call.
  let batch: csj_message?
  /// What the path says; `nil` when only `type` may say it.
  let kindOfPath: Event.Kind?
  let arrival: Arrival
  let limits: WireLimits
  let makeID: () -> String

  func event() throws(Refusal) -> Event {
    guard message.whole.kind == CSJ_OBJECT else {
      throw Refusal("not-an-object", "a message must be a JSON object")
    }
    try limits.check(messageOf: message.whole.length)
    let kind = try kind()
    let times = try times()
    return Event(
      messageID: try messageID(),
      kind: kind,
      userID: try id(message.user_id, "userId"),
      anonymousID: try id(message.anonymous_id, "anonymousId"),
      groupID: try groupID(),
      previousID: try id(message.previous_id, "previousId"),
      name: try name(of: kind),
      timestamp: times.timestamp,
      receivedAt: times.receivedAt,
      properties: try properties(of: kind),
      traits: try traits(of: kind),
      traitsOnce: arrival.isHistory ? try object(message.traits_once, "traitsOnce") : .empty,
      context: try context()
    )
  }

  /// What the event needs to be about somebody.
  static func check(_ event: Event) throws(Refusal) {
    switch event.kind {
    case .group where event.groupID == nil:
      throw Refusal("no-group-id", "a group call needs `groupId`")
    case .alias where event.previousID == nil || event.subject == nil:
      throw Refusal("no-previous-id", "an alias call needs `userId` and `previousId`")
    case .track where event.name.isEmpty:
      throw Refusal("no-event-name", "a track call needs `event`, the name of what happened")
    case .track, .page, .screen, .identify, .group, .alias:
      break
    }
    if event.userID == nil, event.anonymousID == nil, event.groupID == nil {
      throw Refusal("no-id", "a message needs `userId` or `anonymousId`")
    }
  }
}

// MARK: Envelope

extension MessageReader {
  private func kind() throws(Refusal) -> Event.Kind {
    if message.type.isMissing || message.type.length == 0 {
      if let kindOfPath { return kindOfPath }
      throw Refusal("no-type", "a message needs `type`: \(MessageReader.kinds)")
    }
    guard message.type.kind == CSJ_STRING, let kind = Event.Kind(rawValue: message.type.text) else {
      throw Refusal(
        "unknown-type",
        "`type` is \(shown(message.type)), and must be one of \(MessageReader.kinds)"
      )
    }
    return kind
  }

  private static let kinds = Event.Kind.allCases.map(\.rawValue).joined(separator: ", ")

  private func shown(_ slice: csj_slice) -> String {
    "`" + String(decoding: slice.bytes.prefix(40), as: UTF8.self) + "`"
  }

  private func id(_ slice: csj_slice, _ field: String) throws(Refusal) -> String? {
    switch slice.kind {
    case CSJ_ABSENT, CSJ_NULL: nil
    case CSJ_STRING, CSJ_NUMBER: slice.length == 0 ? nil : slice.text
    default: throw Refusal("bad-id", "`\(field)` must be text or a number")
    }
  }

  private func groupID() throws(Refusal) -> String? {
    if let id = try id(message.group_id, "groupId") { return id }
    if let id = try id(message.context_group_id, "context.groupId") { return id }
    guard let batch, message.context_group_id.kind == CSJ_ABSENT else { return nil }
    return try id(batch.context_group_id, "context.groupId")
  }

  private func messageID() throws(Refusal) -> String {
    switch message.message_id.kind {
    case CSJ_ABSENT, CSJ_NULL: return makeID()
    case CSJ_STRING, CSJ_NUMBER: break
    default: throw Refusal("bad-message-id", "`messageId` must be text")
    }
    return try MessageID.read(message.message_id.bytes, "messageId") ?? makeID()
  }

  private func name(of kind: Event.Kind) throws(Refusal) -> String {
    switch kind {
    case .track: return try id(message.event, "event") ?? ""
    case .page, .screen: return try id(message.name, "name") ?? ""
    case .identify, .group, .alias: return ""
    }
  }
}

// MARK: Times

extension MessageReader {
  private func times() throws(Refusal) -> (timestamp: Timestamp, receivedAt: Timestamp) {
    var own = try time(message.timestamp, "timestamp")
    if own == nil { own = try time(message.original_timestamp, "originalTimestamp") }
    let received = try receivedAt()
    guard let receivedAt = received ?? own else {
      throw Refusal("no-timestamp", "a line of history needs `timestamp` or `receivedAt`")
    }
    return (corrected(own, received: received, arrived: receivedAt), receivedAt)
  }

  /// `receivedAt − (sentAt − timestamp)` when all three are there: the sender's clock less its skew.
  private func corrected(_ own: Timestamp?, received: Timestamp?, arrived: Timestamp) -> Timestamp {
    guard let own else { return arrived }
    guard let received, let sentAt else { return own }
    return received.adding(milliseconds: -sentAt.milliseconds(since: own))
  }

  private func receivedAt() throws(Refusal) -> Timestamp? {
    switch arrival {
    case .at(let instant): return instant
    case .fromMessage(let otherwise):
      if let received = try time(message.received_at, "receivedAt") { return received }
      return otherwise
    }
  }

  /// The message's, else the batch's; an unreadable one is none, since nothing is lost without it.
  private var sentAt: Timestamp? {
    let slice = message.sent_at.isMissing ? batch?.sent_at ?? message.sent_at : message.sent_at
    return slice.instant
  }

  private func time(_ slice: csj_slice, _ field: String) throws(Refusal) -> Timestamp? {
    if slice.isMissing || slice.length == 0 { return nil }
    if let instant = slice.instant { return instant }
    throw Refusal(
      "bad-timestamp",
      "`\(field)` is \(shown(slice)), and must be a time such as 2026-03-06T09:30:45.123Z, or "
        + "seconds or milliseconds since 1970"
    )
  }
}

// MARK: Contents

extension MessageReader {
  private func object(_ slice: csj_slice, _ field: String) throws(Refusal) -> JSONText {
    if slice.isMissing { return .empty }
    guard slice.kind == CSJ_OBJECT else {
      throw Refusal("bad-\(field)", "`\(field)` must be a JSON object")
    }
    return JSONText(wellFormed: Array(slice.bytes))
  }

  private func properties(of kind: Event.Kind) throws(Refusal) -> JSONText {
    let properties = try object(message.properties, "properties")
    guard kind == .page || kind == .screen, !message.category.isMissing else { return properties }
    return RawObject.adding("category", Array(message.category.bytes), to: properties)
  }

  private func traits(of kind: Event.Kind) throws(Refusal) -> JSONText {
    switch kind {
    case .identify:
      let inContext = try object(contextTraits, "context.traits")
      return RawObject.merge(inContext, under: try object(message.traits, "traits"))
    case .group: return try object(message.traits, "traits")
    case .track, .page, .screen:
      return arrival.isHistory ? try object(message.traits, "traits") : .empty
    case .alias: return .empty
    }
  }

  private var contextTraits: csj_slice {
    let own = message.context_traits
    guard own.kind == CSJ_ABSENT, let batch else { return own }
    return batch.context_traits
  }

  private func context() throws(Refusal) -> JSONText {
    let own = try object(message.context, "context")
    // A batch's context that is no object belongs to no message; none is refused for it.
    guard let batch, batch.context.kind == CSJ_OBJECT else { return own }
    return RawObject.merge(JSONText(wellFormed: Array(batch.context.bytes)), under: own)
  }
}
