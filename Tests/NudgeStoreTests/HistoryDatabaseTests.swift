import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeStore

@Suite struct `A history database` {
  private func event(
    _ number: Int64,
    _ kind: Event.Kind,
    _ name: String,
    properties: String = "",
    traits: String = ""
  ) -> Event {
    let instant = Timestamp(millisecondsSinceEpoch: number * 1000)
    return Event(
      messageID: "m\(number)",
      kind: kind,
      userID: "ana",
      anonymousID: nil,
      groupID: nil,
      previousID: nil,
      name: name,
      timestamp: instant,
      receivedAt: instant,
      properties: JSONText(wellFormed: Array(properties.utf8)),
      traits: JSONText(wellFormed: Array(traits.utf8)),
      traitsOnce: .empty,
      context: .empty
    )
  }

  private func filled(_ folder: TemporaryFolder) throws -> String {
    let path = folder.path(of: "nudged.db")
    let store = try Store(path: path)
    let events = [
      event(1, .track, "Connected", properties: #"{"kind":"slack","size":20,"tags":["a"]}"#),
      event(2, .track, "Connected", properties: #"{"kind":"slack","size":"20","on":true}"#),
      event(3, .track, "Other", properties: #"{"kind":null,"size":0.5}"#),
      event(4, .page, "Home"),
      event(5, .identify, "", traits: #"{"role":"founder","seats":3}"#),
    ]
    _ = try store.process(events, at: events[4].timestamp, by: Scenario(seed: 1).engine)
    return path
  }

  @Test func `tells when events were last seen, while the daemon holds the file`() throws {
    let folder = try TemporaryFolder()
    let database = try HistoryDatabase(path: try filled(folder))
    #expect(
      try database.lastSeen().mapValues(\.millisecondsSinceEpoch)
        == ["Connected": 2000, "Other": 3000, "Home": 4000]
    )
  }

  @Test func `tells the different values of properties and traits`() throws {
    let folder = try TemporaryFolder()
    let database = try HistoryDatabase(path: try filled(folder))
    let seen = try database.propertyValues(
      of: ["Connected"],
      properties: ["kind", "size", "tags", "on"],
      atMost: 100
    )
    let expected: [String: Set<Scalar?>] = [
      "kind": [.text("slack")], "size": [.number(Number(20)), .text("20")], "tags": [nil],
      "on": [.bool(true)],
    ]
    for (name, values) in expected {
      #expect(Set(seen.filter { $0.name == name }.map(\.value)) == values)
    }
    #expect(seen.count == 5)
    let roles = try database.traitValues(of: ["role"], atMost: 100)
    #expect(roles.map(\.value) == [.text("founder")])
  }

  @Test func `hands on all events in the order of the log`() throws {
    let folder = try TemporaryFolder()
    var messages: [String] = []
    let database = try HistoryDatabase(path: try filled(folder))
    try database.forEachEvent { event, _ in messages.append(event.messageID) }
    #expect(messages == ["m1", "m2", "m3", "m4", "m5"])
  }

  @Test func `is refused when it is missing or something else`() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path(of: "none.db")
    #expect(throws: Store.Failure.missing(path: missing)) {
      _ = try HistoryDatabase(path: missing)
    }
    let text = try folder.write(
      "no database at all, but long enough to look like one\n",
      to: "a.db"
    )
    #expect(throws: Store.Failure.self) { _ = try HistoryDatabase(path: text) }
    let empty = try folder.write("", to: "empty.db")
    #expect(throws: Store.Failure.database("\(empty) is no database of nudged")) {
      _ = try HistoryDatabase(path: empty)
    }
  }
}
