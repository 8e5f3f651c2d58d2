/// A field of a message that a cell of a table can fill.
public enum CSVField: Hashable, Sendable {
  /// The bodies of a message.
  public enum Body: String, Hashable, Sendable, CaseIterable {
    case properties
    case traits
    case context
  }

  /// A field of the envelope, by its name in the Segment form.
  case envelope(String)
  /// A whole body, as a JSON object.
  case body(Body)
  /// One member of a body; `isText` keeps what looks like a number or a truth value as text.
  case member(Body, String, isText: Bool)

  /// The fields of the envelope.
  public static let envelopeNames = [
    "type", "messageId", "userId", "anonymousId", "groupId", "previousId", "event", "name",
    "category", "timestamp", "originalTimestamp", "sentAt", "receivedAt",
  ]

  /// The field of this name, such as `userId`, `user_id`, `traits`, `traits.plan` or `traits.zip:text`; `nil` for no field.
  public init?(_ name: String) {
    if let envelope = CSVField.envelope(name) {
      self = .envelope(envelope)
    } else if let body = Body(rawValue: name) {
      self = .body(body)
    } else if let member = CSVField.member(name) {
      self = member
    } else {
      return nil
    }
  }

  private static func envelope(_ name: String) -> String? {
    let plain = name.filter { $0 != "_" }.lowercased()
    return envelopeNames.first { $0.lowercased() == plain }
  }

  private static func member(_ name: String) -> CSVField? {
    let parts = name.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let body = Body(rawValue: String(parts[0])) else { return nil }
    let isText = parts[1].hasSuffix(":text")
    let key = String(isText ? parts[1].dropLast(":text".count) : parts[1])
    return key.isEmpty ? nil : .member(body, key, isText: isText)
  }
}
