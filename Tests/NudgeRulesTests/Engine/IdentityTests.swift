import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

private let rules = """
  nudged: 1
  models:
    people:
      subject: user
      starts: {did: Visited}
      milestones:
        bought: {reached_when: {did: Bought}}
      activated_when: {milestones_reached: all}
      metrics:
        visits: {count: Visited}
  campaigns:
    welcome:
      mode: live
      model: people
      steps:
        - {name: hello, immediately: true, send: email, template: hello}
  """

private let start = Timestamp(millisecondsSinceEpoch: 1_772_442_000_000)
private let end = start.adding(milliseconds: 36_000_000)

private func played(_ events: [Event]) throws -> Rehearsal {
  let reading = RuleReader.read(
    files: [SourceFile(path: "rules/one.yaml", text: rules)],
    settings: .defaults(timezone: "UTC")
  )
  let set = try #require(reading.ruleSet, "\(reading.diagnostics)")
  var rehearsal = Rehearsal(Engine(rules: set, zones: SampleZones.table))
  for event in events { rehearsal.take(event, at: end) }
  return rehearsal
}

private func event(
  _ number: Int,
  _ kind: Event.Kind,
  user: String? = nil,
  anonymous: String? = nil,
  previous: String? = nil,
  name: String = "",
  traits: String = "",
  once: String = ""
) -> Event {
  let instant = start.adding(milliseconds: Int64(number) * 3_600_000)
  return Event(
    messageID: "m\(number)",
    kind: kind,
    userID: user,
    anonymousID: anonymous,
    previousID: previous,
    name: name,
    timestamp: instant,
    receivedAt: instant,
    traits: JSONText(wellFormed: Array(traits.utf8)),
    traitsOnce: JSONText(wellFormed: Array(once.utf8))
  )
}

/// Every order of so many.
private func orders(_ count: Int) -> [[Int]] {
  if count == 0 { return [[]] }
  return orders(count - 1).flatMap { order in
    (0...order.count).map { order[..<$0] + [count - 1] + order[$0...] }.map(Array.init)
  }
}

extension Rehearsal {
  fileprivate func visits(of user: String) -> String {
    engine.progress(of: .user(user), in: world, now: end).first?.json["metrics"]?.json.text ?? ""
  }

  fileprivate func trait(_ name: String, of user: String, at instant: Timestamp = end) -> String? {
    world.memories[.user(user)]?.trait(name, at: instant)?.json.text
  }

  /// The people whom anything is known of.
  fileprivate var people: Set<String> {
    Set(
      world.memories.filter { $0.key.kind == .user && $0.value != Memory(subject: $0.key) }
        .map(\.key.id)
    )
  }
}

@Suite struct `One who turns out to be somebody` {
  private static let visits = [
    event(1, .track, anonymous: "x", name: "Visited"),
    event(2, .track, anonymous: "x", name: "Visited"),
    event(4, .track, user: "ana", name: "Bought"),
  ]

  /// The ways in which SDKs say it.
  private static let calls = [
    event(3, .identify, user: "ana", anonymous: "x", traits: #"{"plan":"pro"}"#),
    event(3, .alias, user: "ana", previous: "x"),
    event(3, .alias, anonymous: "x", previous: "ana"),
    event(3, .alias, anonymous: "ana", previous: "x"),
  ]

  @Test(arguments: calls, orders(4))
  func `keeps all events and all progress, in whatever order all arrives`(
    call: Event,
    order: [Int]
  ) throws {
    let events = `One who turns out to be somebody`.visits + [call]
    let rehearsal = try played(order.map { events[$0] })
    #expect(rehearsal.visits(of: "ana") == #"{"visits":2}"#)
    #expect(rehearsal.people == ["ana"])
    #expect(rehearsal.effects.decisions.map(\.subject) == [.user("ana")])
  }

  @Test func `is that person for good, whoever else identifies on the same device`() throws {
    let rehearsal = try played([
      event(1, .track, anonymous: "x", name: "Visited"),
      event(2, .identify, user: "ana", anonymous: "x"),
      event(3, .identify, user: "ana", anonymous: "x"),
      event(4, .identify, user: "ben", anonymous: "x"),
      event(5, .track, anonymous: "x", name: "Visited"),
    ])
    #expect(rehearsal.visits(of: "ana") == #"{"visits":2}"#)
    #expect(rehearsal.visits(of: "ben") == "")
  }

  @Test func `may have been several before`() throws {
    let rehearsal = try played([
      event(1, .track, anonymous: "x", name: "Visited"),
      event(2, .track, anonymous: "y", name: "Visited"),
      event(3, .identify, user: "ana", anonymous: "x"),
      event(4, .alias, anonymous: "y", previous: "ana"),
    ])
    #expect(rehearsal.visits(of: "ana") == #"{"visits":2}"#)
  }
}

@Suite struct `A trait that is set once` {
  private static let calls = [
    event(1, .identify, user: "ana", once: #"{"source":"ad","plan":"free"}"#),
    event(2, .identify, user: "ana", once: #"{"source":"mail"}"#),
    event(3, .track, user: "ana", name: "Visited", traits: #"{"plan":"pro"}"#),
    event(4, .identify, user: "ana", once: #"{"plan":"team"}"#),
  ]

  @Test(arguments: orders(4))
  func `keeps its first value until it is set`(order: [Int]) throws {
    let rehearsal = try played(order.map { `A trait that is set once`.calls[$0] })
    #expect(rehearsal.trait("source", of: "ana") == #""ad""#)
    #expect(rehearsal.trait("plan", of: "ana") == #""pro""#)
  }

  @Test(arguments: orders(2))
  func `is not set again after it was unset`(order: [Int]) throws {
    let calls = [
      event(1, .identify, user: "ana", traits: #"{"plan":null}"#),
      event(2, .identify, user: "ana", once: #"{"plan":"free"}"#),
    ]
    #expect(try played(order.map { calls[$0] }).trait("plan", of: "ana") == nil)
  }

  @Test(arguments: orders(4))
  func `is read again as it was written`(order: [Int]) throws {
    let rehearsal = try played(order.map { `A trait that is set once`.calls[$0] })
    let memory = try #require(rehearsal.world.memories[.user("ana")])
    let rules = rehearsal.engine.rules
    #expect(try Memory(.user("ana"), from: memory.encoded(for: rules), for: rules) == memory)
  }

  @Test func `was not there in memories of the version before`() throws {
    let rehearsal = try played([event(1, .identify, user: "ana", traits: #"{"plan":"pro"}"#)])
    let memory = try #require(rehearsal.world.memories[.user("ana")])
    let rules = rehearsal.engine.rules
    var bytes = memory.encoded(for: rules)
    let value = try #require(bytes.firstRange(of: Array(#""pro""#.utf8)))
    // That it is set once, and one of the empty lists behind it: version 4 knew of no expected members.
    bytes.removeSubrange(value.upperBound..<value.upperBound + 2)
    bytes[0] = 4
    #expect(try Memory(.user("ana"), from: bytes, for: rules) == memory)
  }
}
