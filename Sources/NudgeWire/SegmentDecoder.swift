import CSimdjson
public import NudgeCore

/// What the bytes of one body hold.
public struct WireBatch: Hashable, Sendable {
  /// In the order of the calls.
  public let events: [Event]
  /// The messages that were not taken, in their order.
  public let rejections: [Rejection]
  /// The `writeKey` of the body, else its `api_key`, else its `token`; `nil` if there is none.
  public let key: String?

  /// A batch of these events and rejections.
  public init(events: [Event], rejections: [Rejection] = [], key: String? = nil) {
    self.events = events
    self.rejections = rejections
    self.key = key
  }
}

/// Reads the bodies that the SDKs of Segment and RudderStack send.
public struct SegmentDecoder: Sendable {
  /// Which call a body makes.
  public enum Call: Hashable, Sendable {
    /// `{"batch": […]}`, whose messages say their types.
    case batch
    /// One message, of this kind unless its `type` says another.
    case single(Event.Kind)
  }

  private let limits: WireLimits
  private let makeID: @Sendable () -> String

  /// A decoder.
  ///
  /// - Parameters:
  ///   - limits: What is taken.
  ///   - makeID: Makes the id of a message that brings none.
  public init(limits: WireLimits = WireLimits(), makeID: @escaping @Sendable () -> String) {
    self.limits = limits
    self.makeID = makeID
  }

  /// The events and rejections of a body, already inflated.
  ///
  /// - Throws: What is wrong with the body as a whole; a bad message only becomes a rejection.
  public func decode(
    _ body: [UInt8],
    call: Call,
    receivedAt: Timestamp
  ) throws(WireError) -> WireBatch {
    let parser = try EnvelopeParser(limits: limits)
    let document = try parser.parse(body)
    // The document's slices point into the parser, which must outlive them.
    defer { withExtendedLifetime(parser) {} }
    switch call {
    case .single(let kind):
      return read([document.envelope], of: nil, kind: kind, document, receivedAt)
    case .batch:
      guard document.batch == CSJ_ARRAY else { throw .noBatch }
      let messages = UnsafeBufferPointer(start: document.messages, count: document.count)
      return read(messages, of: document.envelope, kind: nil, document, receivedAt)
    }
  }

  private func read(
    _ messages: some Collection<csj_message>,
    of batch: csj_message?,
    kind: Event.Kind?,
    _ document: csj_document,
    _ receivedAt: Timestamp
  ) -> WireBatch {
    var events: [Event] = []
    var rejections: [Rejection] = []
    events.reserveCapacity(messages.count)
    for message in messages {
      let reader = MessageReader(
        message: message,
        batch: batch,
        kindOfPath: kind,
        arrival: .at(receivedAt),
        limits: limits,
        makeID: makeID
      )
      reader.outcome().add(to: &events, &rejections)
    }
    return WireBatch(events: events, rejections: rejections, key: document.envelope.key)
  }
}

/// What came of one message.
public enum MessageOutcome: Hashable, Sendable {
  case taken(Event)
  case rejected(Rejection)
}

extension MessageOutcome {
  /// The event that is read here, or why these bytes are none.
  init(of message: some Collection<UInt8>, _ read: () throws(Refusal) -> Event) {
    do throws(Refusal) {
      self = .taken(try read())
    } catch {
      let kept = Array(message.prefix(WireLimits.rejectedBytes))
      self = .rejected(Rejection(code: error.code, reason: error.reason, message: kept))
    }
  }

  func add(to events: inout [Event], _ rejections: inout [Rejection]) {
    switch self {
    case .taken(let event): events.append(event)
    case .rejected(let rejection): rejections.append(rejection)
    }
  }
}

extension MessageReader {
  func outcome() -> MessageOutcome {
    MessageOutcome(of: message.whole.bytes) { () throws(Refusal) in
      let event = try event()
      try MessageReader.check(event)
      return event
    }
  }
}

extension csj_message {
  /// The key that stands in the body.
  var key: String? {
    [write_key, api_key, token].first { $0.kind == CSJ_STRING && $0.length > 0 }?.text
  }
}
