import NudgeCore
import NudgeWire
import Testing

/// What came of a body of PostHog's wire; an event without an id is called `made`.
private func postHog(_ body: String, sentAt: Timestamp? = nil) throws -> WireBatch {
  try PostHogDecoder { "made" }.decode(Array(body.utf8), sentAt: sentAt, receivedAt: noon)
}

/// What came of one event with these members beside its uuid.
private func event(_ members: String) throws -> Event? {
  let batch = try postHog(#"{"api_key":"k","uuid":"u1",\#(members)}"#)
  #expect(batch.rejections == [])
  return batch.events.first
}

@Suite struct `An event of PostHog` {
  @Test func `becomes a track call with its $set applied`() throws {
    let event = try event(
      """
      "event":"Signed Up","distinct_id":"ana","timestamp":"2026-03-06T09:30:44.123Z",
      "$set":{"plan":"pro"},"$set_once":{"first":1},
      "properties":{"a": 1,"$lib":"posthog-python","$lib_version":"7","$current_url":"https://x",
        "$ip":"::1","$os":"Linux","$groups":{"company":"acme"},"token":"k","$browser":"Firefox",
        "$set":{"plan":"free","seats":3}}
      """
    )
    #expect(
      event
        == Event(
          messageID: "u1",
          kind: .track,
          userID: "ana",
          groupID: "acme",
          name: "Signed Up",
          timestamp: noon.adding(milliseconds: -1000),
          receivedAt: noon,
          properties: json(#"{"a": 1}"#),
          traits: json(#"{"seats":3,"plan":"pro"}"#),
          traitsOnce: json(#"{"first":1}"#),
          context: json(
            #"{"library":{"name":"posthog-python","version":"7"},"page":{"url":"https://x"},"#
              + #""ip":"::1","os":{"name":"Linux"}}"#
          )
        )
    )
  }

  @Test(arguments: [
    ("$identify", Event.Kind.identify, ""), ("$set", .identify, ""), ("$set_once", .identify, ""),
    ("$pageview", .page, "$pageview"), ("$screen", .screen, "$screen"),
    ("$pageleave", .track, "$pageleave"), ("Signed Up", .track, "Signed Up"),
  ])
  func `is of the kind that its name says`(name: String, kind: Event.Kind, kept: String) throws {
    let event = try event(#""event":"\#(name)","distinct_id":"ana","$set":{"a":1}"#)
    #expect(event?.kind == kind)
    #expect(event?.name == kept)
    #expect(event?.traits.text == #"{"a":1}"#)
  }

  @Test(arguments: [
    (#""distinct_id":"ana""#, "ana" as String?, nil as String?), (#""distinct_id":17"#, "17", nil),
    (#""properties":{"distinct_id":"ana"}"#, "ana", nil),
    (#""distinct_id":"x","properties":{"$process_person_profile":false}"#, nil, "x"),
    (#""distinct_id":"x","properties":{"$process_person_profile":true}"#, "x", nil),
  ])
  func `is about a person, or about one who is not known yet`(
    members: String,
    user: String?,
    anonymous: String?
  ) throws {
    let event = try event(#""event":"e",\#(members)"#)
    #expect(event?.userID == user)
    #expect(event?.anonymousID == anonymous)
  }

  @Test(arguments: [
    (#"{"company":"acme","team":"t"}"#, "acme"), (#"{"team":"t","company":7}"#, "7"),
    (#"{"team":"t","project":"p"}"#, "t"), (#"{"company":"","team":"t"}"#, "t"), ("{}", nil),
    (#"{"company":null}"#, nil), (#"[]"#, nil),
  ])
  func `names its company, else its first group`(groups: String, account: String?) throws {
    let event = try event(
      #""event":"e","distinct_id":"a","properties":{"$groups":\#(groups)}"#
    )
    #expect(event?.groupID == account)
  }

  @Test func `that identifies says who the anonymous person was`() throws {
    let event = try event(
      #""event":"$identify","distinct_id":"ana","properties":{"$anon_distinct_id":"x1"}"#
    )
    #expect(event?.userID == "ana")
    #expect(event?.anonymousID == "x1")
  }

  @Test func `that identifies a group is about no person`() throws {
    let event = try event(
      """
      "event":"$groupidentify","distinct_id":"ana",
      "properties":{"$group_type":"company","$group_key":"acme","$group_set":{"seats":9}}
      """
    )
    #expect(event?.kind == .group)
    #expect(event?.subject == nil)
    #expect(event?.groupID == "acme")
    #expect(event?.traits.text == #"{"seats":9}"#)
  }

  @Test func `that makes an alias does not say which of the two is known`() throws {
    let event = try event(
      #""event":"$create_alias","distinct_id":"x1","properties":{"distinct_id":"x1","alias":"ana"}"#
    )
    #expect(event?.kind == .alias)
    #expect(event?.userID == nil)
    #expect(event?.anonymousID == "x1")
    #expect(event?.previousID == "ana")
  }

  @Test(arguments: [
    (#""distinct_id":"a""#, "no-event-name"), (#""event":"","distinct_id":"a""#, "no-event-name"),
    (#""event":"e""#, "no-id"), (#""event":"e","distinct_id":null"#, "no-id"),
    (#""event":"e","distinct_id":"""#, "no-id"), (#""event":"e","distinct_id":{}"#, "bad-id"),
    (#""event":"$create_alias","distinct_id":"a""#, "no-previous-id"),
    (#""event":"$groupidentify","distinct_id":"a""#, "no-group-id"),
    (#""event":"e","distinct_id":"a","timestamp":"soon""#, "bad-timestamp"),
    (#""event":"e","distinct_id":"a","properties":[]"#, "bad-properties"),
    (#""event":"e","distinct_id":"a","$set":7"#, "bad-traits"),
    (#""event":"e","distinct_id":"a","uuid":{}"#, "bad-message-id"),
  ])
  func `that cannot be one is rejected alone`(members: String, code: String) throws {
    let good = #"{"event":"e","distinct_id":"ana"}"#
    let batch = try postHog(#"{"batch":[\#(good),{\#(members)},3,\#(good)]}"#)
    #expect(batch.events.count == 2)
    #expect(batch.rejections.map(\.code) == [code, "not-an-object"])
  }
}

@Suite struct `PostHog's bodies` {
  @Test(arguments: [
    (#"{"api_key":"k","batch":[EVENT,EVENT]}"#, 2), (#"[EVENT,EVENT,EVENT]"#, 3), ("[]", 0),
    (#"{"api_key":"k","event":"e","distinct_id":"a"}"#, 1),
    (#"{"token":"k","event":"e","properties":{"distinct_id":"a"}}"#, 1),
    (#" [{"event":"e","properties":{"distinct_id":"a","token":"k"}}]"#, 1),
  ])
  func `are one event, a list or a batch`(body: String, count: Int) throws {
    let one = #"{"api_key":"k","event":"e","distinct_id":"a"}"#
    let batch = try postHog(body.replacing("EVENT", with: one))
    #expect(batch.events.count == count)
    #expect(batch.rejections == [])
    #expect(batch.key == (count == 0 ? nil : "k"))
  }

  @Test(arguments: [
    (#"{"batch":{}}"#, WireError.noBatch), (#"{"distinct_id":"a"}"#, .noBatch),
    ("7", .notAnObject), ("{", .malformed(expected: "a key in quotes", at: 1)),
    ("[1,", .malformed(expected: "a value", at: 3)),
    ("[1]x", .malformed(expected: "the end", at: 3)),
  ])
  func `that are something else are refused`(body: String, error: WireError) {
    #expect(throws: error) { try postHog(body) }
  }

  @Test(arguments: [
    (#""timestamp":"2026-03-06T09:00:00Z""#, #""sent_at":"2026-03-06T09:00:10Z""#, -10_000),
    (#""timestamp":"2026-03-06T09:00:00Z""#, #""sentAt":"2026-03-06T09:00:10+00:00""#, -10_000),
    (#""timestamp":"2026-03-06T09:30:00.123Z""#, #""x":1"#, -45_000),
    (
      #""timestamp":"2026-03-06T09:30:00.123Z","properties":{"$ignore_sent_at":true}"#,
      #""sent_at":"2026-03-06T09:00:10Z""#, -45_000
    ),
    (
      #""timestamp":"2026-03-06T09:30:00.123Z""#,
      #""sent_at":"2026-03-06T09:00:10Z","historical_migration":true"#, -45_000
    ),
    (
      #""timestamp":"2026-03-06T09:00:00Z""#,
      #""sent_at":"2026-03-06T09:00:10Z","historical_migration":false"#, -10_000
    ),
    (#""offset":2500"#, #""x":1"#, -2500), (#""offset":-1"#, #""x":1"#, 0),
    (#""timestamp":null"#, #""sent_at":"2026-03-06T09:00:10Z""#, 0),
    (#""timestamp":1772789445"#, #""x":1"#, -123),
  ])
  func `tell when it was by our clock`(item: String, around: String, offset: Int64) throws {
    let batch = try postHog(#"{"batch":[{"event":"e","distinct_id":"a",\#(item)}],\#(around)}"#)
    #expect(batch.events.first?.timestamp == noon.adding(milliseconds: offset))
  }

  @Test func `may tell the time of sending in the address`() throws {
    let body = #"[{"event":"e","distinct_id":"a","timestamp":"2026-03-06T09:00:00Z"}]"#
    let sentAt = WireTime.parse(Array("2026-03-06T09:00:05Z".utf8))
    let batch = try postHog(body, sentAt: sentAt)
    #expect(batch.events.first?.timestamp == noon.adding(milliseconds: -5000))
  }

  @Test func `without ids are the same events when they come again`() throws {
    let one = #"{"event":"e","distinct_id":"a","timestamp":"2026-03-06T09:00:00Z"}"#
    let first = try postHog(#"{"batch":[\#(one),\#(one)],"sent_at":"2026-03-06T09:00:01Z"}"#)
    let again = try postHog(#"{"batch":[\#(one),\#(one)],"sent_at":"2026-03-06T09:00:09Z"}"#)
    #expect(first.events.map(\.messageID) == again.events.map(\.messageID))
    #expect(Set(first.events.map(\.messageID)).count == 2)
    let timeless = try postHog(#"{"event":"e","distinct_id":"a"}"#)
    #expect(timeless.events.map(\.messageID) == ["made"])
    let old = try postHog(#"{"event":"e","distinct_id":"a","properties":{"$insert_id":"i1"}}"#)
    #expect(old.events.map(\.messageID) == ["i1"])
  }

  @Test func `may hold what strict parsers refuse`() throws {
    let batch = try postHog(
      #"{"batch":[{"event":"\ud800e","distinct_id":"a\u0000","properties":{"n":NaN,"i":-Infinity,"#
        + #""b":100000000000000000000,"m":9007199254740993,"d":1,"d":2}}]}"#
    )
    let event = try #require(batch.events.first)
    #expect(event.name == "\u{FFFD}e")
    #expect(event.userID == "a\u{FFFD}")
    let values = event.properties.members
    #expect(values.map(\.key) == ["n", "i", "b", "m", "d"])
    #expect(
      values.map(\.value).suffix(3).map { $0.json.text }
        == ["100000000000000000000", "9007199254740993", "2"]
    )
  }
}

private func json(_ text: String) -> JSONText { JSONText(wellFormed: Array(text.utf8)) }
