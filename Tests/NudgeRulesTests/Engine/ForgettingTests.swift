import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

/// What an account knows after one of its members was erased.
@Suite struct `Forgetting a member` {
  private let rules = """
    nudged: 1
    models:
      companies:
        subject: account
        starts: {did: Signed Up}
        metrics:
          visits: {count: Visited}
          visitors: {members: {did: Visited}}
    """

  @Test func `leaves their events to nobody, and each other member's to that member`() throws {
    var stage = try Stage(rules: [SourceFile(path: "rules/one.yaml", text: rules)])
    for user in ["ana", "bo", "cy"] {
      try stage.track(user, "Signed Up", at: "2026-03-02T08:00:00Z", account: "acme")
      try stage.track(user, "Visited", at: "2026-03-02T09:00:00Z")
    }
    let now = try #require(Timestamp(rfc3339: "2026-03-03T00:00:00Z"))
    let acme = SubjectID.account("acme")
    var world = stage.world
    world.memories[acme] = world.memories[acme]?.forgetting([.user("ana")], at: now)
    _ = stage.engine.handle(.timer(acme, at: now), in: &world)
    let again = Event(
      messageID: "again",
      kind: .track,
      userID: "bo",
      name: "Visited",
      timestamp: now,
      receivedAt: now
    )
    _ = stage.engine.handle(.event(again, at: now), in: &world)
    let cards = stage.engine.progress(of: acme, in: world, now: now)
    #expect(cards.map { $0.json["metrics"]?.json.text } == [#"{"visits":4,"visitors":2}"#])
  }
}
