import NudgeCore
import NudgeWire
import Testing

@Test func `a track call becomes an event`() throws {
  let event = try #require(
    try track(
      """
      {"messageId":" m1 ","userId":"ana","anonymousId":null,"event":"Signed Up",
       "timestamp":"2026-03-06T09:30:44.123Z","properties":{"plan": "pro"},
       "context":{"groupId":"acme","traits":{"x":1}},"writeKey":"k"}
      """
    ).events.first
  )
  #expect(
    event
      == Event(
        messageID: "m1",
        kind: .track,
        userID: "ana",
        groupID: "acme",
        name: "Signed Up",
        timestamp: noon.adding(milliseconds: -1000),
        receivedAt: noon,
        properties: JSONText(wellFormed: Array(#"{"plan": "pro"}"#.utf8)),
        context: JSONText(wellFormed: Array(#"{"groupId":"acme","traits":{"x":1}}"#.utf8))
      )
  )
}

@Test(arguments: [
  (#""ana""#, "ana"), ("17", "17"), ("9007199254740993", "9007199254740993"), (#""""#, nil),
  ("null", nil), (#""a\u0000b""#, "a\u{FFFD}b"), (#""zoë""#, "zoë"), (#""a\"b""#, "a\"b"),
])
func `an id is text, a number as text, or none`(json: String, expected: String?) throws {
  let event = try track(#"{"userId":\#(json),"anonymousId":"x","event":"e"}"#).events.first
  #expect(event?.userID == expected)
}

@Test(arguments: [
  (#""m1""#, "m1"), (#""  m1\n""#, "m1"), (#""  ""#, "made"), (#""""#, "made"), ("null", "made"),
  ("5", "5"),
  ("\"" + String(repeating: "ü", count: 100) + "\"", String(repeating: "ü", count: 100)),
])
func `a message id is trimmed, and made when blank`(json: String, expected: String) throws {
  let event = try track(#"{"userId":"u","event":"e","messageId":\#(json)}"#).events.first
  #expect(event?.messageID == expected)
}

@Test(arguments: [
  (#"{"event":"e"}"#, "no-id"),
  (#"{"userId":"","anonymousId":null,"event":"e"}"#, "no-id"),
  (#"{"userId":"u"}"#, "no-event-name"),
  (#"{"userId":"u","event":""}"#, "no-event-name"),
  (#"{"userId":{},"event":"e"}"#, "bad-id"),
  (#"{"userId":true,"event":"e"}"#, "bad-id"),
  (#"{"userId":"u","event":"e","type":"tarck"}"#, "unknown-type"),
  (#"{"userId":"u","event":"e","type":7}"#, "unknown-type"),
  (#"{"userId":"u","event":"e","timestamp":"soon"}"#, "bad-timestamp"),
  (#"{"userId":"u","event":"e","timestamp":{}}"#, "bad-timestamp"),
  (#"{"userId":"u","event":"e","properties":[]}"#, "bad-properties"),
  (#"{"userId":"u","event":"e","context":"c"}"#, "bad-context"),
  (#"{"userId":"u","type":"identify","traits":"t"}"#, "bad-traits"),
  (#"{"userId":"u","type":"group"}"#, "no-group-id"),
  (#"{"userId":"u","type":"alias"}"#, "no-previous-id"),
  (
    #"{"userId":"u","event":"e","messageId":"\#(String(repeating: "m", count: 101))"}"#,
    "long-message-id"
  ),
  (#"{"userId":"u","event":"e","messageId":[]}"#, "bad-message-id"),
  (
    #"{"userId":"u","event":"e","properties":{"x":"\#(String(repeating: "y", count: 32 << 10))"}}"#,
    "too-large"
  ),
])
func `a bad message is rejected with its reason`(message: String, code: String) throws {
  let result = try track(message)
  #expect(result.events.isEmpty)
  #expect(result.rejections.map(\.code) == [code])
  #expect(result.rejections.first?.message == Array(message.utf8.prefix(WireLimits.rejectedBytes)))
}

@Test func `one bad message does not refuse its batch`() throws {
  let result = try batch(
    #"{"type":"track","userId":"u","event":"one"}"#,
    "1",
    "null",
    #"{"type":"track"}"#,
    #"{"userId":"u"}"#,
    #"{"type":"track","userId":"u","event":"two"}"#
  )
  #expect(result.events.map(\.name) == ["one", "two"])
  #expect(
    result.rejections.map(\.code)
      == ["not-an-object", "not-an-object", "no-event-name", "no-type"]
  )
}

@Test(arguments: [
  (#""timestamp":"2026-03-06T09:00:00Z""#, #""sentAt":"2026-03-06T09:00:10Z""#, -10_000),
  (#""timestamp":"2026-03-06T09:00:00Z","sentAt":"2026-03-06T09:00:01Z""#, #""sentAt":7"#, -1000),
  (#""originalTimestamp":"2026-03-06T09:00:00Z""#, #""sentAt":"2026-03-06T09:00:10Z""#, -10_000),
  (#""timestamp":"2026-03-06T09:30:00.123Z""#, #""sentAt":null"#, -45_000),
  (#""timestamp":1772789445000"#, #""sentAt":"?""#, -123),
  (#""timestamp":1772789445"#, #""x":1"#, -123),
  (#""timestamp":null"#, #""sentAt":"2026-03-06T09:00:10Z""#, 0),
  (#""timestamp":"""#, #""x":1"#, 0),
])
func `a time is the sender's less its skew, its own, or the arrival`(
  item: String,
  around: String,
  offset: Int64
) throws {
  let message = #"{"type":"track","userId":"u","event":"e",\#(item)}"#
  let event = try batch(message, around: "," + around).events.first
  #expect(event?.timestamp == noon.adding(milliseconds: offset))
  #expect(event?.receivedAt == noon)
}

@Test(arguments: [
  (#""context":{"a":1}"#, #""context":{"b":2, "a" : 3}"#, #"{"b":2,"a":1}"#),
  (
    #""context":{"a":{"x":1}}"#, #""context":{"a":{"y":2},"c":"}\",{"}"#,
    #"{"c":"}\",{","a":{"x":1}}"#
  ),
  (#""context":{}"#, #""context":{"b":2}"#, #"{"b":2}"#),
  (#""x":1"#, #""context":{"b":2}"#, #"{"b":2}"#),
  (#""context":{"a":1}"#, #""context":null"#, #"{"a":1}"#),
  (#""context":null"#, #""context":7"#, ""),
])
func `the batch's context is merged under the message's`(
  item: String,
  around: String,
  expected: String
) throws {
  let message = #"{"type":"track","userId":"u","event":"e",\#(item)}"#
  #expect(try batch(message, around: "," + around).events.first?.context.text == expected)
}

@Test(arguments: [
  (#""groupId":"g","context":{"groupId":"c"}"#, "g"), (#""context":{"groupId":"c"}"#, "c"),
  (#""context":{"groupId":42}"#, "42"), (#""context":{}"#, "b"), (#""x":1"#, "b"),
  (#""groupId":"","context":{"groupId":null}"#, nil),
  (#""context":{"groupId":"c"},"context":{}"#, "b"),
])
func `the account is the message's, its context's, or the batch's`(
  item: String,
  expected: String?
) throws {
  let message = #"{"type":"track","userId":"u","event":"e",\#(item)}"#
  let result = try batch(message, around: #","context":{"groupId":"b"}"#)
  #expect(result.events.first?.groupID == expected)
}

@Test(arguments: [
  (#""type":"identify","traits":{"a":1}"#, #"{"a":1}"#),
  (#""type":"identify","context":{"traits":{"a":1}}"#, #"{"a":1}"#),
  (#""type":"identify","traits":{"a":1},"context":{"traits":{"a":2,"b":3}}"#, #"{"b":3,"a":1}"#),
  (#""type":"group","groupId":"g","traits":{"a":1},"context":{"traits":{"b":2}}"#, #"{"a":1}"#),
  (#""type":"track","event":"e","traits":{"a":1}"#, ""),
])
func `traits come with identify and group`(item: String, expected: String) throws {
  #expect(try batch(#"{"userId":"u",\#(item)}"#).events.first?.traits.text == expected)
}

@Test(arguments: [
  (
    #""type":"page","name":"Home","category":"Docs","properties":{"a":1}"#,
    #"{"category":"Docs","a":1}"#
  ),
  (
    #""type":"page","name":"Home","category":"D\u0022","properties":{}"#, #"{"category":"D\u0022"}"#
  ),
  (
    #""type":"screen","name":"Home","category":"x","properties":{"category":"own"}"#,
    #"{"category":"own"}"#
  ),
  (#""type":"page","name":"Home","category":null"#, ""),
  (#""type":"track","event":"Home","category":"x","properties":{}"#, "{}"),
])
func `a page carries its category among its properties`(item: String, expected: String) throws {
  let event = try batch(#"{"userId":"u",\#(item)}"#).events.first
  #expect(event?.properties.text == expected)
  #expect(event?.name == "Home")
}

@Test(arguments: [
  (#"{"userId":"u","event":"e","properties":{"a":"\ud800"}}"#, #"{"a":"\ufffd"}"#),
  (
    #"{"userId":"u","event":"e","properties":{"a":"\udc00\ud83d\ude00"}}"#,
    #"{"a":"\ufffd\ud83d\ude00"}"#
  ),
  (
    #"{"userId":"u","event":"e","properties":{"a":NaN,"b":[Infinity,-Infinity]}}"#,
    #"{"a":null,"b":[null,null]}"#
  ),
  (
    #"{"userId":"u","event":"e","properties":{"a":100000000000000000000}}"#,
    #"{"a":100000000000000000000}"#
  ),
  (#"{"userId":"u","event":"e","properties":{"a":9007199254740993}}"#, #"{"a":9007199254740993}"#),
  (#"{"userId":"u","event":"e","properties":{"a":1e400}}"#, #"{"a":1e400}"#),
  (#"{"userId":"u","event":"e","properties":{"a":"\u0000"}}"#, #"{"a":"\u0000"}"#),
  (
    "{\"userId\":\"u\",\"event\":\"e\",\"properties\":{\"a\":\"\u{0}\n\"}}",
    #"{"a":"\u0000\u000a"}"#
  ),
  ("\u{FEFF}{\"userId\":\"u\",\"event\":\"e\",\"properties\":{}}", "{}"),
  (#"{"userId":"u","event":"e","properties":{"a":1},"properties":{"b":2}}"#, #"{"b":2}"#),
  (#"{"userId":"u","event":"e","properti\u0065s":{"b":2}}"#, #"{"b":2}"#),
])
func `odd values are taken and kept as strict JSON`(body: String, properties: String) throws {
  let result = try track(body)
  #expect(result.events.first?.properties.text == properties)
}

@Test func `half a surrogate in an id becomes the replacement character`() throws {
  #expect(try track(#"{"userId":"a\ud800","event":"e"}"#).events.first?.userID == "a\u{FFFD}")
}

@Test(arguments: [
  ("", "malformed-json"), ("{", "malformed-json"), ("nonsense", "malformed-json"),
  (#"{"batch":[}"#, "malformed-json"), (#"{"batch":[]} x"#, "malformed-json"),
  (#"{"batch":[],}"#, "malformed-json"),
  (#"{"batch":[{"properties":{"a":tru e}}]}"#, "malformed-json"),
  (#"{"batch":[{"properties":{"a":01}}]}"#, "malformed-json"),
  (#"{"batch":[{"properties":{"a":"\x"}}]}"#, "malformed-json"),
  ("[]", "not-an-object"), ("7", "not-an-object"), ("null", "not-an-object"),
  ("{}", "no-batch"), (#"{"batch":{}}"#, "no-batch"), (#"{"batch":null}"#, "no-batch"),
  (#"{"batch":[1,2,3,4]}"#, "too-many-messages"),
  (#"{"batch":[{"properties":{"a":[[[[[]]]]]}}]}"#, "too-deep"),
  (#"{"batch":[{"properties":{"a":[[[[[NaN]]]]]}}]}"#, "too-deep"),
  (#"{"x":"\#(String(repeating: "x", count: 300))"}"#, "too-large"),
])
func `a bad body is refused as a whole`(body: String, code: String) {
  let limits = WireLimits(bodyBytes: 300, batchMessages: 3, depth: 8)
  let error = #expect(throws: WireError.self) {
    try decoder(limits: limits).decode(Array(body.utf8), call: .batch, receivedAt: noon)
  }
  #expect(error?.code == code)
}

@Test func `JSON is read to 64 levels`() throws {
  let deep = String(repeating: "[", count: 62) + String(repeating: "]", count: 62)
  #expect(try track(#"{"userId":"u","event":"e","properties":{"a":\#(deep)}}"#).events.count == 1)
  #expect(throws: WireError.tooDeep(limit: 64)) {
    try track(#"{"userId":"u","event":"e","properties":{"a":[\#(deep)]}}"#)
  }
}

@Test func `a body's write key is found`() throws {
  #expect(try batch(around: #","writeKey":"nwk_1""#).key == "nwk_1")
  #expect(try batch(around: #","writeKey":null"#).key == nil)
}
