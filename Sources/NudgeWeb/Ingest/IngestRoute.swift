import HTTPTypes
import Hummingbird
import NIOCore
import NudgeCore
import NudgeWire

/// Takes the body of one call, and answers once its events are durable.
struct IngestRoute: Sendable {
  let access: Access
  let sink: any IngestSink
  let decoder: SegmentDecoder
  let limits: WireLimits
  let clock: @Sendable () -> Timestamp

  /// The answer, and how many events and rejections it speaks of.
  func answer(
    to request: Request,
    call: SegmentDecoder.Call
  ) async throws -> (answer: Answer, events: Int, rejected: Int) {
    // The instant of arrival is that of the head: a slow body has no older events.
    let receivedAt = clock()
    let key = request.headers[.authorization].flatMap(Authorization.key)
    if let key, !access.allows(key, .ingest) { return (.unknownKey, 0, 0) }
    let batch: WireBatch
    do {
      let body = try await body(of: request)
      batch = try decoder.decode(body, call: call, receivedAt: receivedAt)
    } catch let refusal as BodyRefusal {
      return (refusal.answer, 0, 0)
    } catch let error as WireError {
      return (.failure(error.status, error.code, error.message), 0, 0)
    }
    if key == nil, !access.allows(batch.key, .ingest) { return (.unknownKey, 0, 0) }
    return (await answer(for: batch, receivedAt), batch.events.count, batch.rejections.count)
  }

  private func answer(for batch: WireBatch, _ receivedAt: Timestamp) async -> Answer {
    if batch.events.isEmpty, batch.rejections.isEmpty { return .taken(rejected: 0) }
    switch await sink.take(batch, receivedAt: receivedAt) {
    case .durable: return .taken(rejected: batch.rejections.count)
    case .overCapacity(let seconds):
      return .later(503, "over-capacity", "there is too much to do, ask again later", seconds)
    case .diskFull(let seconds):
      return .later(507, "disk-full", "the disk is full, ask again later", seconds)
    case .stopping:
      return .later(503, "stopping", "the service is stopping", WebLimits.retryAfterStop)
    }
  }

  // MARK: Body

  private func body(of request: Request) async throws -> [UInt8] {
    let encoding = request.headers[.contentEncoding]?.lowercased() ?? "identity"
    guard encoding == "gzip" || encoding == "identity" || encoding == "" else {
      throw BodyRefusal(400, "unknown-encoding", "`Content-Encoding` must be gzip, or not be there")
    }
    let bytes = try await BodyReader.bytes(of: request, limit: limits.bodyBytes)
    return encoding == "gzip" ? try inflated(bytes) : bytes
  }

  private func inflated(_ bytes: [UInt8]) throws -> [UInt8] {
    do {
      return try Gzip.inflate(bytes, limit: limits.bodyBytes)
    } catch .tooLarge(let limit) {
      throw WireError.bodyTooLarge(limit: limit)
    } catch .outOfMemory {
      throw WireError.outOfMemory
    } catch .malformed, .truncated {
      throw BodyRefusal(400, "malformed-gzip", "the body is not a whole gzip stream")
    }
  }
}

/// Why a body was not read.
struct BodyRefusal: Error {
  let answer: Answer

  init(_ status: Int, _ code: String, _ message: String) {
    answer = .failure(status, code, message)
  }
}

/// Collects bodies under a limit.
enum BodyReader {
  /// The body's bytes.
  ///
  /// - Throws: `WireError.bodyTooLarge`; the rest of the body is then read and dropped by the
  ///   server, so that the client gets to read the answer.
  static func bytes(of request: Request, limit: Int) async throws -> [UInt8] {
    let announced = request.headers[.contentLength].flatMap { Int($0) }
    if let announced, announced > limit { throw WireError.bodyTooLarge(limit: limit) }
    do {
      return Array(buffer: try await request.body.collect(upTo: limit))
    } catch is NIOTooManyBytesError {
      throw WireError.bodyTooLarge(limit: limit)
    }
  }
}

extension WireError {
  /// The status that says so.
  var status: Int {
    switch self {
    case .malformed, .notAnObject, .noBatch, .tooDeep: 400
    case .tooManyMessages, .bodyTooLarge: 413
    case .outOfMemory: 503
    }
  }
}

extension Answer {
  /// All of it is durable.
  static func taken(rejected: Int) -> Answer {
    let note = rejected > 0 ? #","rejected":\#(rejected)"# : ""
    return Answer(200, Array(#"{"success":true\#(note)}"#.utf8))
  }

  /// No key, or none that we know.
  static let unknownKey = failure(
    401,
    "unknown-key",
    "the key is missing or unknown: send it as Basic user or Bearer token",
    fields: [(.wwwAuthenticate, "Bearer")]
  )

  /// Nothing was taken, and asking again helps.
  static func later(_ status: Int, _ code: String, _ message: String, _ seconds: Int) -> Answer {
    failure(status, code, message, fields: [(.retryAfter, String(seconds))])
  }
}
