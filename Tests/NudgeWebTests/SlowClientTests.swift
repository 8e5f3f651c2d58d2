import NudgeWeb
import NudgeWire
import Testing

/// Short, and long enough for a client of a busy machine to get from its connection to its first byte.
private let quick = WebLimits(
  head: .seconds(1),
  request: .seconds(2),
  idle: .seconds(2)
)

@Test(arguments: [
  ("", 0), ("POST /v1/batch HTTP/1.1\r\nHost: x\r\n", 408),
  ("POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", 408),
  ("POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", 408),
  ("\r\n", 408),
])
func `a client that stops half-way is closed`(sent: String, status: Int) async throws {
  try await withServer(limits: quick) { port in
    let text = try await blocking {
      let client = try Client(port: port)
      client.send(sent)
      return try client.receiveAll()
    }
    #expect(Exchange(text).status == status)
  }
}

@Test func `a client that sends byte after byte is closed when its time is over`() async throws {
  try await withServer(limits: quick) { port in
    let begin = ContinuousClock.now
    let text = try await blocking {
      let client = try Client(port: port)
      client.send("POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 8000000\r\n\r\n")
      while begin.duration(to: .now) < .seconds(3) { client.send(" ") }
      return try client.receiveAll()
    }
    #expect([0, 408].contains(Exchange(text).status))
    #expect(begin.duration(to: .now) < .seconds(10))
  }
}

@Test func `an idle connection is closed after its last answer`() async throws {
  try await withServer(limits: quick) { port in
    let text = try await blocking {
      let client = try Client(port: port)
      client.send(request("GET", "/healthz"))
      return try client.receiveAll()
    }
    #expect(Exchange(text).status == 200)
  }
}

@Test func `a refused client that goes on sending is closed`() async throws {
  // A body that is never whole may also be too slow, so the refusal gets ample time to be said first.
  let limits = WebLimits(wire: WireLimits(bodyBytes: 10), request: .seconds(3))
  try await withServer(limits: limits) { port in
    let text = try await blocking {
      let client = try Client(port: port)
      client.send("POST /v1/t HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\nabc")
      return try client.receiveAll()
    }
    #expect(Exchange(text).status == 413)
  }
}

@Test(arguments: ["nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"])
func `what is no HTTP is refused`(sent: String) async throws {
  try await withServer { port in
    let text = try await blocking {
      let client = try Client(port: port)
      client.send(sent)
      return try client.receiveAll()
    }
    #expect([0, 400].contains(Exchange(text).status))
  }
}

@Test func `a head without end is refused`() async throws {
  try await withServer { port in
    let text = try await blocking {
      let client = try Client(port: port)
      client.send("GET / HTTP/1.1\r\n")
      for number in 0..<1000 {
        client.send("X-\(number): \(String(repeating: "y", count: 100))\r\n")
      }
      return try client.receiveAll()
    }
    #expect(Exchange(text).status == 431)
  }
}

@Test func `more connections than allowed wait their turn`() async throws {
  let limits = WebLimits(connections: 2, head: .seconds(1))
  try await withServer(limits: limits) { port in
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask { try await exchange(port: port, "GET", "/healthz").status }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == Array(repeating: 200, count: 8))
  }
}

@Test func `a client that does not read its answer is closed, and others are answered`()
  async throws
{
  let control = LongControl(bytes: 32 << 20)
  let limits = WebLimits(head: .seconds(1), request: .milliseconds(100), idle: .milliseconds(150))
  try await withServer(limits: limits, control: control) { port in
    let (received, other) = try await blocking {
      let client = try Client(port: port, receiveBytes: 4096)
      client.send(request("GET", "/v1/status", head: ["Authorization: Bearer \(TestKey.admin)"]))
      // Its time is over when the server no longer answers what comes behind.
      client.waitUntilClosedForSending()
      let other = try Client(port: port)
      other.send(request("GET", "/healthz", head: ["Connection: close"]))
      return (try client.receiveAll().utf8.count, Exchange(try other.receiveAll()).status)
    }
    #expect(received < control.bytes)
    #expect(other == 200)
  }
}
