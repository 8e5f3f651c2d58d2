import NudgeCore
import NudgeWeb
import NudgeWire
import Testing

private let one = #"{"event":"Signed Up","distinct_id":"ana"}"#

@Suite struct `PostHog's paths` {
  @Test(arguments: [
    "/batch", "/batch/", "/capture", "/capture/", "/i/v0/e", "/i/v0/e/", "/e", "/e/?ip=1&_=1&ver=1",
  ])
  func `take events, without a redirect`(path: String) async throws {
    let sink = MemorySink()
    try await withServer(sink: sink) { port in
      let body = #"{"api_key":"\#(TestKey.ingest)","batch":[\#(one),{}]}"#
      let answer = try await exchange(port: port, "POST", path, body: Array(body.utf8))
      #expect(answer.status == 200)
      #expect(answer.body == #"{"status":1,"rejected":1}"#)
    }
    #expect(sink.events.map(\.userID) == ["ana"])
    #expect(sink.rejections.map(\.code) == ["no-event-name"])
  }

  @Test(arguments: [
    ("X: y", #""api_key":"KEY""#, 200), ("X: y", #""token":"KEY""#, 200),
    ("X: y", #""writeKey":"KEY","api_key":"other""#, 200),
    ("X: y", #""api_key":"KEY","token":"other""#, 200),
    ("X: y", #""api_key":"other","token":"KEY""#, 401),
    (TestKey.bearer, #""api_key":"other""#, 200), ("X: y", #""api_key":"other""#, 401),
    ("Authorization: Bearer nwk_unknown", #""api_key":"KEY""#, 401), ("X: y", #""x":1"#, 401),
  ])
  func `find the key in its five places, in their order`(
    field: String,
    member: String,
    status: Int
  ) async throws {
    let sink = MemorySink()
    try await withServer(sink: sink) { port in
      let key = member.replacing("KEY", with: TestKey.ingest)
      let body = Array(#"{\#(key),"batch":[\#(one)]}"#.utf8)
      let answer = try await exchange(port: port, "POST", "/batch", head: [field], body: body)
      #expect(answer.status == status)
      guard status == 401 else { return }
      #expect(answer.body.hasPrefix(#"{"code":"unknown-key","message":""#))
      #expect(answer.body.contains(#","detail":""#))
    }
    #expect(sink.events.count == (status == 200 ? 1 : 0))
  }

  @Test(arguments: [
    ("{", 400, "malformed-json"), ("{}", 400, "no-batch"), (#"{"batch":7}"#, 400, "no-batch"),
    (#"{"batch":[1,2,3,4,5,6]}"#, 413, "too-many-messages"), ("", 400, "malformed-json"),
    (String(repeating: " ", count: 5000), 413, "too-large"), ("data", 400, "malformed-json"),
  ])
  func `say in detail what will not pass`(body: String, status: Int, code: String) async throws {
    let limits = WebLimits(wire: WireLimits(bodyBytes: 4096, batchMessages: 5))
    try await withServer(limits: limits) { port in
      let answer = try await exchange(
        port: port,
        "POST",
        "/batch/",
        head: [TestKey.bearer],
        body: Array(body.utf8)
      )
      #expect(answer.status == status)
      #expect(answer.body.hasPrefix(#"{"code":"\#(code)","message":""#))
      #expect(answer.body.contains(#","detail":""#))
    }
  }

  @Test func `say when to come again`() async throws {
    let sink = MemorySink(.overCapacity(retryAfterSeconds: 3))
    try await withServer(sink: sink) { port in
      let answer = try await exchange(
        port: port,
        "POST",
        "/batch",
        head: [TestKey.bearer],
        body: Array("[\(one)]".utf8)
      )
      #expect(answer.status == 503)
      #expect(answer.head.contains("retry-after: 3"))
      #expect(answer.body.contains(#""detail":""#))
    }
  }

  @Test(arguments: [
    ("POST", "/flags/?v=2", #"{"flags":{},"errorsWhileComputingFlags":false}"#),
    ("POST", "/flags", #"{"flags":{},"errorsWhileComputingFlags":false}"#),
    ("GET", "/flags", #"{"flags":{},"errorsWhileComputingFlags":false}"#),
    ("POST", "/decide/?v=3", #"{"flags":{},"featureFlags":{},"#),
  ])
  func `know no feature flags, and say so at once`(
    method: String,
    path: String,
    body: String
  ) async throws {
    try await withServer { port in
      let answer = try await exchange(port: port, method, path, body: Array("{}".utf8))
      #expect(answer.status == 200)
      #expect(answer.body.hasPrefix(body))
    }
  }

  @Test(arguments: ["GET", "PUT"])
  func `take no other methods`(method: String) async throws {
    try await withServer { port in
      let answer = try await exchange(port: port, method, "/batch")
      #expect(answer.status == 405)
      #expect(answer.body.contains(#""detail":""#))
    }
  }

  @Test func `are other ones than those of Segment`() async throws {
    try await withServer { port in
      let ours = Array("[\(one)]".utf8)
      let refused = try await exchange(
        port: port,
        "POST",
        "/v1/batch",
        head: [TestKey.bearer],
        body: ours
      )
      #expect(refused.status == 400)
      #expect(refused.body.hasPrefix(#"{"code":"not-an-object""#))
      #expect(!refused.body.contains("detail"))
    }
  }
}

@Suite struct `A browser's body` {
  /// `[{"event":"e","distinct_id":"a+b"}]`, in Base64.
  private static let base64 = "W3siZXZlbnQiOiJlIiwiZGlzdGluY3RfaWQiOiJhK2IifV0="
  private static let plain = #"[{"event":"e","distinct_id":"a+b"}]"#

  @Test(arguments: [
    ("?compression=gzip-js", "text/plain", Body.gzip), ("", "text/plain", .gzip),
    ("?compression=gzip-js", "text/plain", .plain), ("", "text/plain", .plain),
    ("?compression=base64", "application/x-www-form-urlencoded", .form("BASE64")),
    ("", "application/x-www-form-urlencoded", .form("BASE64&compression=base64")),
    ("?compression=base64", "text/plain", .form("BASE64")),
    ("", "application/x-www-form-urlencoded", .form("PLAIN")),
    ("?compression=base64", "text/plain", .bare),
    ("", "application/x-www-form-urlencoded", .plain),
  ])
  func `is unpacked`(query: String, type: String, body: Body) async throws {
    let sink = MemorySink()
    try await withServer(sink: sink) { port in
      let answer = try await exchange(
        port: port,
        "POST",
        "/e/\(query)",
        head: [TestKey.bearer, "Content-Type: \(type)"],
        body: body.bytes
      )
      #expect(answer.status == 200, "\(answer.body)")
    }
    #expect(sink.events.map(\.userID) == ["a+b"])
  }

  @Test(arguments: [
    ("?compression=lz64", "text/plain", "N4Ig", "unknown-encoding"),
    ("", "application/x-www-form-urlencoded", "x=1", "no-data"),
    ("?compression=gzip-js", "text/plain", "\u{1F}", "malformed-json"),
  ])
  func `that nobody understands is refused`(
    query: String,
    type: String,
    body: String,
    code: String
  ) async throws {
    try await withServer { port in
      let answer = try await exchange(
        port: port,
        "POST",
        "/e/\(query)",
        head: [TestKey.bearer, "Content-Type: \(type)"],
        body: Array(body.utf8)
      )
      #expect(answer.status == 400)
      #expect(answer.body.hasPrefix(#"{"code":"\#(code)""#), "\(answer.body)")
    }
  }

  @Test(arguments: ["/e/", "/flags/", "/events", "/capture/"])
  func `may come from the origins of the settings`(path: String) async throws {
    try await withServer(origins: ["https://app.example.com"]) { port in
      let origin = "Origin: https://app.example.com"
      let preflight = try await exchange(port: port, "OPTIONS", path, head: [origin])
      #expect(preflight.status == 200)
      let field = "access-control-allow-origin: https://app.example.com"
      #expect(preflight.head.contains(field))
      let answer = try await exchange(port: port, "POST", path, head: [origin, TestKey.bearer])
      #expect(answer.head.contains(field))
    }
  }

  /// How it is wrapped.
  enum Body: Sendable {
    case plain
    case gzip
    case form(String)
    case bare

    fileprivate var bytes: [UInt8] {
      let base64 = `A browser's body`.base64
      switch self {
      case .plain: return Array(`A browser's body`.plain.utf8)
      case .gzip: return NudgeWebTests.gzip(Array(`A browser's body`.plain.utf8))
      case .bare: return Array(base64.utf8)
      case .form(let text):
        let encoded = base64.replacing("=", with: "%3D")
        let plain = `A browser's body`.plain.replacing("+", with: "%2B")
        return Array(
          ("data=" + text.replacing("BASE64", with: encoded).replacing("PLAIN", with: plain)).utf8
        )
      }
    }
  }
}
