/// Something that happened, as taken in: a call of an analytics SDK, its envelope read, its contents still bytes.
public struct Event: Hashable, Sendable {
  /// The kind of call that brought it.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case track
    case page
    case screen
    case identify
    case group
    case alias
  }

  /// Names this event for ever: up to 100 characters, unique while the event is kept.
  public let messageID: String
  /// The kind of call that brought it.
  public let kind: Kind
  /// The known person it is about; `nil` when only `anonymousID` is there; never empty.
  public let userID: String?
  /// Never empty.
  public let anonymousID: String?
  /// The account it names; never empty.
  public let groupID: String?
  /// The id that `userID` replaces, for `alias`; without a `userID` the one that belongs to the same person as
  /// `anonymousID`; never empty.
  public let previousID: String?
  /// The event's name for `track`, `page` and `screen`; empty otherwise.
  public let name: String
  /// When it happened, by the sender's clock less its skew.
  public let timestamp: Timestamp
  /// When it reached us.
  public let receivedAt: Timestamp
  /// A JSON object, or empty.
  public let properties: JSONText
  /// The traits to set, of the account for `group`, else of the person: a JSON object, or empty.
  public let traits: JSONText
  /// The traits to set where none was ever set: a JSON object, or empty.
  public let traitsOnce: JSONText
  /// A JSON object, or empty.
  public let context: JSONText

  /// An event of these parts.
  public init(
    messageID: String,
    kind: Kind,
    userID: String?,
    anonymousID: String? = nil,
    groupID: String? = nil,
    previousID: String? = nil,
    name: String = "",
    timestamp: Timestamp,
    receivedAt: Timestamp,
    properties: JSONText = .empty,
    traits: JSONText = .empty,
    traitsOnce: JSONText = .empty,
    context: JSONText = .empty
  ) {
    self.messageID = messageID
    self.kind = kind
    self.userID = userID
    self.anonymousID = anonymousID
    self.groupID = groupID
    self.previousID = previousID
    self.name = name
    self.timestamp = timestamp
    self.receivedAt = receivedAt
    self.properties = properties
    self.traits = traits
    self.traitsOnce = traitsOnce
    self.context = context
  }
}

/// A message that was not taken, kept so that somebody can see why.
public struct Rejection: Hashable, Sendable {
  /// A stable word for the reason, such as `no-id` or `too-large`.
  public let code: String
  /// A sentence that says what is wrong and what would be right.
  public let reason: String
  /// The message as it came, cut to `Limits.rejectedBytes`.
  public let message: [UInt8]

  /// A message that was not taken.
  public init(code: String, reason: String, message: [UInt8]) {
    self.code = code
    self.reason = reason
    self.message = message
  }
}

/// Whom an event, a model or a campaign is about.
public enum SubjectKind: String, Hashable, Sendable, CaseIterable {
  case account
  case user
  case anonymous
}

/// One subject.
///
/// Ordered as decisions are: accounts before users, then by the bytes of the id.
public struct SubjectID: Hashable, Comparable, Sendable {
  /// Whether it is a person or an account.
  public let kind: SubjectKind
  /// The bare id; never empty.
  public let id: String

  /// The subject of this kind and id.
  public init(kind: SubjectKind, id: String) {
    self.kind = kind
    self.id = id
  }

  /// A known person.
  public static func user(_ id: String) -> SubjectID { SubjectID(kind: .user, id: id) }
  /// An account.
  public static func account(_ id: String) -> SubjectID { SubjectID(kind: .account, id: id) }
  /// A person not known yet.
  public static func anonymous(_ id: String) -> SubjectID { SubjectID(kind: .anonymous, id: id) }

  /// Whether the left subject's decisions come first.
  public static func < (left: SubjectID, right: SubjectID) -> Bool {
    if left.kind != right.kind { return left.kind.order < right.kind.order }
    return left.id.utf8.lexicographicallyPrecedes(right.id.utf8)
  }
}

extension SubjectKind {
  var order: Int {
    switch self {
    case .account: 0
    case .user: 1
    case .anonymous: 2
    }
  }

  /// Whether they differ.
  ///
  /// Written out here and below, since what the standard library has for raw values would compare and hash texts,
  /// several times for each event.
  public static func != (left: SubjectKind, right: SubjectKind) -> Bool { !(left == right) }

  /// Feeds its place in the order.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(UInt8(order))
  }
}

extension Event.Kind {
  /// Whether they differ.
  public static func != (left: Event.Kind, right: Event.Kind) -> Bool { !(left == right) }
}

extension SubjectID: CustomStringConvertible {
  /// The subject as `user:ana`.
  public var description: String { "\(kind.rawValue):\(id)" }

  /// The subject that `user:ana` names; `nil` for any other form.
  public init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":"),
      let kind = SubjectKind(rawValue: String(text[..<colon]))
    else { return nil }
    let id = String(text[text.index(after: colon)...])
    guard !id.isEmpty else { return nil }
    self.init(kind: kind, id: id)
  }
}
