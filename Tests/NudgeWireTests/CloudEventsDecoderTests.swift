import NudgeCore
import NudgeWire
import Testing

private let needed = #""specversion":"1.0","id":"1","source":"/app","type":"Signed Up""#

private func structured(_ body: String) throws -> WireBatch {
  try CloudEventsDecoder().decode(Array(body.utf8), mode: .structured, receivedAt: noon)
}

private func binary(
  _ attributes: KeyValuePairs<String, String>,
  _ contentType: String,
  _ body: String
) throws -> WireBatch {
  let named = attributes.map { CloudEventsDecoder.Attribute($0.key, $0.value) }
  return try CloudEventsDecoder().decode(
    Array(body.utf8),
    mode: .binary(attributes: named, contentType: contentType),
    receivedAt: noon
  )
}

@Suite struct `A CloudEvent` {
  @Test func `becomes a track call`() throws {
    let batch = try structured(
      """
      {\(needed),"time":"2026-03-06T09:30:44.123Z","subject":"s","userid":"ana","groupid":"acme",
       "datacontenttype":"application/json","trace":"t","data":{"plan":"pro"}}
      """
    )
    #expect(
      batch.events == [
        Event(
          messageID: "/app 1",
          kind: .track,
          userID: "ana",
          groupID: "acme",
          name: "Signed Up",
          timestamp: noon.adding(milliseconds: -1000),
          receivedAt: noon,
          properties: json(#"{"plan":"pro"}"#),
          context: json(
            #"{"source":"/app","subject":"s","datacontenttype":"application/json","trace":"t"}"#
          )
        )
      ]
    )
  }

  @Test(arguments: [
    (#""userid":"ana","subject":"s""#, "ana"), (#""userid":17"#, "17"), (#""subject":"s""#, "s"),
    (#""userid":"","subject":"s""#, "s"), (#""anonymousid":"x""#, nil), (#""groupid":"g""#, nil),
  ])
  func `is about its user, else about its subject`(members: String, user: String?) throws {
    let batch = try structured("{\(needed),\(members)}")
    #expect(batch.rejections == [])
    #expect(batch.events.map(\.userID) == [user])
  }

  @Test(arguments: [
    (#""data":{"a":1}"#, #"{"a":1}"#), (#""data":[1,2]"#, #"{"data":[1,2]}"#),
    (#""data":"text""#, #"{"data":"text"}"#), (#""data":null"#, ""), (#""x":1"#, ""),
    (#""data_base64":"eyJhIjoxfQ==""#, #"{"a":1}"#),
    (#""data_base64":"/////w==""#, #"{"data_base64":"/////w=="}"#),
  ])
  func `keeps its data, whatever it is`(members: String, properties: String) throws {
    let batch = try structured(#"{\#(needed),"userid":"u",\#(members)}"#)
    #expect(batch.events.map(\.properties.text) == [properties])
  }

  @Test(arguments: [
    (#"{"id":"1","source":"/a","type":"t","userid":"u"}"#, "no-specversion"),
    (
      #"{"specversion":"0.3","id":"1","source":"/a","type":"t","userid":"u"}"#,
      "unknown-specversion"
    ),
    (#"{"specversion":"1.0","source":"/a","type":"t","userid":"u"}"#, "no-message-id"),
    (#"{"specversion":"1.0","id":"1","type":"t","userid":"u"}"#, "no-message-id"),
    (#"{"specversion":"1.0","id":"1","source":"/a","userid":"u"}"#, "no-event-name"),
    ("{\(needed)}", "no-id"), (#"{\#(needed),"userid":[]}"#, "bad-id"),
    (#"{\#(needed),"userid":"u","time":"soon"}"#, "bad-timestamp"), ("7", "not-an-object"),
  ])
  func `that cannot be one is rejected alone`(event: String, code: String) throws {
    let batch = try structured(#"[{\#(needed),"userid":"u"},\#(event)]"#)
    #expect(batch.events.count == 1)
    #expect(batch.rejections.map(\.code) == [code])
  }

  @Test func `goes by its source and id, however long they are`() throws {
    let long = String(repeating: "s", count: 90)
    let batch = try structured(
      """
      [{"specversion":"1.0","id":"12345678901","source":"/\(long)","type":"t","userid":"u"},
       {"specversion":"1.0","id":"12345678902","source":"/\(long)","type":"t","userid":"u"},
       {"specversion":"1.0","id":"1","source":"/a","type":"t","userid":"u"},
       {"specversion":"1.0","id":"1","source":"/b","type":"t","userid":"u"}]
      """
    )
    #expect(Set(batch.events.map(\.messageID)).count == 4)
    #expect(batch.events.allSatisfy { $0.messageID.count <= 100 })
    #expect(batch.events[2].messageID == "/a 1")
  }
}

@Suite struct `A CloudEvent in binary mode` {
  private static let attributes: KeyValuePairs = [
    "specversion": "1.0", "id": "1", "source": "/a", "type": "t", "userid": "ana",
  ]

  @Test(arguments: [
    ("application/json", #"{"a":NaN}"#, #"{"a":null}"#), ("", #"{"a":1}"#, #"{"a":1}"#),
    ("application/vnd.x+json; charset=utf-8", "[1]", #"{"data":[1]}"#),
    ("application/x-www-form-urlencoded", #"{"a":1}"#, #"{"a":1}"#),
    ("application/x-www-form-urlencoded", "a=1", #"{"data":"a=1"}"#),
    ("text/plain", #"say "hi""#, #"{"data":"say \"hi\""}"#), ("application/json", "", ""),
  ])
  func `has its data in the body`(type: String, body: String, properties: String) throws {
    let batch = try binary(`A CloudEvent in binary mode`.attributes, type, body)
    #expect(batch.rejections == [])
    #expect(batch.events.map(\.properties.text) == [properties])
    #expect(batch.events.map(\.userID) == ["ana"])
    #expect(batch.events.map(\.messageID) == ["/a 1"])
  }

  @Test func `with a body that is not what it says is refused`() {
    #expect(throws: WireError.malformed(expected: "a key in quotes", at: 1)) {
      try binary(`A CloudEvent in binary mode`.attributes, "application/json", "{")
    }
  }

  @Test func `with more data than a message may have is rejected`() throws {
    let body = #""\#(String(repeating: "x", count: 40_000))""#
    let batch = try binary(`A CloudEvent in binary mode`.attributes, "", body)
    #expect(batch.events == [])
    #expect(batch.rejections.map(\.code) == ["too-large"])
  }
}

private func json(_ text: String) -> JSONText { JSONText(wellFormed: Array(text.utf8)) }
