import NudgeCore
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
}
