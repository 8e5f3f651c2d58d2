import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

/// What an unknown visitor did belongs to the person that they turn out to be, and to that person's accounts.
@Suite struct `An alias` {
  private static let rules = """
    nudged: 1
    models:
      companies:
        subject: account
        starts: {did: Signed Up}
        metrics:
          visits: {count: Visited}
          visitors: {members: {did: Visited, within: 30 days}}
      people:
        subject: user
        starts: {did: Visited}
        metrics:
          visits: {count: Visited}
    """

  private static func event(
    _ number: Int,
    _ kind: Event.Kind,
    user: String?,
    anonymous: String? = nil,
    account: String? = nil,
    name: String = "",
    hour: Int64
  ) -> Event {
    let start: Int64 = 1_772_442_000_000
    let instant = Timestamp(millisecondsSinceEpoch: start + hour * 3_600_000)
    return Event(
      messageID: "m\(number)",
      kind: kind,
      userID: user,
      anonymousID: anonymous,
      groupID: account,
      previousID: kind == .alias ? anonymous : nil,
      name: name,
      timestamp: instant,
      receivedAt: instant
    )
  }

  /// A visitor comes twice, once from within acme; ana signs up for zeta; ana turns out to be the visitor.
  private static let events = [
    event(1, .track, user: "ana", account: "zeta", name: "Signed Up", hour: 0),
    event(2, .track, user: nil, anonymous: "v1", account: "acme", name: "Visited", hour: 1),
    event(3, .track, user: nil, anonymous: "v1", name: "Visited", hour: 2),
    event(4, .alias, user: "ana", anonymous: "v1", hour: 3),
    event(5, .track, user: "bo", account: "acme", name: "Signed Up", hour: 0),
    event(6, .track, user: nil, anonymous: "v1", account: "acme", name: "Visited", hour: 4),
  ]

  private static let end = Timestamp(millisecondsSinceEpoch: 1_772_442_000_000 + 36_000_000)

  private func rehearsal(
    _ order: [Int],
    of events: [Event] = events,
    rules: String = rules
  ) throws -> Rehearsal {
    let reading = RuleReader.read(
      files: [SourceFile(path: "rules/one.yaml", text: rules)],
      settings: .defaults(timezone: "UTC")
    )
    let rules = try #require(reading.ruleSet, "\(reading.diagnostics)")
    var rehearsal = Rehearsal(Engine(rules: rules, zones: SampleZones.table))
    for place in order { rehearsal.take(events[place], at: `An alias`.end) }
    return rehearsal
  }

  private func metrics(_ subject: SubjectID, _ rehearsal: Rehearsal) -> String {
    rehearsal.engine.progress(of: subject, in: rehearsal.world, now: `An alias`.end)
      .map { $0.json["metrics"]?.json.text ?? "" }.joined(separator: " ")
  }

  @Test(arguments: [
    [0, 1, 2, 3, 4, 5], [3, 0, 1, 2, 4, 5], [5, 4, 3, 2, 1, 0], [1, 5, 2, 0, 4, 3],
    [2, 3, 1, 5, 4, 0], [4, 1, 3, 0, 5, 2],
  ])
  func `carries memberships and events over to accounts, in whatever order all arrives`(
    order: [Int]
  ) throws {
    let rehearsal = try rehearsal(order)
    let ana = try #require(rehearsal.world.memories[.user("ana")])
    #expect(Set(ana.accounts) == ["zeta", "acme"])
    #expect(ana.account(at: `An alias`.end) == "acme")
    #expect(metrics(.user("ana"), rehearsal) == #"{"visits":3}"#)
    #expect(metrics(.account("acme"), rehearsal) == #"{"visits":3,"visitors":1}"#)
    #expect(metrics(.account("zeta"), rehearsal) == #"{"visits":1,"visitors":1}"#)
  }

  @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
  func `lets an account that starts by itself start with what its member did before, in any order`(
    order: [Int]
  ) throws {
    let events = [
      `An alias`.event(1, .track, user: nil, anonymous: "v1", name: "Visited", hour: 1),
      `An alias`.event(2, .track, user: "ana", account: "zeta", name: "Signed Up", hour: 2),
      `An alias`.event(3, .alias, user: "ana", anonymous: "v1", hour: 3),
    ]
    let rules = """
      nudged: 1
      models:
        companies: {subject: account, starts: {none: [{did: Closed}]}}
      """
    let rehearsal = try rehearsal(order, of: events, rules: rules)
    let zeta = SubjectID.account("zeta")
    let cards = rehearsal.engine.progress(of: zeta, in: rehearsal.world, now: `An alias`.end)
    #expect(cards.map(\.startedAt) == [events[0].timestamp])
  }

  @Test func `is not needed for an account to see the events that name it`() throws {
    let rehearsal = try rehearsal([4, 1, 2, 5])
    #expect(metrics(.account("acme"), rehearsal) == #"{"visits":2,"visitors":0}"#)
    #expect(rehearsal.world.memories[.anonymous("v1")]?.account(at: `An alias`.end) == nil)
  }
}
