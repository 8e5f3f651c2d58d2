import NudgeCore

extension Event {
  /// A small event of a person.
  static func visit(_ id: String, of user: String, at now: Timestamp) -> Event {
    Event(
      messageID: id,
      kind: .track,
      userID: user,
      name: "Visited",
      timestamp: now,
      receivedAt: now
    )
  }
}
