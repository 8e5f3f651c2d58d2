import CZlib
import Foundation
import NudgeCore
import NudgeWeb
import NudgeWire
import Synchronization

/// Takes everything into memory, and answers as it was told.
final class MemorySink: IngestSink {
  private let answer: IngestAnswer
  private let batches = Mutex<[WireBatch]>([])

  init(_ answer: IngestAnswer = .durable) {
    self.answer = answer
  }

  var events: [Event] { batches.withLock { $0.flatMap(\.events) } }
  var rejections: [Rejection] { batches.withLock { $0.flatMap(\.rejections) } }

  func take(_ batch: WireBatch, receivedAt: Timestamp) async -> IngestAnswer {
    batches.withLock { $0.append(batch) }
    return answer
  }
}

/// Says what it was asked.
struct EchoControl: ControlHandler {
  func answer(_ call: RouteCall) async -> ControlAnswer {
    let pairs = call.query.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let text = "\(call.route) [\(call.name)] \(pairs.joined(separator: ",")) \(call.body.count)"
    return ControlAnswer(json: Array("\"\(text)\"".utf8))
  }
}

/// Answers with so many bytes, which no buffer of the system holds.
struct LongControl: ControlHandler {
  let bytes: Int

  func answer(_ call: RouteCall) async -> ControlAnswer {
    ControlAnswer(json: [UInt8](repeating: UInt8(ascii: " "), count: bytes))
  }
}

/// The keys of every test, which are also what is in the ring.
enum TestKey {
  static let ingest = KeyRing.makeKey(.ingest, random: Array(0..<16))
  static let admin = KeyRing.makeKey(.admin, random: Array(16..<32))
  static let inbox = KeyRing.makeKey(.inbox, random: Array(32..<48))

  static func ring() throws -> KeyRing {
    try KeyRing(ingest: ingest, admin: admin, inbox: inbox)
  }

  static let bearer = "Authorization: Bearer \(ingest)"
}

/// Runs a server on a free port, or at an address, for as long as the closure runs.
func withServer(
  at address: ListenAddress = .tcp(host: "127.0.0.1", port: 0),
  sink: MemorySink = MemorySink(),
  access: Access? = nil,
  limits: WebLimits = WebLimits(),
  origins: [String] = [],
  isGood: Bool = true,
  control: any ControlHandler = EchoControl(),
  _ body: @escaping @Sendable (Int) async throws -> Void
) async throws {
  let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
  let server = WebServer(
    address: address,
    service: service(sink, control, isGood: isGood),
    access: try access ?? .keys(TestKey.ring()),
    limits: limits,
    origins: origins,
    onListening: { continuation.yield($0 ?? 0) }
  )
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { continuation.finish() }
      try await server.run()
    }
    for await port in ports.prefix(1) { try await body(port) }
    group.cancelAll()
    try await group.waitForAll()
  }
}

func service(_ sink: MemorySink, _ control: any ControlHandler, isGood: Bool) -> WebService {
  let health = WebService.Health(isGood: isGood, json: Array(#"{"degraded":[]}"#.utf8))
  return WebService(
    sink: sink,
    control: control,
    clock: { Timestamp(millisecondsSinceEpoch: 1_772_789_445_123) },
    makeID: { "made" },
    health: { health },
    readiness: { health },
    metrics: { "nudged_up 1\n" }
  )
}

/// A path in a folder of its own, for as long as the closure runs.
func withSocketPath(_ body: (String) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString.prefix(8))
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try await body(folder.appending(path: "control.sock").path)
}

/// A batch of so many track calls.
func batch(_ count: Int, key: String? = nil) -> [UInt8] {
  let message = #"{"type":"track","userId":"ana","event":"Signed Up"}"#
  let messages = Array(repeating: message, count: count).joined(separator: ",")
  let writeKey = key.map { #","writeKey":"\#($0)""# } ?? ""
  return Array("{\"batch\":[\(messages)]\(writeKey)}".utf8)
}

/// These bytes as one gzip member.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  let size = Int32(MemoryLayout<z_stream>.size)
  _ = deflateInit2_(
    &stream,
    6,
    Z_DEFLATED,
    15 + 16,
    8,
    Z_DEFAULT_STRATEGY,
    ZLIB_VERSION,
    size
  )
  defer { deflateEnd(&stream) }
  var input = bytes
  return [UInt8](unsafeUninitializedCapacity: bytes.count + 1024) { output, count in
    input.withUnsafeMutableBufferPointer { source in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(output.count)
      _ = deflate(&stream, Z_FINISH)
    }
    count = output.count - Int(stream.avail_out)
  }
}
