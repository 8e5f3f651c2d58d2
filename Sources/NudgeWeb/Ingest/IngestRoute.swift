import HTTPTypes
import Hummingbird
import NIOCore
import NudgeCore
import NudgeWire

/// Takes the body of one call, and answers once its events are durable.
struct IngestRoute: Sendable {
  private let access: Access
  private let sink: any IngestSink
  private let decoder: IngestDecoder
  private let limits: WireLimits
  private let rates: KeyRates
  private let clock: @Sendable () -> Timestamp

  init(access: Access, service: WebService, limits: WireLimits, rates: KeyRates) {
    self.access = access
    self.sink = service.sink
    self.decoder = IngestDecoder(limits: limits, makeID: service.makeID)
    self.limits = limits
    self.rates = rates
    self.clock = service.clock
  }

  /// The answer, and how many events and rejections it speaks of.
  func answer(
    to request: Request,
    call: IngestCall
  ) async throws -> (answer: Answer, events: Int, rejected: Int) {
    // The instant of arrival is that of the head: a slow body has no older events.
    let receivedAt = clock()
    do {
      let batch = try await batch(of: request, call, receivedAt)
      let (events, rejected) = (batch.events.count, batch.rejections.count)
      if let refusal = await refusal(of: batch, receivedAt) {
        return (call.answer(refusal), events, rejected)
      }
      return (call.taken(rejected: rejected), events, rejected)
    } catch let refusal as IngestRefusal {
      return (call.answer(refusal), 0, 0)
    } catch let error as WireError {
      return (call.answer(IngestRefusal(error)), 0, 0)
    }
  }

  /// The events of a request whose key is known: the key of the head counts before that of the body.
  private func batch(
    of request: Request,
    _ call: IngestCall,
    _ receivedAt: Timestamp
  ) async throws -> WireBatch {
    let key = request.headers[.authorization].flatMap(Authorization.key)
    if let key, !access.allows(key, .ingest) { throw IngestRefusal.unknownKey }
    if let key, !rates.admits(key) { throw IngestRefusal.tooFast }
    let body = try await BodyReader.plainBytes(of: request, limit: limits.bodyBytes)
    let batch = try decoder.decode(body, of: request, call, receivedAt)
    if key == nil, !access.allows(batch.key, .ingest) { throw IngestRefusal.unknownKey }
    if key == nil, let key = batch.key, !rates.admits(key) { throw IngestRefusal.tooFast }
    return batch
  }

  /// Why a batch could not be kept; `nil` once it is durable.
  private func refusal(of batch: WireBatch, _ receivedAt: Timestamp) async -> IngestRefusal? {
    if batch.events.isEmpty, batch.rejections.isEmpty { return nil }
    return switch await sink.take(batch, receivedAt: receivedAt) {
    case .durable: nil
    case .overCapacity(let seconds):
      IngestRefusal(
        status: 503,
        code: "over-capacity",
        message: "there is too much to do, ask again later",
        retryAfter: seconds
      )
    case .diskFull(let seconds):
      IngestRefusal(
        status: 507,
        code: "disk-full",
        message: "the disk is full, ask again later",
        retryAfter: seconds
      )
    case .stopping:
      IngestRefusal(
        status: 503,
        code: "stopping",
        message: "the service is stopping",
        retryAfter: WebLimits.retryAfterStop
      )
    }
  }
}

/// Turns the plain body of a request into events, by the wire of its path.
struct IngestDecoder: Sendable {
  private let segment: SegmentDecoder
  private let postHog: PostHogDecoder
  private let cloudEvents: CloudEventsDecoder
  private let limits: WireLimits

  init(limits: WireLimits, makeID: @escaping @Sendable () -> String) {
    self.segment = SegmentDecoder(limits: limits, makeID: makeID)
    self.postHog = PostHogDecoder(limits: limits, makeID: makeID)
    self.cloudEvents = CloudEventsDecoder(limits: limits)
    self.limits = limits
  }

  func decode(
    _ body: [UInt8],
    of request: Request,
    _ call: IngestCall,
    _ receivedAt: Timestamp
  ) throws -> WireBatch {
    switch call {
    case .segment(let call): try segment.decode(body, call: call, receivedAt: receivedAt)
    case .postHog: try ofPostHog(body, request, receivedAt)
    case .cloudEvents:
      try cloudEvents.decode(
        body,
        mode: CloudEventsDecoder.Mode(request.headers),
        receivedAt: receivedAt
      )
    case .flags: WireBatch(events: [])
    }
  }

  private func ofPostHog(
    _ body: [UInt8],
    _ request: Request,
    _ receivedAt: Timestamp
  ) throws -> WireBatch {
    let query = PercentEncoding.query((request.head.path ?? "").drop { $0 != "?" }.dropFirst())
    let json = try PostHogBody.json(
      body,
      contentType: request.headers[.contentType]?.lowercased() ?? "",
      query: query,
      limit: limits.bodyBytes
    )
    // Browsers put the time of sending into the address.
    let sentAt = query["_"].flatMap { WireTime.parse(Array($0.utf8)) }
    return try postHog.decode(json, sentAt: sentAt, receivedAt: receivedAt)
  }
}
