import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

/// What random rules and histories once found; each name tells what used to go wrong.
@Suite struct `The engine, mended,` {
  private func stage(
    _ rules: String,
    settings: String = "",
    deployments: [String: Timestamp] = [:]
  ) throws -> Stage {
    let text = "nudged: 1\n" + rules
    return try Stage(
      rules: [SourceFile(path: "rules/one.yaml", text: text)],
      settings: "nudged_config: 1\ntimezone: UTC\n" + settings,
      deployments: deployments
    )
  }

  /// When each of these was sent, from the decisions of the stage.
  private func sent(_ stage: Stage) -> [String] {
    stage.decisions.filter { $0.outcome == .sent }.map { "\($0.at.rfc3339) \($0.step)" }
  }

  @Test func `asks for an account's new owner, whose memory was overwritten by an empty one`()
    throws
  {
    var stage = try stage(
      """
      models:
        companies: {subject: account, starts: {did: Signed Up}}
      campaigns:
        hand-over:
          model: companies
          steps:
            - name: hello
              as_soon_as: {trait: {owner: {exists: true}}}
              send: email
              to: account.owner
              template: hello
      """
    )
    try stage.identify("bo", #"{"unsubscribed": true}"#, at: "2026-03-02T08:00:00Z")
    try stage.track("ana", "Signed Up", at: "2026-03-02T09:00:00Z", account: "acme")
    let call = Event(
      messageID: "owner",
      kind: .group,
      userID: "ana",
      groupID: "acme",
      timestamp: .distantPast,
      receivedAt: .distantPast,
      traits: JSONText(wellFormed: Array(#"{"owner":"bo"}"#.utf8))
    )
    let known = World(stage.world.memories.filter { $0.key != .user("bo") })
    #expect(stage.engine.missing(for: .event(call, at: .distantPast), in: known) == [.user("bo")])
  }

  @Test func `lets a mute of the account end with the account's trait, not at the next look`()
    throws
  {
    var stage = try stage(
      """
      models:
        people: {subject: user, starts: {did: Signed Up}}
      campaigns:
        welcome:
          model: people
          steps:
            - {name: hello, immediately: true, send: email, template: hello, expires: 72h}
      mutes:
        hush: {when_account: {trait: {ticket: open}}}
      """
    )
    try stage.group(nil, "acme", #"{"ticket": "open"}"#, at: "2026-03-02T08:00:00Z")
    try stage.track("ana", "Signed Up", at: "2026-03-02T09:00:00Z", account: "acme")
    try stage.group(nil, "acme", #"{"ticket": "closed"}"#, at: "2026-03-02T14:00:00Z")
    #expect(sent(stage) == ["2026-03-02T14:00:00.000Z hello"])
  }

  @Test func `lets a mute end when the account leaves a campaign, by time alone`() throws {
    var stage = try stage(
      """
      models:
        people: {subject: user, starts: {did: Signed Up}}
        companies: {subject: account, starts: {did: Signed Up}}
      campaigns:
        red:
          model: companies
          while: {day: {below: 1}}
          steps:
            - {name: call, after: 240h, send: cs-task, template: call}
        welcome:
          model: people
          steps:
            - {name: hello, after: 1h, send: email, template: hello, expires: 72h}
      mutes:
        hush: {when_account: {in_campaign: red}}
      """
    )
    try stage.track("ana", "Signed Up", at: "2026-03-02T09:00:00Z", account: "acme")
    let end = try #require(Timestamp(rfc3339: "2026-03-09T00:00:00Z"))
    stage.run(until: end)
    #expect(sent(stage) == ["2026-03-03T00:00:00.000Z hello"])
  }

  @Test func `follows account_trait in a model of people at the account's call`() throws {
    var stage = try stage(
      """
      models:
        people:
          subject: user
          starts: {did: Signed Up}
          milestones:
            paid: {weight: 1, reached_when: {account_trait: {plan: pro}}}
      campaigns:
        thanks:
          model: people
          who: {reached: paid}
          steps:
            - {name: thanks, immediately: true, send: cs-task, template: thanks}
      """
    )
    try stage.track("ana", "Signed Up", at: "2026-03-02T09:00:00Z", account: "acme")
    try stage.group(nil, "acme", #"{"plan": "pro"}"#, at: "2026-03-02T10:00:00Z")
    #expect(sent(stage) == ["2026-03-02T10:00:00.000Z thanks"])
  }

  @Test func `keeps the hours of the account that is looked at for a member without a zone`()
    throws
  {
    var stage = try stage(
      """
      models:
        companies: {subject: account, starts: {did: Signed Up}}
      campaigns:
        hand-over:
          model: companies
          steps:
            - {name: hello, immediately: true, send: email, to: account.owner, template: hello}
      """,
      settings: "quiet_hours: {from: \"22:00\", to: \"07:00\"}\n"
    )
    let traits = #"{"timezone": "America/New_York", "owner": "bo"}"#
    try stage.group("bo", "acme", traits, at: "2026-03-02T22:30:00Z")
    // In New York it is six in the evening.
    try stage.track("bo", "Signed Up", at: "2026-03-02T23:00:00Z", account: "acme")
    #expect(sent(stage) == ["2026-03-02T23:00:00.000Z hello"])
  }

  @Test func `passes over an added as_soon_as once, where its deploy lies ahead of the clock`()
    throws
  {
    let deployed = try #require(Timestamp(rfc3339: "2026-04-01T00:00:00Z"))
    var stage = try stage(
      """
      models:
        people: {subject: user, starts: {did: Signed Up}}
      campaigns:
        welcome:
          model: people
          while: {day: {at_least: 1}}
          steps:
            - {name: late, as_soon_as: {did: Signed Up}, send: cs-task, template: late}
      """,
      deployments: ["welcome/late": deployed]
    )
    try stage.track("ana", "Signed Up", at: "2026-03-02T09:00:00Z")
    stage.run(until: try #require(Timestamp(rfc3339: "2026-03-04T00:00:00Z")))
    #expect(
      stage.decisions.map { "\($0.at.rfc3339) \($0.reason.code)" }
        == ["2026-03-03T00:00:00.000Z skipped.added-later"]
    )
  }

  @Test func `lets an event from ahead move a person to another account at its own time`() throws {
    var stage = try stage(
      """
      models:
        people: {subject: user, starts: {did: Signed Up}}
      campaigns:
        welcome:
          model: people
          who: {account_trait: {plan: pro}}
          steps:
            - {name: hello, immediately: true, send: cs-task, template: hello}
      """
    )
    try stage.group(nil, "zeta", #"{"plan": "pro"}"#, at: "2026-03-02T08:00:00Z")
    try stage.track("ana", "Signed Up", at: "2026-03-02T09:00:00Z", account: "acme")
    try stage.track(
      "ana",
      "Visited",
      at: "2026-03-02T10:00:00Z",
      account: "zeta",
      timestamp: "2026-03-04T09:00:00Z"
    )
    try stage.track("ana", "Visited", at: "2026-03-02T11:00:00Z", account: "acme")
    stage.run(until: try #require(Timestamp(rfc3339: "2026-03-06T00:00:00Z")))
    #expect(sent(stage) == ["2026-03-04T09:00:00.000Z hello"])
  }

  @Test func `shows an account what a member did only once they belong to it`() throws {
    var stage = try stage(
      """
      models:
        companies: {subject: account, starts: {did: Signed Up}}
      campaigns:
        thanks:
          model: companies
          who: {members: 1, who_did: Visited}
          steps:
            - {name: thanks, immediately: true, send: cs-task, template: thanks}
      """
    )
    try stage.track("bo", "Signed Up", at: "2026-03-02T08:00:00Z", account: "acme")
    try stage.track("ana", "Visited", at: "2026-03-02T09:00:00Z")
    let ahead = "2026-03-04T09:00:00Z"
    try stage.track("ana", "Left", at: "2026-03-02T10:00:00Z", account: "acme", timestamp: ahead)
    try stage.track("ana", "Visited", at: "2026-03-02T11:00:00Z")
    stage.run(until: try #require(Timestamp(rfc3339: "2026-03-06T00:00:00Z")))
    #expect(sent(stage) == ["2026-03-04T09:00:00.000Z thanks"])
  }

  @Test func `counts held_for of a rung from the tag that made it hold`() throws {
    var stage = try stage(
      """
      models:
        people:
          subject: user
          starts: {did: Signed Up}
          segments:
            - {name: warm, held_for: 2h, when: {tagged: warm}}
            - {name: other, otherwise: true}
      campaigns:
        warming:
          model: people
          steps:
            - {name: mark, after: 1h, tag: warm}
            - {name: call, as_soon_as: {segment: warm}, send: cs-task, template: call, at_most: 1}
      """
    )
    try stage.track("ana", "Signed Up", at: "2026-03-02T09:00:00Z")
    stage.run(until: try #require(Timestamp(rfc3339: "2026-03-04T00:00:00Z")))
    #expect(
      sent(stage) == ["2026-03-02T10:00:00.000Z mark", "2026-03-02T12:00:00.000Z call"]
    )
  }
}
