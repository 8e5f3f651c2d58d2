import HTTPTypes
import Hummingbird
import NIOCore
import NudgeWire

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

  /// The body's bytes, inflated if its head says so.
  static func plainBytes(of request: Request, limit: Int) async throws -> [UInt8] {
    let encoding = request.headers[.contentEncoding]?.lowercased() ?? "identity"
    guard encoding == "gzip" || encoding == "identity" || encoding == "" else {
      throw IngestRefusal(
        status: 400,
        code: "unknown-encoding",
        message: "`Content-Encoding` must be gzip, or not be there"
      )
    }
    let bytes = try await bytes(of: request, limit: limit)
    return encoding == "gzip" ? try inflated(bytes, limit: limit) : bytes
  }

  /// The bytes behind a gzip stream.
  static func inflated(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
    do {
      return try Gzip.inflate(bytes, limit: limit)
    } catch .tooLarge(let limit) {
      throw WireError.bodyTooLarge(limit: limit)
    } catch .outOfMemory {
      throw WireError.outOfMemory
    } catch .malformed, .truncated {
      throw IngestRefusal(
        status: 400,
        code: "malformed-gzip",
        message: "the body is not a whole gzip stream"
      )
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
