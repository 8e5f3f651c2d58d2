import Foundation
import NudgeCore
import NudgeWeb
import NudgeWire
import Testing

@Test(arguments: [
  ("GET", "/v1/status", TestKey.admin, 200), ("GET", "/v1/status", TestKey.ingest, 403),
  ("GET", "/v1/status", TestKey.inbox, 403), ("POST", "/v1/reload", TestKey.admin, 200),
  ("GET", "/v1/users/ana", TestKey.admin, 200), ("GET", "/v1/users/ana", TestKey.inbox, 403),
  ("DELETE", "/v1/users/ana", TestKey.inbox, 403),
  ("GET", "/v1/users/ana/progress", TestKey.inbox, 200),
  ("GET", "/v1/users/ana/progress", TestKey.ingest, 403),
  ("GET", "/v1/accounts/a/progress/", TestKey.inbox, 200),
  ("GET", "/v1/campaigns", TestKey.inbox, 403), ("GET", "/v1/status", "nat_unknown", 401),
  ("GET", "/v1/secret", TestKey.admin, 404),
])
func `control routes open to the keys made for them`(
  method: String,
  path: String,
  key: String,
  status: Int
) async throws {
  try await withServer { port in
    let answer = try await exchange(
      port: port,
      method,
      path,
      head: ["Authorization: Bearer \(key)"]
    )
    #expect(answer.status == status)
    let none = try await exchange(port: port, method, path)
    #expect(none.status == (status == 404 ? 404 : 401))
  }
}

@Test func `a control route gets its name, query and body`() async throws {
  try await withServer { port in
    let answer = try await exchange(
      port: port,
      "GET",
      "/v1/users/a%20b%2F%C3%A9/explain/?campaign=w+x&at=2026-03-06T09%3A30%3A00Z",
      head: ["Authorization: Bearer \(TestKey.admin)"],
      body: [1, 2, 3]
    )
    #expect(
      answer.body == #""userExplanation [a b/é] at=2026-03-06T09:30:00Z,campaign=w x 3""#
    )
    #expect(PercentEncoding.decode("a%20b%zz+") == "a b%zz+")
  }
}

@Test(arguments: [
  ("GET", "/healthz", true, 200), ("GET", "/readyz", true, 200), ("GET", "/readyz", false, 503),
  ("HEAD", "/healthz", true, 200), ("GET", "/healthz/", false, 503),
])
func `health needs no key and tells what is degraded`(
  method: String,
  path: String,
  isGood: Bool,
  status: Int
) async throws {
  try await withServer(isGood: isGood) { port in
    let answer = try await exchange(port: port, method, path)
    #expect(answer.status == status)
    #expect(answer.head.contains("content-length: 15"))
    #expect(answer.body == (method == "HEAD" ? "" : #"{"degraded":[]}"#))
  }
}

@Test(arguments: [
  ([], 200), (["X-Forwarded-For: 203.0.113.7"], 401),
  (["X-Forwarded-For: 203.0.113.7", "Authorization: Bearer \(TestKey.admin)"], 200),
  (["Forwarded: for=203.0.113.7", TestKey.bearer], 403),
])
func `metrics are free on this machine, and need an admin key through a proxy`(
  head: [String],
  status: Int
) async throws {
  try await withServer { port in
    let answer = try await exchange(port: port, "GET", "/metrics", head: head)
    #expect(answer.status == status)
    #expect(answer.body.contains("nudged_up 1") == (status == 200))
  }
}

@Test func `the control socket is for its owner and group, and asks for no key`() async throws {
  try await withSocketPath { path in
    let sink = MemorySink()
    try await withServer(at: .unix(path: path), sink: sink, access: .socketFile) { _ in
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
      #expect(mode as? Int == 0o660)
      let answers = try await blocking {
        let client = try Client(path: path)
        client.send(request("GET", "/v1/status"))
        let first = try client.receive(until: "0\"")
        client.send(request("POST", "/v1/batch", head: ["Connection: close"], body: batch(1)))
        return [first, try client.receiveAll()].map(Exchange.init)
      }
      #expect(answers.map(\.status) == [200, 200])
      #expect(answers[0].body == #""status []  0""#)
    }
    #expect(sink.events.count == 1)
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}

@Test func `a socket that answers is not taken over, one left behind is`() async throws {
  try await withSocketPath { path in
    try await withServer(at: .unix(path: path), access: .socketFile) { _ in
      await #expect(throws: SocketFile.Failure.inUse(path: path)) {
        try await withServer(at: .unix(path: path), access: .socketFile) { _ in }
      }
      let found = try await blocking { () throws -> Int in try status(at: path) }
      #expect(found == 200)
    }
    try leaveSocketBehind(at: path)
    try await withServer(at: .unix(path: path), access: .socketFile) { _ in
      let found = try await blocking { () throws -> Int in try status(at: path) }
      #expect(found == 200)
    }
    try Data().write(to: URL(filePath: path))
    await #expect(throws: SocketFile.Failure.notASocket(path: path)) {
      try await withServer(at: .unix(path: path), access: .socketFile) { _ in }
    }
  }
}

private func status(at path: String) throws -> Int {
  let client = try Client(path: path)
  client.send(request("GET", "/healthz", head: ["Connection: close"]))
  return Exchange(try client.receiveAll()).status
}

/// Binds a socket and closes it, as a process does that is killed.
private func leaveSocketBehind(at path: String) throws {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  let bytes = Array(path.utf8)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
  let file = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(file) }
  let result = withUnsafePointer(to: &address) {
    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  }
  #expect(result == 0)
}
