import CSimdjson
public import NudgeCore

/// What the bytes of one body hold.
public struct WireBatch: Hashable, Sendable {
  /// In the order of the calls.
  public let events: [Event]
  /// The messages that were not taken, in their order.
  public let rejections: [Rejection]
  /// The `writeKey` of the body; `nil` if there is none.
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
      switch reader.outcome() {
      case .taken(let event): events.append(event)
      case .rejected(let rejection): rejections.append(rejection)
      }
    }
    return WireBatch(events: events, rejections: rejections, key: key(of: document.envelope))
  }

  private func key(of envelope: csj_message) -> String? {
    guard envelope.write_key.kind == CSJ_STRING, envelope.write_key.length > 0 else { return nil }
    return envelope.write_key.text
  }
}

/// What came of one message.
public enum MessageOutcome: Hashable, Sendable {
  case taken(Event)
  case rejected(Rejection)
}

extension MessageReader {
  func outcome() -> MessageOutcome {
    do {
      let event = try event()
      try MessageReader.check(event)
      return .taken(event)
    } catch {
      return .rejected(
        Rejection(
          code: error.code,
          reason: error.reason,
          message: Array(message.whole.bytes.prefix(WireLimits.rejectedBytes))
        )
      )
    }
  }
}
