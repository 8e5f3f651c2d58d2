import NudgeCore
import NudgeWeb
import Testing

@Suite struct `The path of CloudEvents` {
  private static let event =
    #"{"specversion":"1.0","id":"1","source":"/a","type":"Signed Up","userid":"ana"}"#

  @Test(arguments: [
    ("application/cloudevents+json; charset=utf-8", event, 1),
    ("application/cloudevents-batch+json", "[\(event),\(event)]", 2),
    ("application/cloudevents-batch+json", "[]", 0), ("application/json", event, 1),
  ])
  func `takes one event or a list of them`(type: String, body: String, count: Int) async throws {
    let sink = MemorySink()
    try await withServer(sink: sink) { port in
      let answer = try await exchange(
        port: port,
        "POST",
        "/events",
        head: [TestKey.bearer, "Content-Type: \(type)"],
        body: Array(body.utf8)
      )
      #expect(answer.status == 200)
      #expect(answer.body == #"{"success":true}"#)
    }
    #expect(sink.events.map(\.userID) == Array(repeating: "ana", count: count))
  }

  @Test func `takes an event whose attributes are in the head`() async throws {
    let sink = MemorySink()
    try await withServer(sink: sink) { port in
      let answer = try await exchange(
        port: port,
        "POST",
        "/events/",
        head: [
          TestKey.bearer, "Content-Type: application/json", "ce-specversion: 1.0", "ce-id: 1",
          "ce-source: /a", "Ce-Type: Signed%20Up", "CE-USERID: \"zo%C3%AB\"",
          "ce-time: 2026-03-06T09:30:44.123Z", "ce-groupid: acme",
        ],
        body: Array(#"{"plan":"pro"}"#.utf8)
      )
      #expect(answer.status == 200)
    }
    let event = try #require(sink.events.first)
    #expect(event.userID == "zoë")
    #expect(event.name == "Signed Up")
    #expect(event.groupID == "acme")
    #expect(event.properties.text == #"{"plan":"pro"}"#)
    #expect(event.receivedAt.milliseconds(since: event.timestamp) == 1000)
  }

  @Test(arguments: [
    ("application/cloudevents+avro", "x", 415, "unknown-format"),
    ("application/cloudevents+json", "{", 400, "malformed-json"),
    ("application/cloudevents+json", "7", 400, "not-an-object"),
  ])
  func `refuses what it cannot read`(
    type: String,
    body: String,
    status: Int,
    code: String
  ) async throws {
    try await withServer { port in
      let answer = try await exchange(
        port: port,
        "POST",
        "/events",
        head: [TestKey.bearer, "Content-Type: \(type)"],
        body: Array(body.utf8)
      )
      #expect(answer.status == status)
      #expect(answer.body.hasPrefix(#"{"code":"\#(code)","message":""#))
    }
  }

  @Test func `asks for a key in the head`() async throws {
    try await withServer { port in
      let body = Array(`The path of CloudEvents`.event.utf8)
      let answer = try await exchange(port: port, "POST", "/events", body: body)
      #expect(answer.status == 401)
    }
  }
}
