import NudgeCore

/// Turns one CloudEvent into an event of ours, by the table of `ingest.md`.
struct CloudEventReader {
  private let attributes: WireObject
  private let data: CloudEventData
  private let receivedAt: Timestamp

  /// A reader of an event whose attributes and data stand in one object.
  init(structured event: WireObject, receivedAt: Timestamp) {
    self.init(attributes: event, data: CloudEventData(of: event), receivedAt: receivedAt)
  }

  init(attributes: WireObject, data: CloudEventData, receivedAt: Timestamp) {
    self.attributes = attributes
    self.data = data
    self.receivedAt = receivedAt
  }

  func event() throws(Refusal) -> Event {
    try checkVersion()
    let event = Event(
      messageID: try messageID(),
      kind: .track,
      userID: try userID(),
      anonymousID: try id("anonymousid"),
      groupID: try id("groupid"),
      name: try required("type", "no-event-name"),
      timestamp: try timestamp(),
      receivedAt: receivedAt,
      properties: data.properties,
      context: context
    )
    guard event.subject != nil || event.groupID != nil else {
      throw Refusal("no-id", "an event needs the extension `userid`, or a `subject`")
    }
    return event
  }

  private func checkVersion() throws(Refusal) {
    let version = try required("specversion", "no-specversion")
    guard version == "1.0" else {
      throw Refusal("unknown-specversion", "`specversion` is `\(version)`, and must be `1.0`")
    }
  }

  private func required(_ name: String, _ code: String) throws(Refusal) -> String {
    if let text = attributes[name]?.text, !text.isEmpty { return text }
    throw Refusal(code, "a CloudEvent needs `\(name)`")
  }

  private func timestamp() throws(Refusal) -> Timestamp {
    guard let time = try attributes["time"]?.time("time") else { return receivedAt }
    return time
  }

  private func userID() throws(Refusal) -> String? {
    if let id = try id("userid") { return id }
    return try id("subject")
  }

  private func id(_ name: String) throws(Refusal) -> String? {
    try attributes[name]?.id(name)
  }

  /// Source and id, which together are unique; a digest of them where they are too long.
  private func messageID() throws(Refusal) -> String {
    let source = try required("source", "no-message-id")
    let id = try required("id", "no-message-id")
    let both = "\(source) \(id)"
    // A source is a URI and holds no space, so that the first one parts the two.
    if both.unicodeScalars.count <= WireLimits.messageIDCharacters, !source.contains(" ") {
      return both
    }
    return "ce_" + Digest.hexadecimal(Digest.sha256(joining: [source, id]))
  }

  /// All attributes that are not part of the event itself.
  private var context: JSONText {
    attributes.object { member in
      !CloudEventReader.ownAttributes.contains { member.key.elementsEqual($0.utf8) }
    }
  }

  private static let ownAttributes = [
    "specversion", "id", "type", "time", "data", "data_base64", "userid", "anonymousid", "groupid",
  ]
}
