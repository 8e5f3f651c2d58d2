import Foundation
import Glibc
import NudgeCore
import NudgeWeb
import NudgeWire
import Synchronization
import Testing

@testable import NudgeDaemon

/// The queue before the one writer, behind the real web service, while nobody writes.
@Suite struct CapacityTests {
  private static let perRequest = 2500

  @Test func `over capacity is told at once, and nothing that was taken is lost`() async throws {
    let queue = IngestQueue()
    try await withServer(queue) { port in
      let fitting = Limits.waitingEvents / CapacityTests.perRequest
      try await withThrowingTaskGroup(of: (status: Int, head: String).self) { group in
        for number in 0..<fitting { group.addTask { try await send(number, to: port) } }
        while queue.depth < Limits.waitingEvents { await Task.yield() }
        var refusals: [Duration] = []
        for number in 0..<30 {
          let began = ContinuousClock.now
          let refused = try await send(fitting + number, to: port, count: 1)
          refusals.append(ContinuousClock.now - began)
          #expect(refused.status == 503)
          #expect(refused.head.contains("retry-after: 1\r\n"))
        }
        // The best of many: the machine is busy with other tests.
        #expect(try #require(refusals.min()) < .milliseconds(10), "\(refusals)")
        let taken = drain(queue)
        for try await answer in group { #expect(answer.status == 200) }
        #expect(Set(taken).count == Limits.waitingEvents)
        #expect(taken.count == Limits.waitingEvents)
      }
      #expect(queue.depth == 0)
    }
  }

  @Test func `a batch larger than the queue is taken when nothing waits`() async throws {
    let queue = IngestQueue()
    let events = (0...Limits.waitingEvents).map { event("e\($0)") }
    async let answer = queue.take(WireBatch(events: events), receivedAt: .distantPast)
    while queue.depth == 0 { await Task.yield() }
    let other = WireBatch(events: [event("other")])
    #expect(
      await queue.take(other, receivedAt: .distantPast) == .overCapacity(retryAfterSeconds: 1)
    )
    #expect(drain(queue).count == events.count)
    #expect(await answer == .durable)
  }

  /// Does the writer's part: everything that waits is durable now.
  private func drain(_ queue: IngestQueue) -> [String] {
    var ids: [String] = []
    while true {
      let work = queue.next()
      if work.isEmpty { return ids }
      for submission in work.submissions {
        ids += submission.batch.events.map(\.messageID)
        submission.answer.resume(returning: .durable)
      }
    }
  }

  private func event(_ id: String) -> Event {
    Event(
      messageID: id,
      kind: .track,
      userID: "ana",
      name: "Use",
      timestamp: .distantPast,
      receivedAt: .distantPast
    )
  }
}

// MARK: Web service

/// Knows nothing.
private struct NoControl: ControlHandler {
  func answer(_ call: RouteCall) async -> ControlAnswer {
    .failure(404, code: "not-found", message: "nothing is here")
  }
}

private let key = KeyRing.makeKey(.ingest, random: Array(0..<16))

private func withServer(
  _ queue: IngestQueue,
  _ body: @escaping @Sendable (Int) async throws -> Void
) async throws {
  let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
  let health = WebService.Health(isGood: true, json: Array("{}".utf8))
  let server = WebServer(
    address: .tcp(host: "127.0.0.1", port: 0),
    service: WebService(
      sink: queue,
      control: NoControl(),
      clock: { .distantPast },
      makeID: { "made" },
      health: { health },
      readiness: { health },
      metrics: { "" }
    ),
    access: .keys(try KeyRing(ingest: key, admin: "", inbox: "")),
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

/// Sends one batch over a connection of its own, on a thread of its own.
private func send(
  _ number: Int,
  to port: Int,
  count: Int = 2500
) async throws -> (status: Int, head: String) {
  let messages = (0..<count).map {
    #"{"type":"track","messageId":"\#(number)-\#($0)","userId":"ana","event":"Use"}"#
  }
  let body = "{\"batch\":[\(messages.joined(separator: ","))]}"
  let head = [
    "POST /v1/batch HTTP/1.1", "Host: nudged", "Authorization: Bearer \(key)",
    "Content-Length: \(body.utf8.count)", "Connection: close",
  ]
  let request = head.joined(separator: "\r\n") + "\r\n\r\n" + body
  return try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread {
      continuation.resume(with: Result { try exchange(Array(request.utf8), port: port) })
    }
  }
}

private struct Broken: Error {
  let errno: Int32
}

private func exchange(_ request: [UInt8], port: Int) throws -> (status: Int, head: String) {
  let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(file) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(port).bigEndian
  address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
  let connected = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
    }
  }
  guard connected == 0 else { throw Broken(errno: errno) }
  var rest = request[...]
  while !rest.isEmpty {
    let sent = rest.withUnsafeBytes { send(file, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard sent > 0 else { throw Broken(errno: errno) }
    rest = rest.dropFirst(sent)
  }
  var answer: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while case let count = recv(file, &chunk, chunk.count, 0), count > 0 { answer += chunk[..<count] }
  let text = String(decoding: answer, as: UTF8.self).lowercased()
  return (Int(text.split(separator: " ").dropFirst().first ?? "") ?? 0, text)
}
