public import NudgeCore
public import NudgeStore

/// One event as it is exported: in the Segment form, received when it was taken in.
public struct EventRow {
  /// The columns of a table of events.
  public static let names = [
    "type", "messageId", "userId", "anonymousId", "groupId", "previousId", "event", "timestamp",
    "receivedAt", "properties", "traits", "traitsOnce", "context",
  ]

  private let logged: History.LoggedEvent
  private var event: Event { logged.event }

  /// The row of an event of the log.
  public init(_ logged: History.LoggedEvent) {
    self.logged = logged
  }

  /// The cells of a table; what is missing is empty.
  public var cells: [String] {
    [
      event.kind.rawValue, event.messageID, event.userID ?? "", event.anonymousID ?? "",
      event.groupID ?? "", event.previousID ?? "", event.name, event.timestamp.rfc3339,
      logged.arrivedAt.rfc3339, event.properties.text, event.traits.text, event.traitsOnce.text,
      event.context.text,
    ]
  }

  /// The event as a message; what is missing is left out.
  public var message: JSONValue {
    let texts: [(String, String?)] = [
      ("type", event.kind.rawValue), ("messageId", event.messageID), ("userId", event.userID),
      ("anonymousId", event.anonymousID), ("groupId", event.groupID),
      ("previousId", event.previousID), (event.kind == .track ? "event" : "name", name),
      ("timestamp", event.timestamp.rfc3339), ("receivedAt", logged.arrivedAt.rfc3339),
    ]
    let bodies: [(String, JSONText)] = [
      ("properties", event.properties), ("traits", event.traits),
      ("traitsOnce", event.traitsOnce), ("context", event.context),
    ]
    return .object(
      texts.compactMap { key, text in text.map { .init(key, .string($0)) } }
        + bodies.compactMap { key, body in
          (body.isEmpty ? nil : body.value).map { .init(key, $0) }
        }
    )
  }

  private var name: String? { event.name.isEmpty ? nil : event.name }
}
