import NudgeClient
import NudgeTesting
import Synchronization
import Testing

/// What may be said to a receiver on this machine.
private let local = AddressPolicy(
  allowedNetworks: [IPNetwork("127.0.0.0/8")].compactMap { $0 },
  allowsHTTP: true
)

private func post(_ url: String) throws -> OutgoingRequest {
  OutgoingRequest(
    method: "POST",
    url: try WebURL(url),
    headers: [HeaderField("x-test", "1")],
    body: Array("{}".utf8)
  )
}

@Suite struct ExchangeTests {
  @Test func `a request arrives as it was given, and its answer comes back`() async throws {
    let receiver = try LoopbackReceiver { _ in
      .answer(503, headers: ["Retry-After": "7"], body: "busy")
    }
    let exchange = HTTPExchange(policy: local)
    let result = await exchange.send(try post("http://127.0.0.1:\(receiver.port)/hook?a=1"))
    let expected = IncomingAnswer(status: 503, retryAfter: "7", body: Array("busy".utf8))
    #expect(result == .answered(expected))
    let request = try #require(receiver.requests.first)
    #expect(request.method == "POST" && request.target == "/hook?a=1")
    #expect(request.headers["x-test"] == "1" && request.body == Array("{}".utf8))
  }

  @Test(arguments: [
    (LoopbackReceiver.Behaviour.hang, ExchangeFailure.Kind.timedOut),
    (.drip, .timedOut), (.reset, .reset), (.close, .reset),
    (.raw("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort"), .reset),
    (.raw("SSH-2.0-OpenSSH_9.2\r\n"), .malformed),
    (.raw("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"), .malformed),
    (.raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"), .malformed),
  ])
  func `a bad receiver gives a failure of its kind before the deadline`(
    behaviour: LoopbackReceiver.Behaviour,
    kind: ExchangeFailure.Kind
  ) async throws {
    let receiver = try LoopbackReceiver { _ in behaviour }
    let patience: Duration = kind == .timedOut ? .milliseconds(200) : .seconds(10)
    let exchange = HTTPExchange(policy: local, deadline: patience)
    let start = ContinuousClock.now
    let result = await exchange.send(try post("http://127.0.0.1:\(receiver.port)/"))
    guard case .failed(let failure) = result else {
      Issue.record("answered: \(result)")
      return
    }
    #expect(failure.kind == kind, "\(failure)")
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func `no more than 4 KiB of an answer are read`() async throws {
    let receiver = try LoopbackReceiver { _ in .endless }
    let result = await HTTPExchange(policy: local).send(
      try post("http://127.0.0.1:\(receiver.port)/")
    )
    guard case .answered(let answer) = result else {
      Issue.record("failed: \(result)")
      return
    }
    #expect(answer.status == 200 && answer.body.count == 4096 && answer.isCut)
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func `a redirect is not followed`(status: Int) async throws {
    let receiver = try LoopbackReceiver { _ in .answer(status, headers: ["Location": "/other"]) }
    let result = await HTTPExchange(policy: local).send(
      try post("http://127.0.0.1:\(receiver.port)/")
    )
    #expect(result == .answered(IncomingAnswer(status: status)))
    #expect(receiver.requests.count == 1)
  }

  @Test func `a port where nobody listens refuses`() async throws {
    let closed = try ClosedPort()
    let result = await HTTPExchange(policy: local).send(
      try post("http://127.0.0.1:\(closed.port)/")
    )
    #expect(result.failureKind == .refused)
    withExtendedLifetime(closed) {}
  }

  @Test func `a receiver that speaks no TLS fails as such`() async throws {
    let greeting = "HTTP/1.1 400 Bad Request\r\n\r\n"
    let receiver = try LoopbackReceiver(greeting: greeting) { _ in .close }
    let result = await HTTPExchange(policy: local).send(
      try post("https://127.0.0.1:\(receiver.port)/")
    )
    #expect(result.failureKind == .tls)
    #expect(receiver.requests.isEmpty)
  }

  @Test(arguments: [
    ("http://127.0.0.1:1/", AddressPolicy(allowsHTTP: true)),
    ("http://example.com/", AddressPolicy()),
    ("https://10.0.0.1/", AddressPolicy()),
  ])
  func `what the policy forbids never leaves`(url: String, policy: AddressPolicy) async throws {
    let lookup = NameLookup { _ in .failure(NameLookup.Failure(text: "asked")) }
    let result = await HTTPExchange(policy: policy, lookup: lookup).send(try post(url))
    #expect(result.failureKind == .blockedAddress)
  }

  @Test func `a name that stands for a private address is refused`() async throws {
    let lookup = NameLookup { _ in .success([IPAddress("10.0.0.1")].compactMap { $0 }) }
    let result = await HTTPExchange(policy: AddressPolicy(), lookup: lookup).send(
      try post("https://rebind.example/")
    )
    #expect(result.failureKind == .blockedAddress)
  }

  @Test func `the vetted address is the one connected to, under the name that was asked`()
    async throws
  {
    let receiver = try LoopbackReceiver { _ in .answer(200) }
    let asked = Mutex(0)
    let lookup = NameLookup { _ in
      asked.withLock { $0 += 1 }
      return .success([IPAddress("127.0.0.1")].compactMap { $0 })
    }
    let exchange = HTTPExchange(policy: local, lookup: lookup)
    for _ in 0..<3 {
      let result = await exchange.send(try post("http://hook.invalid:\(receiver.port)/"))
      #expect(result == .answered(IncomingAnswer(status: 200)))
    }
    #expect(asked.withLock { $0 } == 1)
    #expect(receiver.requests.allSatisfy { $0.headers["host"] == "hook.invalid:\(receiver.port)" })
  }

  @Test func `the next address of a name is tried when nobody listens at the first`() async throws {
    let receiver = try LoopbackReceiver { _ in .answer(200) }
    let lookup = NameLookup { _ in
      .success(["127.0.0.2", "127.0.0.1"].compactMap { IPAddress($0) })
    }
    let result = await HTTPExchange(policy: local, lookup: lookup).send(
      try post("http://two.invalid:\(receiver.port)/")
    )
    #expect(result == .answered(IncomingAnswer(status: 200)))
  }

  @Test func `a name that is unknown fails as such`() async throws {
    let lookup = NameLookup { _ in .failure(NameLookup.Failure(text: "unknown")) }
    let result = await HTTPExchange(policy: local, lookup: lookup).send(
      try post("http://a.invalid/")
    )
    #expect(result == .failed(ExchangeFailure(.dns, "unknown")))
  }

  @Test func `a resolver that hangs is left at the deadline`() async throws {
    let gate = Gate()
    defer { gate.open() }
    let lookup = NameLookup { _ in
      gate.wait()
      return .failure(NameLookup.Failure(text: "late"))
    }
    let exchange = HTTPExchange(policy: local, deadline: .milliseconds(100), lookup: lookup)
    #expect(await exchange.send(try post("http://slow.invalid/")).failureKind == .timedOut)
  }

  @Test func `a cancelled exchange ends at once`() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let receiver = try LoopbackReceiver { _ in
      arrived.yield()
      return .hang
    }
    let exchange = HTTPExchange(policy: local)
    let request = try post("http://127.0.0.1:\(receiver.port)/")
    let task = Task { await exchange.send(request) }
    for await _ in arrivals { break }
    task.cancel()
    #expect(await task.value.failureKind == .cancelled)
  }

  @Test func `a command reads a large answer over the control socket`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path(of: "control socket.sock")
    let text = String(repeating: "x", count: 1_000_000)
    let receiver = try LoopbackReceiver(socketPath: path) { request in
      .answer(request.target == "/v1/status?all=1" ? 200 : 404, body: text)
    }
    let answer = try await ControlClient(socketPath: path).send(target: "/v1/status?all=1")
    #expect(answer.status == 200 && answer.body.count == 1_000_000)
    #expect(receiver.requests.count == 1)
  }

  @Test func `a control socket without a daemon refuses`() async throws {
    let folder = try TemporaryFolder()
    let client = ControlClient(socketPath: folder.path(of: "none.sock"))
    let failure = await #expect(throws: ExchangeFailure.self) { try await client.send(target: "/") }
    #expect(failure?.kind == .refused)
  }
}

extension ExchangeResult {
  /// The kind of the failure; `nil` when there is an answer.
  var failureKind: ExchangeFailure.Kind? {
    switch self {
    case .answered: nil
    case .failed(let failure): failure.kind
    }
  }
}
