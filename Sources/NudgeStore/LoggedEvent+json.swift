public import NudgeCore

extension History.LoggedEvent {
  /// The event as a message in the Segment form; what is missing is left out.
  public var json: JSONValue {
    let texts: [(String, String?)] = [
      ("type", event.kind.rawValue), ("messageId", event.messageID), ("userId", event.userID),
      ("anonymousId", event.anonymousID), ("groupId", event.groupID),
      ("previousId", event.previousID),
      (event.kind == .track ? "event" : "name", event.name.isEmpty ? nil : event.name),
      ("timestamp", event.timestamp.rfc3339), ("receivedAt", arrivedAt.rfc3339),
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
}
