import NudgeCore
import NudgeRules
import Testing

/// What stands against trying a message again, hours after it was decided.
@Suite struct `A retry` {
  private static let rules = """
    nudged: 1
    models:
      m: {subject: user, starts: {did: Signed Up}, milestones: {a: {reached_when: {did: A}}}, activated_when: {milestones_reached: all}}
    campaigns:
      c:
        mode: live
        model: m
        while: {activated: false}
        steps:
          - {name: mail, immediately: true, send: email, template: t}
          - {name: prompt, immediately: true, send: in-app, template: t}
          - {name: task, immediately: true, send: cs-task, template: t}
    """
  private static let settings = """
    nudged_config: 1
    timezone: UTC
    quiet_hours: {from: "21:00", to: "08:00"}
    unsubscribed_when: {trait: {unsubscribed: true}}
    """

  private func hold(
    _ step: String,
    _ channel: String,
    at instant: String,
    unsubscribed: Bool = false,
    of campaign: String = "c"
  ) throws -> Engine.RetryHold {
    let rules = [SourceFile(path: "rules/a.yaml", text: Self.rules)]
    var stage = try Stage(rules: rules, settings: Self.settings)
    let zone = #"{"timezone": "America/New_York", "unsubscribed": \#(unsubscribed)}"#
    try stage.identify("ana", zone, at: "2026-03-02T15:00:00Z")
    try stage.track("ana", "Signed Up", at: "2026-03-02T15:01:00Z")
    return stage.engine.retryHold(
      to: .user("ana"),
      of: step,
      in: campaign,
      on: channel,
      now: try #require(Timestamp(rfc3339: instant)),
      world: stage.world
    )
  }

  @Test func `of a message waits for the end of the recipient's quiet hours`() throws {
    let morning = try #require(Timestamp(rfc3339: "2026-03-03T13:00:00Z"))
    #expect(try hold("mail", "email", at: "2026-03-03T03:00:00Z") == .quiet(until: morning))
    #expect(try hold("mail", "email", at: "2026-03-02T22:00:00Z") == .none)
    #expect(
      try hold("mail", "email", at: "2026-03-03T03:00:00Z", of: "gone") == .quiet(until: morning)
    )
  }

  @Test(arguments: [("prompt", "in-app"), ("task", "cs-task")])
  func `where quiet hours do not hold waits for nothing`(step: String, channel: String) throws {
    #expect(try hold(step, channel, at: "2026-03-03T03:00:00Z") == .none)
  }

  @Test(arguments: [
    ("mail", "email", true), ("prompt", "in-app", true), ("task", "cs-task", false),
  ])
  func `of a message ends once its recipient has unsubscribed`(
    step: String,
    channel: String,
    ends: Bool
  ) throws {
    let found = try hold(step, channel, at: "2026-03-02T22:00:00Z", unsubscribed: true)
    #expect(found == (ends ? .unsubscribed : .none))
  }
}
