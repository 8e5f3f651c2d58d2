import Glibc
import Logging
import NudgeWeb
import ServiceLifecycle
import Testing

/// Runs a server until `body` has called what stops it, and tells when it has ended.
private func withStoppableServer(
  at address: ListenAddress = .tcp(host: "127.0.0.1", port: 0),
  limits: WebLimits = WebLimits(),
  control: any ControlHandler = EchoControl(),
  _ body: @escaping @Sendable (Int, @escaping @Sendable () -> Void) async throws -> Void
) async throws {
  let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
  let server = WebServer(
    address: address,
    service: service(MemorySink(), control, isGood: true),
    access: .keys(try TestKey.ring()),
    limits: limits,
    onListening: { continuation.yield($0 ?? 0) }
  )
  let group = ServiceGroup(configuration: .init(services: [server], logger: silence))
  try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask {
      defer { continuation.finish() }
      try await group.run()
    }
    for await port in ports.prefix(1) {
      // Called from a thread of a client, which cannot wait for it.
      try await body(port) { Task { await group.triggerGracefulShutdown() } }
    }
    await group.triggerGracefulShutdown()
    try await tasks.waitForAll()
  }
}

private let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Waits until nobody new is let in.
private func waitUntilRefused(_ port: Int) {
  while (try? Client(port: port)) != nil { sched_yield() }
}

@Test func `a server that stops answers who comes a moment late, and says that it was the last`()
  async throws
{
  try await withStoppableServer { port, stop in
    let text = try await blocking {
      let client = try Client(port: port)
      client.send(request("GET", "/healthz"))
      _ = try client.receive(until: #"{"degraded":[]}"#)
      stop()
      waitUntilRefused(port)
      client.send(request("GET", "/healthz"))
      return try client.receiveAll()
    }
    #expect(Exchange(text).status == 200)
    #expect(Exchange(text).head.contains("connection: close"))
  }
}

@Test func `a server that stops answers a connection that has just been accepted`() async throws {
  try await withStoppableServer { port, stop in
    let text = try await blocking {
      let client = try Client(port: port)
      client.send("GET /healthz HTTP/1.1\r\n")
      stop()
      waitUntilRefused(port)
      client.send("Host: x\r\n\r\n")
      return try client.receiveAll()
    }
    #expect(Exchange(text).status == 200)
  }
}

@Test(arguments: ["", "GET /healthz HTTP/1.1\r\n"])
func `a server that stops waits for nobody for long`(sent: String) async throws {
  let limits = WebLimits(
    head: .seconds(30),
    farewell: .milliseconds(20),
    drain: .milliseconds(50)
  )
  try await withStoppableServer(limits: limits) { port, stop in
    let text = try await blocking {
      let client = try Client(port: port)
      client.send(sent)
      stop()
      return try client.receiveAll()
    }
    #expect(Exchange(text).status == (sent.isEmpty ? 0 : 408))
  }
}

@Test func `a server serves at a socket that was opened for it`() async throws {
  let (descriptor, port) = try listeningSocket()
  try await withStoppableServer(at: .inherited(descriptor: descriptor)) { told, _ in
    let text = try await blocking {
      let client = try Client(port: port)
      client.send(request("GET", "/healthz"))
      return try client.receive(until: #"{"degraded":[]}"#)
    }
    #expect(told == port)
    #expect(Exchange(text).status == 200)
  }
}

/// A socket that listens on a free port of loopback; the server closes it.
private func listeningSocket() throws -> (descriptor: Int32, port: Int) {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isListening = withUnsafeMutablePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
        && getsockname(descriptor, $0, &length) == 0
    }
  }
  try #require(isListening)
  return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
}
