import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

@Suite struct `A silence` {
  private static let rules = """
    nudged: 1
    models:
      people: {subject: user, starts: {did: Signed Up}}
    campaigns:
      welcome:
        model: people
        while: {trait: {gone: {exists: false}}}
        steps:
          - {name: mark, after: 1h, tag: greeted}
          - {name: hello, after: 2h, send: email, template: hello, expires: 24h}
          - {name: call, after: 3h, send: cs-task, template: call, expires: 24h}
    """

  private func stage() throws -> Stage {
    var stage = try Stage(
      rules: [
        SourceFile(
          path: "rules/one.yaml",
          text: `A silence`.rules
        )
      ],
      settings: "nudged_config: 1\ntimezone: UTC\n"
    )
    try stage.track("ana", "Signed Up", at: "2026-03-02T09:00:00Z", account: "acme")
    return stage
  }

  private func silence(
    campaign: String? = nil,
    channel: String? = nil,
    subject: SubjectID? = nil,
    until: String = "2026-03-02T20:00:00Z"
  ) throws -> Silence {
    Silence(
      id: "s_1",
      campaign: campaign,
      channel: channel,
      subject: subject,
      comment: "the site is down",
      from: try #require(Timestamp(rfc3339: "2026-03-02T09:30:00Z")),
      until: try #require(Timestamp(rfc3339: until)),
      by: "kim"
    )
  }

  private func run(_ stage: inout Stage, until: String) throws {
    stage.run(until: try #require(Timestamp(rfc3339: until)))
  }

  private func outcomes(_ stage: Stage) -> [String] {
    stage.decisions.map { "\($0.at.rfc3339.dropFirst(8).prefix(8)) \($0.step) \($0.reason.code)" }
  }

  @Test(
    arguments: [
      ("welcome", nil, nil, ["02T20:00 hello", "02T20:00 call"]),
      (nil, "email", nil, ["02T12:00 call", "02T20:00 hello"]),
      (nil, "cs-task", nil, ["02T11:00 hello", "02T20:00 call"]),
      (nil, nil, "user:ana", ["02T20:00 hello", "02T20:00 call"]),
      (nil, nil, "account:acme", ["02T20:00 hello", "02T20:00 call"]),
      (nil, nil, "account:zeta", ["02T11:00 hello", "02T12:00 call"]),
      ("welcome", "email", "user:bo", ["02T11:00 hello", "02T12:00 call"]),
    ] as [(String?, String?, String?, [String])]
  )
  func `holds back what all of its parts cover, until its end, and never a tag`(
    campaign: String?,
    channel: String?,
    subject: String?,
    expected: [String]
  ) throws {
    var stage = try stage()
    let silence = try silence(
      campaign: campaign,
      channel: channel,
      subject: subject.flatMap { SubjectID($0) }
    )
    try stage.silence([silence], at: "2026-03-02T09:30:00Z")
    try run(&stage, until: "2026-03-05T00:00:00Z")
    #expect(outcomes(stage) == ["02T10:00 mark sent"] + expected.map { "\($0) sent" })
  }

  @Test func `drops what expires while it lasts, and names itself`() throws {
    var stage = try stage()
    try stage.silence(
      [try silence(channel: "email", until: "2026-03-04T00:00:00Z")],
      at: "2026-03-02T09:30:00Z"
    )
    try run(&stage, until: "2026-03-05T00:00:00Z")
    #expect(
      outcomes(stage) == [
        "02T10:00 mark sent", "02T12:00 call sent", "03T11:00 hello dropped.expired",
      ]
    )
    #expect(stage.decisions.last?.cause == "s_1")
  }

  @Test func `that is ended early lets go at once`() throws {
    var stage = try stage()
    let silence = try silence(campaign: "welcome")
    try stage.silence([silence], at: "2026-03-02T09:30:00Z")
    let acts = [silence].applying(
      .expired(id: "s_1", by: "kim"),
      at: try #require(Timestamp(rfc3339: "2026-03-02T15:00:00Z"))
    )
    try stage.silence(acts, at: "2026-03-02T15:00:00Z")
    try run(&stage, until: "2026-03-05T00:00:00Z")
    #expect(
      outcomes(stage) == ["02T10:00 mark sent", "02T15:00 hello sent", "02T15:00 call sent"]
    )
  }

  @Test func `that is followed by another one goes on waiting for that one`() throws {
    var stage = try stage()
    let first = try silence(channel: "email", until: "2026-03-02T12:00:00Z")
    let second = try silence(campaign: "welcome", until: "2026-03-02T18:00:00Z")
    try stage.silence([first, second], at: "2026-03-02T09:30:00Z")
    try run(&stage, until: "2026-03-05T00:00:00Z")
    #expect(
      outcomes(stage) == ["02T10:00 mark sent", "02T18:00 hello sent", "02T18:00 call sent"]
    )
  }

  @Test func `without an end is a pause: it holds tags too, people enter and leave`() throws {
    var stage = try stage()
    let pause = Silence.pause(
      of: "welcome",
      comment: "new texts",
      from: try #require(Timestamp(rfc3339: "2026-03-02T09:30:00Z")),
      by: "kim"
    )
    try stage.silence([pause], at: "2026-03-02T09:30:00Z")
    try stage.track("bo", "Signed Up", at: "2026-03-02T10:00:00Z")
    try stage.identify("bo", #"{"gone": true}"#, at: "2026-03-02T10:30:00Z")
    try run(&stage, until: "2026-03-02T14:00:00Z")
    #expect(
      outcomes(stage) == [
        "02T10:30 call left.while-ended", "02T10:30 hello left.while-ended",
        "02T10:30 mark left.while-ended",
      ]
    )
    let told = try stage.explanation(of: .user("ana"), at: "2026-03-02T14:00:00Z")
    Golden.expect(
      told.text(style: TextStyle()).replacing(told.ruleSet.prefix(12), with: "9b3e"),
      matches: "explain-paused.txt"
    )
    try stage.silence([], at: "2026-03-02T15:00:00Z")
    #expect(
      outcomes(stage).dropFirst(3) == [
        "02T15:00 mark sent", "02T15:00 hello sent", "02T15:00 call sent",
      ]
    )
  }

  @Test func `comes back from what its acts have kept`() throws {
    let silence = try silence(campaign: "welcome", subject: .account("acme"))
    for act in [SilenceAct.added(silence), .expired(id: "s_1", by: "kim")] {
      #expect(SilenceAct(kind: act.kind, detail: act.detail) == act)
    }
    let pause = Silence.pause(of: "welcome", comment: "x", from: silence.from, by: "kim")
    #expect(SilenceAct(kind: "campaign-paused", detail: pause.json) == .paused(pause))
    let after = [pause, silence].applying(.resumed(campaign: "welcome", by: ""), at: silence.until)
    #expect(after.map(\.until) == [silence.until, silence.until])
  }
}
