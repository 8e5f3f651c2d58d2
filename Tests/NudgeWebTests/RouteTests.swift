import Foundation
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeWeb

/// Sends a request as an administrator.
private func ask(
  _ method: String,
  _ path: String,
  head: [String] = ["Authorization: Bearer \(TestKey.admin)"],
  body: [UInt8] = [],
  origins: [String] = []
) async throws -> Exchange {
  let (answers, continuation) = AsyncStream.makeStream(of: Exchange.self)
  try await withServer(origins: origins) { port in
    continuation.yield(try await exchange(port: port, method, path, head: head, body: body))
  }
  for await answer in answers { return answer }
  preconditionFailure("the stream has one answer")
}

@Suite struct `A route of the API` {
  @Test(arguments: [
    ("PUT", "/v1/users", "get, head"), ("POST", "/v1/users/ana", "get, delete, head"),
    ("GET", "/v1/reload", "post"), ("DELETE", "/healthz", "get, head"),
    ("GET", "/v1/outbox/retry", "post"), ("POST", "/openapi.json", "get, head"),
  ])
  func `takes its methods and names them`(
    method: String,
    path: String,
    allowed: String
  ) async throws {
    let answer = try await ask(method, path)
    #expect(answer.status == 405)
    #expect(answer.head.lowercased().contains("allow: \(allowed)"))
  }

  @Test(arguments: [
    ("/v1/users?limt=1", "takes no `limt`; it takes where · model · after · limit"),
    ("/v1/users?limit=0", "takes a whole number 1 to 5000"),
    ("/v1/users?limit=+1", "takes a whole number"), ("/v1/users?limit=", "takes a whole number"),
    ("/v1/users?after=99999999999999999999", "a whole number from 0 on"),
    ("/v1/users/ana/explain?at=soon", "must be a time such as 2026-03-09T13:00:00Z or a date"),
    ("/v1/users/ana?color=red", "takes 0 or 1"), ("/v1/users?where=a%00", "has a NUL in it"),
    ("/v1/events/lines", "`file` is missing: The digest of the file."),
    ("/v1/status?a=b", "it takes no query"), ("/v1/users/%zz", "not percent-encoded UTF-8"),
    ("/v1/users/%FF", "not percent-encoded UTF-8"), ("/v1/users/a%00b", "percent-encoded UTF-8"),
    ("/v1/users//progress", "the name in the path is empty"),
  ])
  func `says what is wrong with a call, and what would be right`(
    path: String,
    message: String
  ) async throws {
    let answer = try await ask("GET", path)
    #expect(answer.status == 400)
    #expect(answer.body.contains(message), "\(answer.body)")
  }

  @Test(arguments: [#"{"files":"#, "nonsense", String(repeating: "[", count: 100_000)])
  func `refuses a body that is no JSON`(body: String) async throws {
    let answer = try await ask("POST", "/v1/plan", body: Array(body.utf8))
    #expect(answer.status == 400)
    #expect(answer.body.contains(#""code":""#))
  }

  @Test func `answers a head that is too large`() async throws {
    let answer = try await ask("GET", "/v1/users/" + String(repeating: "a", count: 100_000))
    #expect(answer.status == 431)
    #expect(answer.body.contains("32768 bytes"))
  }

  @Test(arguments: [
    ("/v1/users/ana/progress", "https://app.example.com", 200, "get, head, options"),
    ("/v1/users/ana/progress", "https://evil.example.com", 403, ""),
    ("/v1/users/ana", "https://app.example.com", 405, ""),
  ])
  func `for products may be called from the pages that the settings list`(
    path: String,
    origin: String,
    status: Int,
    methods: String
  ) async throws {
    let head = ["Origin: \(origin)", "Authorization: Bearer \(TestKey.admin)"]
    let origins = ["https://app.example.com"]
    let preflight = try await ask("OPTIONS", path, head: head, origins: origins)
    #expect(preflight.status == status)
    #expect(preflight.head.lowercased().contains("allow-methods: \(methods)") || status != 200)
    let answer = try await ask("GET", path, head: head, origins: origins)
    #expect(answer.head.lowercased().contains("allow-origin: \(origin)") == (status == 200))
  }
}

@Suite struct `The description of the API` {
  @Test func `is served to everybody, and has every route with its keys and answers`() async throws
  {
    let served = try await ask("GET", "/openapi.json", head: [])
    #expect(served.status == 200)
    let document = try #require(JSONText(wellFormed: Array(served.body.utf8)).value)
    for route in APIRoute.allCases {
      let definition = route.definition
      let path = "/" + definition.path.joined(separator: "/")
      let operation = try #require(document["paths"]?[path]?[definition.method.rawValue])
      #expect(operation["operationId"]?.text == route.rawValue)
      #expect((operation["security"] == nil) == definition.keys.isEmpty)
      #expect(operation["responses"]?["200"] != nil)
    }
    for path in IngestPath.paths { #expect(document["paths"]?[path]?["post"] != nil) }
  }

  @Test(arguments: APIRoute.allCases)
  func `tells of no route that is not there`(route: APIRoute) async throws {
    let segments = route.definition.path.map { $0.hasPrefix("{") ? "a" : $0 }
    let path = "/" + segments.joined(separator: "/")
    let place = try #require(RouteTable.place(of: path))
    #expect(place.route(for: route.definition.method.word) == route)
  }

  @Test func `and the page about it name the same routes`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "docs/http.md"), encoding: .utf8)
    for route in APIRoute.allCases {
      let path = "/" + route.definition.path.joined(separator: "/")
      let isTold = page.contains("`\(route.definition.method.word) \(path)`")
      #expect(isTold, "\(route)")
    }
  }
}
