import NudgeCore
import NudgeWeb
import NudgeWire
import Testing

private let good = #"{"userId":"ana","event":"e","name":"n","groupId":"g","previousId":"p"}"#

@Test(arguments: [
  ("/v1/track", Event.Kind.track), ("/v1/t", .track), ("/v1/identify", .identify),
  ("/v1/i", .identify), ("/v1/group", .group), ("/v1/g", .group), ("/v1/page", .page),
  ("/v1/p", .page), ("/v1/screen", .screen), ("/v1/s", .screen), ("/v1/alias", .alias),
  ("/v1/a", .alias), ("/v1/track/", .track), ("/v1/t//?x=1", .track),
])
func `every single call is taken at its path`(path: String, kind: Event.Kind) async throws {
  let sink = MemorySink()
  try await withServer(sink: sink) { port in
    let answer = try await exchange(
      port: port,
      "POST",
      path,
      head: [TestKey.bearer, "Content-Type: text/plain"],
      body: Array(good.utf8)
    )
    #expect(answer.status == 200)
    #expect(answer.body == #"{"success":true}"#)
  }
  #expect(sink.events.map(\.kind) == [kind])
  #expect(sink.events.map(\.messageID) == ["made"])
}

@Test(arguments: ["/v1/batch", "/v1/import", "/v1/b", "/v1/batch/"])
func `a batch is taken, and what was rejected is counted`(path: String) async throws {
  let sink = MemorySink()
  try await withServer(sink: sink) { port in
    let body = #"{"batch":[{"type":"track","userId":"u","event":"e"},{"type":"track"},7]}"#
    let answer = try await exchange(
      port: port,
      "POST",
      path,
      head: [TestKey.bearer],
      body: Array(body.utf8)
    )
    #expect(answer.status == 200)
    #expect(answer.body == #"{"success":true,"rejected":2}"#)
  }
  #expect(sink.events.count == 1)
  #expect(sink.rejections.map(\.code) == ["no-event-name", "not-an-object"])
}

@Test(arguments: [
  (TestKey.bearer, nil, 200),
  ("Authorization: Basic \(base64("\(TestKey.ingest):"))", nil, 200),
  ("Authorization: Basic \(base64("\(TestKey.ingest)"))", nil, 200),
  ("authorization: basic \(base64("\(TestKey.ingest):secret"))", nil, 200),
  ("X: y", TestKey.ingest, 200),
  (TestKey.bearer, "some other key", 200),
  ("Authorization: Bearer \(TestKey.admin)", TestKey.ingest, 401),
  ("Authorization: Bearer nwk_unknown", TestKey.ingest, 401),
  ("Authorization: Basic !!!", nil, 401),
  ("X: y", "nwk_unknown", 401),
  ("X: y", TestKey.admin, 401),
  ("X: y", nil, 401),
])
func `the key is found in the header first, then in the body`(
  field: String,
  key: String?,
  status: Int
) async throws {
  let sink = MemorySink()
  try await withServer(sink: sink) { port in
    let answer = try await exchange(
      port: port,
      "POST",
      "/v1/batch",
      head: [field],
      body: batch(2, key: key)
    )
    #expect(answer.status == status)
    if status == 401 { #expect(answer.body.hasPrefix(#"{"code":"unknown-key","message":""#)) }
  }
  #expect(sink.events.count == (status == 200 ? 2 : 0))
}

@Test(arguments: [
  ("/v1/batch", "", "{", 400, "malformed-json"),
  ("/v1/batch", "", "{}", 400, "no-batch"),
  ("/v1/batch", "", "[]", 400, "not-an-object"),
  ("/v1/batch", "", "", 400, "malformed-json"),
  ("/v1/batch", "Content-Encoding: gzip", "{}", 400, "malformed-gzip"),
  ("/v1/batch", "Content-Encoding: br", "{}", 400, "unknown-encoding"),
  ("/v1/batch", "", String(repeating: " ", count: 5000), 413, "too-large"),
  ("/v1/batch", "", #"{"batch":[1,2,3,4,5,6]}"#, 413, "too-many-messages"),
  ("/v1/nothing", "", "{}", 404, "not-found"),
  ("/", "", "{}", 404, "not-found"),
  ("/healthz", "", "", 405, "wrong-method"),
])
func `what will not pass later is a 4xx with code and message`(
  path: String,
  field: String,
  body: String,
  status: Int,
  code: String
) async throws {
  let limits = WebLimits(wire: WireLimits(bodyBytes: 4096, batchMessages: 5))
  try await withServer(limits: limits) { port in
    let head = [TestKey.bearer] + (field.isEmpty ? [] : [field])
    let answer = try await exchange(port: port, "POST", path, head: head, body: Array(body.utf8))
    #expect(answer.status == status)
    #expect(answer.body.hasPrefix(#"{"code":"\#(code)","message":""#))
    #expect(answer.head.contains("content-type: application/json"))
  }
}

@Test(arguments: ["GET", "PUT", "DELETE"])
func `other methods on ingest paths are refused`(method: String) async throws {
  try await withServer { port in
    let answer = try await exchange(port: port, method, "/v1/batch")
    #expect(answer.status == 405)
    #expect(answer.head.contains("allow: post, options"))
  }
}

@Test(arguments: [
  (IngestAnswer.overCapacity(retryAfterSeconds: 3), 503, "retry-after: 3"),
  (.diskFull(retryAfterSeconds: 30), 507, "retry-after: 30"),
  (.stopping, 503, "retry-after: 5"),
])
func `what may pass later says when`(
  sinkAnswer: IngestAnswer,
  status: Int,
  field: String
) async throws {
  try await withServer(sink: MemorySink(sinkAnswer)) { port in
    let answer = try await exchange(
      port: port,
      "POST",
      "/v1/batch",
      head: [TestKey.bearer],
      body: batch(1)
    )
    #expect(answer.status == status)
    #expect(answer.head.contains(field))
    #expect(answer.body.contains(#""code":""#))
  }
}

@Test func `gzip is inflated, and refused past the limit`() async throws {
  let sink = MemorySink()
  let limits = WebLimits(wire: WireLimits(bodyBytes: 100_000))
  try await withServer(sink: sink, limits: limits) { port in
    let head = [TestKey.bearer, "Content-Encoding: gzip"]
    let small = try await exchange(
      port: port,
      "POST",
      "/v1/batch",
      head: head,
      body: gzip(batch(1000))
    )
    #expect(small.status == 200)
    let large = try await exchange(
      port: port,
      "POST",
      "/v1/batch",
      head: head,
      body: gzip(batch(2100))
    )
    #expect(large.status == 413)
    #expect(large.body.hasPrefix(#"{"code":"too-large""#))
  }
  #expect(sink.events.count == 1000)
}

@Test(arguments: ["close", "keep-alive"])
func `a body that is far too large is read to its end, so that the answer is`(
  connection: String
) async throws {
  let limits = WebLimits(head: .seconds(5), idle: .milliseconds(100))
  try await withServer(limits: limits) { port in
    let text = try await blocking {
      let client = try Client(port: port)
      let body = [UInt8](repeating: 0x20, count: 20 << 20)
      let head = [TestKey.bearer, "Connection: \(connection)"]
      client.send(request("POST", "/v1/batch", head: head, body: body))
      return try client.receiveAll()
    }
    #expect(Exchange(text).status == 413)
  }
}

@Test func `a body of 5 MB is taken`() async throws {
  let sink = MemorySink()
  try await withServer(sink: sink) { port in
    let text = String(repeating: "x", count: 20_000)
    let message = #"{"type":"track","userId":"u","event":"e","properties":{"x":"\#(text)"}}"#
    let messages = Array(repeating: message, count: 250).joined(separator: ",")
    let answer = try await exchange(
      port: port,
      "POST",
      "/v1/batch",
      head: [TestKey.bearer],
      body: Array("{\"batch\":[\(messages)]}".utf8)
    )
    #expect(answer.status == 200)
  }
  #expect(sink.events.count == 250)
}

@Test func `chunked bodies and kept connections are served`() async throws {
  let sink = MemorySink()
  try await withServer(sink: sink) { port in
    let text = try await blocking {
      let client = try Client(port: port)
      let body = String(decoding: batch(1), as: UTF8.self)
      let half = body.utf8.count / 2
      let head = "POST /v1/batch HTTP/1.1\r\nHost: x\r\n\(TestKey.bearer)\r\n"
      client.send(head + "Transfer-Encoding: chunked\r\n\r\n")
      for part in [body.prefix(half), body.dropFirst(half)] {
        client.send(String(part.utf8.count, radix: 16) + "\r\n" + part + "\r\n")
      }
      client.send("0\r\n\r\n")
      let first = try client.receive(until: #"{"success":true}"#)
      // Two at once, the second with the wish to close.
      client.send(
        request("POST", "/v1/batch", head: [TestKey.bearer], body: batch(2))
          + request(
            "POST",
            "/v1/t",
            head: [TestKey.bearer, "Connection: close"],
            body: Array(good.utf8)
          )
      )
      return first + (try client.receiveAll())
    }
    #expect(text.split(separator: "HTTP/1.1 200 OK").count == 3)
  }
  #expect(sink.events.count == 4)
}

@Test func `a chunked body past the limit is refused`() async throws {
  let limits = WebLimits(wire: WireLimits(bodyBytes: 1000))
  try await withServer(limits: limits) { port in
    let text = try await blocking {
      let client = try Client(port: port)
      let head = "POST /v1/batch HTTP/1.1\r\nHost: x\r\n\(TestKey.bearer)\r\nConnection: close\r\n"
      client.send(head + "Transfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<10 { client.send("ff\r\n" + String(repeating: " ", count: 255) + "\r\n") }
      client.send("0\r\n\r\n")
      return try client.receiveAll()
    }
    #expect(Exchange(text).status == 413)
  }
}

@Test func `a client that expects 100 is told to continue`() async throws {
  let sink = MemorySink()
  try await withServer(sink: sink) { port in
    let body = batch(3)
    let text = try await blocking {
      let client = try Client(port: port)
      let all = request(
        "POST",
        "/v1/batch",
        head: [TestKey.bearer, "Expect: 100-continue", "Connection: close"],
        body: body
      )
      client.send(Array(all.dropLast(body.count)))
      let interim = try client.receive(until: "\r\n\r\n")
      client.send(body)
      return interim + (try client.receiveAll())
    }
    #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\n"))
    #expect(text.contains("HTTP/1.1 200 OK"))
  }
  #expect(sink.events.count == 3)
}

@Test func `a client that expects 100 for too much is refused before it sends`() async throws {
  try await withServer { port in
    let text = try await blocking {
      let client = try Client(port: port)
      client.send(
        "POST /v1/batch HTTP/1.1\r\nHost: x\r\n\(TestKey.bearer)\r\n"
          + "Content-Length: 90000000\r\nExpect: 100-continue\r\n\r\n"
      )
      return try client.receiveAll()
    }
    #expect(Exchange(text).status == 413)
  }
}

@Test(arguments: [
  (["https://app.example.com"], "https://app.example.com", true),
  (["*"], "https://any.example.com", true),
  (["https://app.example.com"], "https://other.example.com", false),
  ([], "https://app.example.com", false),
])
func `a browser's preflight is answered by the list of origins`(
  origins: [String],
  origin: String,
  isAllowed: Bool
) async throws {
  try await withServer(origins: origins) { port in
    let preflight = try await exchange(port: port, "OPTIONS", "/v1/t", head: ["Origin: \(origin)"])
    #expect(preflight.status == (isAllowed ? 200 : 403))
    let field = "access-control-allow-origin: \(origin)"
    #expect(preflight.head.contains(field) == isAllowed)
    let answer = try await exchange(
      port: port,
      "POST",
      "/v1/b",
      head: ["Origin: \(origin)", "Content-Type: text/plain"],
      body: batch(1, key: TestKey.ingest)
    )
    #expect(answer.status == 200)
    #expect(answer.head.contains(field) == isAllowed)
  }
}

private func base64(_ text: String) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  let bytes = Array(text.utf8)
  var encoded = ""
  for begin in stride(from: 0, to: bytes.count, by: 3) {
    let group = bytes[begin..<min(begin + 3, bytes.count)]
    let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
    for place in 0..<4 {
      encoded.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : "=")
    }
  }
  return encoded
}
