import CSimdjson
public import NudgeCore

/// Reads the bodies that PostHog's SDKs send: one event, a list of them, or `{"batch": […]}`.
public struct PostHogDecoder: Sendable {
  private let limits: WireLimits
  private let makeID: @Sendable () -> String

  /// A decoder.
  ///
  /// - Parameters:
  ///   - limits: What is taken.
  ///   - makeID: Makes the id of an event that brings none and cannot be told from its repeats.
  public init(limits: WireLimits = WireLimits(), makeID: @escaping @Sendable () -> String) {
    self.limits = limits
    self.makeID = makeID
  }

  /// The events and rejections of a body, already inflated.
  ///
  /// - Parameters:
  ///   - body: JSON.
  ///   - sentAt: What the address says of the sender's clock; the body goes before it.
  ///   - receivedAt: When it arrived.
  /// - Returns: The events in the order of the calls, and what was not taken.
  /// - Throws: What is wrong with the body as a whole; a bad event only becomes a rejection.
  public func decode(
    _ body: [UInt8],
    sentAt: Timestamp? = nil,
    receivedAt: Timestamp
  ) throws(WireError) -> WireBatch {
    let parser = try EnvelopeParser(limits: limits)
    let document = try parser.parse(body, takesLists: true)
    // The document's slices point into the parser, which must outlive them.
    defer { withExtendedLifetime(parser) {} }
    let arrival = PostHogArrival(document.envelope, sentAt: sentAt, receivedAt: receivedAt)
    let messages = try messages(of: document)
    var (events, rejections): ([Event], [Rejection]) = ([], [])
    for (place, message) in messages.enumerated() {
      outcome(of: message, at: place, arrival).add(to: &events, &rejections)
    }
    let key = document.envelope.key ?? messages.first.flatMap(PostHogDecoder.key)
    return WireBatch(events: events, rejections: rejections, key: key)
  }

  private func messages(of document: csj_document) throws(WireError) -> [csj_message] {
    if document.batch == CSJ_ARRAY {
      return Array(UnsafeBufferPointer(start: document.messages, count: document.count))
    }
    guard document.batch == CSJ_ABSENT, !document.envelope.event.isMissing else {
      throw .noBatch
    }
    return [document.envelope]
  }

  private func outcome(
    of message: csj_message,
    at place: Int,
    _ arrival: PostHogArrival
  ) -> MessageOutcome {
    MessageOutcome(of: message.whole.bytes) { () throws(Refusal) in
      guard message.whole.kind == CSJ_OBJECT else {
        throw Refusal("not-an-object", "an event must be a JSON object")
      }
      try limits.check(messageOf: message.whole.length)
      return try PostHogReader(message, at: place, arrival, makeID: makeID).event()
    }
  }

  /// The key of the first of a list of events, each of which carries one.
  private static func key(of message: csj_message) -> String? {
    if let key = message.key { return key }
    guard message.properties.kind == CSJ_OBJECT else { return nil }
    return WireObject(message.properties.bytes)["token"]?.text
  }
}

/// When a body arrived, and what it says of its sender's clock.
struct PostHogArrival {
  let receivedAt: Timestamp
  let sentAt: Timestamp?
  /// Whether the times of its events are those of an import, and stay as they are.
  let isHistorical: Bool

  init(_ envelope: csj_message, sentAt: Timestamp?, receivedAt: Timestamp) {
    self.receivedAt = receivedAt
    self.sentAt = envelope.sent_at.instant ?? sentAt
    isHistorical = envelope.historical_migration.text == "true"
  }

  /// When an event happened, by our clock: less the skew of the sender's.
  func timestamp(own: Timestamp?, isExact: Bool) -> Timestamp {
    guard let own else { return receivedAt }
    guard let sentAt, !isExact, !isHistorical else { return own }
    return receivedAt.adding(milliseconds: -sentAt.milliseconds(since: own))
  }
}
