import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

/// Rulings of the specification in which the engine was once found to differ from an independent implementation.
@Suite struct `The engine, as ruled` {
  private static let model = """
    nudged: 1
    models:
      trial:
        subject: user
        starts: {did: Signed Up}
        milestones:
          made: {weight: 1, reached_when: {did: Project Created}}
        activated_when: {milestones_reached: 1}

    """

  private func stage(_ rest: String, settings: String = "") throws -> Stage {
    let base =
      "nudged_config: 1\ntimezone: UTC\nchannels:\n  chat: {kind: internal, file: chat.jsonl}\n"
    return try Stage(rules: [ruleFile(Self.model + rest)], settings: base + settings)
  }

  private func told(_ stage: Stage) -> [String] {
    stage.decisions.map { "\($0.at.rfc3339) \($0.step) \($0.reason.code)" }
  }

  @Test func `an event outside the window that is counted is no trigger (61)`() throws {
    var stage = try stage(
      """
      campaigns:
        ask:
          model: trial
          who: {missing: made}
          steps:
            - name: help
              as_soon_as: {did: Limit Reached, within_first: 2h, since: start}
              send: chat
      """
    )
    try stage.track("ana", "Signed Up", at: "2026-03-02T10:00:00Z")
    try stage.track("ana", "Limit Reached", at: "2026-03-02T11:00:00Z")
    try stage.track("ana", "Limit Reached", at: "2026-03-02T13:00:00Z")
    #expect(told(stage) == ["2026-03-02T11:00:00.000Z help sent"])
  }

  @Test func `a mute keeps quiet what it names, tasks included`() throws {
    var stage = try stage(
      """
      campaigns:
        ask:
          model: trial
          who: {missing: made}
          steps:
            - {name: task, immediately: true, expires: 1h, send: chat}
      mutes:
        vip:
          channels: [chat]
          when: {trait: {vip: true}}
      """
    )
    try stage.identify("ana", #"{"vip":true}"#, at: "2026-03-02T09:00:00Z")
    try stage.track("ana", "Signed Up", at: "2026-03-02T10:00:00Z")
    try stage.track("ana", "Session Started", at: "2026-03-03T10:00:00Z")
    #expect(told(stage) == ["2026-03-02T11:00:00.000Z task dropped.expired"])
  }

  @Test func `days are the model's, whatever zone a campaign has (3)`() throws {
    var stage = try stage(
      """
      campaigns:
        ask:
          model: trial
          timezone: Asia/Kolkata
          who: {missing: made}
          leave_when: [{name: late, day: 1}]
          steps:
            - {name: task, after: 72h, send: chat}
      """
    )
    try stage.track("ana", "Signed Up", at: "2026-03-02T10:00:00Z")
    try stage.track("ana", "Session Started", at: "2026-03-05T10:00:00Z")
    #expect(told(stage) == ["2026-03-03T00:00:00.000Z task left.late"])
  }

  @Test func `the next occurrence is planned before exits are looked at (58)`() throws {
    var stage = try stage(
      """
      campaigns:
        ask:
          model: trial
          who: {missing: made}
          leave_when: [{name: told, did_not: Session Started, since: digest}]
          steps:
            - {name: digest, every: 1 day, at: "09:00", send: chat}
      """
    )
    try stage.track("ana", "Signed Up", at: "2026-03-02T10:00:00Z")
    try stage.track("bo", "Session Started", at: "2026-03-04T10:00:00Z")
    #expect(
      told(stage) == [
        "2026-03-03T09:00:00.000Z digest sent", "2026-03-03T09:00:00.000Z digest left.told",
      ]
    )
  }
}
