import CSimdjson
public import NudgeCore

/// Reads CloudEvents 1.0 as they come over HTTP (CloudEvents HTTP protocol binding 1.0.2, section 3).
public struct CloudEventsDecoder: Sendable {
  /// Where the attributes of the events stand.
  public enum Mode: Hashable, Sendable {
    /// In the body, which is one event, or a list of them.
    case structured
    /// In the head; the body is the event's data.
    case binary(attributes: [Attribute], contentType: String)
  }

  /// One attribute of an event, its value decoded.
  public struct Attribute: Hashable, Sendable {
    /// In lower case, without `ce-`.
    public let name: String
    /// As text.
    public let value: String

    /// An attribute of this name and value.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  private let limits: WireLimits

  /// A decoder.
  public init(limits: WireLimits = WireLimits()) {
    self.limits = limits
  }

  /// The events and rejections of a body, already inflated.
  ///
  /// - Throws: What is wrong with the body as a whole; a bad event only becomes a rejection.
  public func decode(
    _ body: [UInt8],
    mode: Mode,
    receivedAt: Timestamp
  ) throws(WireError) -> WireBatch {
    switch mode {
    case .structured: try structured(body, receivedAt)
    case .binary(let attributes, let contentType):
      try binary(body, attributes, contentType, receivedAt)
    }
  }

  private func structured(
    _ body: [UInt8],
    _ receivedAt: Timestamp
  ) throws(WireError) -> WireBatch {
    let parser = try EnvelopeParser(limits: limits)
    let document = try parser.parse(body, takesLists: true)
    defer { withExtendedLifetime(parser) {} }
    let isList = document.envelope.whole.kind == CSJ_ARRAY
    let messages =
      isList
      ? Array(UnsafeBufferPointer(start: document.messages, count: document.count))
      : [document.envelope]
    var (events, rejections): ([Event], [Rejection]) = ([], [])
    for message in messages {
      MessageOutcome(of: message.whole.bytes) { () throws(Refusal) in
        guard message.whole.kind == CSJ_OBJECT else {
          throw Refusal("not-an-object", "an event must be a JSON object")
        }
        try limits.check(messageOf: message.whole.length)
        let object = WireObject(message.whole.bytes)
        return try CloudEventReader(structured: object, receivedAt: receivedAt).event()
      }
      .add(to: &events, &rejections)
    }
    return WireBatch(events: events, rejections: rejections)
  }

  private func binary(
    _ body: [UInt8],
    _ attributes: [Attribute],
    _ contentType: String,
    _ receivedAt: Timestamp
  ) throws(WireError) -> WireBatch {
    let data = try CloudEventData(body, contentType: contentType, depth: limits.depth)
    var (events, rejections): ([Event], [Rejection]) = ([], [])
    MessageOutcome(of: body) { () throws(Refusal) in
      try limits.check(messageOf: body.count)
      let object = JSONValue.object(attributes.map { .init($0.name, .string($0.value)) })
      return try CloudEventReader(
        attributes: WireObject(object.json.bytes),
        data: data,
        receivedAt: receivedAt
      ).event()
    }
    .add(to: &events, &rejections)
    return WireBatch(events: events, rejections: rejections)
  }
}
