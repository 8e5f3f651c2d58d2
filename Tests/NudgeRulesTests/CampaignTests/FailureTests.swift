import NudgeRules
import NudgeTesting
import Testing

@Suite struct `A campaign test` {
  @Test func `that holds says nothing`() throws {
    #expect(try TestFolder().failures() == "")
  }

  @Test(arguments: [
    ("another-day", "on_day: 1", "on_day: 4"),
    ("another-audience", "plan: free", "plan: pro"),
    ("a-milestone-more", "missing: [project, team]", "missing: project"),
    ("a-condition", "days: weekdays", "days: weekdays, only_if: {reached: team}"),
    ("another-channel", "immediately: true, send: email", "immediately: true, send: cs-task"),
    ("no-step", "{name: help, on_day", "{name: help, enabled: false, on_day"),
  ])
  func `says why broken rules fail it`(name: String, old: String, new: String) throws {
    let rules = TestFolder.rules.replacing(old, with: new)
    let test = TestFolder.test.replacing(
      "step: hello, to: ana}",
      with: "step: hello, to: ana, channel: email}"
    )
    let failures = try TestFolder(rules: rules, test: test).failures()
    #expect(failures.contains("expected"))
    try expectGolden(failures, "broken-rules-\(name).txt")
  }

  @Test(arguments: [
    ("a surplus item", "pace: pending}", "pace: pending, score: {x: 1}}", "unknown score `x`"),
    ("a step", "step: help, to: ana}", "step: halp, to: ana}", "did you mean `help`?"),
    (
      "a campaign", "campaign: welcome, step: hello", "campaign: wellcome, step: hello", "`welcome`"
    ),
    ("a milestone", "milestones: [project]", "milestones: [projekt]", "did you mean `project`?"),
    ("a pace", "pace: pending", "pace: quick", "there are: fast · slow · pending"),
    ("a time", "at: +1m, user", "at: 1 minute, user", "`1 minute` is not a time of a test"),
    ("days", "at: +2h, user", "at: +2d, user", "write `+48h` for clock time"),
    ("a key", "at: +2h, user: ana, track", "at: +2h, usr: ana, track", "did you mean `user`?"),
    ("no act", ", track: Project Created", "", "nothing happens in this entry"),
    ("two acts", "track: Project", "daemon: stopped, track: Project", "says both `track` and"),
    ("a rule file", "[rules.yaml]", "[ruels.yaml]", "no rule file matches `ruels.yaml`"),
    ("a zone", "timezone: America/New_York}", "timezone: America/NewYork}", "unknown time zone"),
    (
      "a reason", "step: help, to: bob}", "step: help, to: bob, because: left.bougt}", "unknown way"
    ),
    ("a code", "step: help, to: bob}", "step: help, to: bob, because: skiped.x}", "is no reason"),
    ("no user", "user: ana, milestones", "milestones", "says not whose state it is"),
    ("before", "at: +2h, user", "at: \"2026-03-01T00:00:00Z\", user", "before `starts_at`"),
    ("no tests", "\ntests:\n", "\ntests: []\nwas:\n", "the list behind `tests` is empty"),
    ("a format", "nudged_test: 1", "nudged_test: 2", "write 1"),
  ])
  func `that is wrong is refused where it is wrong`(
    mistake: String,
    old: String,
    new: String,
    message: String
  ) throws {
    try #require(TestFolder.test.contains(old), "\(mistake)")
    let text = TestFolder.test.replacing(old, with: new, maxReplacements: 1)
    let diagnostics = try TestFolder(test: text).diagnostics()
    #expect(diagnostics.contains(message), "\(diagnostics)")
    #expect(diagnostics.hasPrefix("welcome.test.yaml:"))
  }

  @Test func `tells all mistakes at once`() throws {
    let text = TestFolder.test.replacing("at: +1m, user", with: "at: soon, user")
      .replacing("step: help, to: ana", with: "stop: help, to: ana")
      .replacing("pace: pending", with: "pase: pending")
    try expectGolden(try TestFolder(test: text).diagnostics(), "test-mistakes.txt")
  }

  @Test func `stops and starts the daemon in turn`() throws {
    let text = TestFolder.test.replacing(
      "      - {at: +2h, user: ana, track: Project Created}",
      with: """
              - {at: +2h, daemon: started}
              - {at: +3h, daemon: stopped}
              - {at: +4h, daemon: stopped}
              - {at: +5h, deploy: [rules.yaml]}
        """
    )
    let diagnostics = try TestFolder(test: text).diagnostics()
    #expect(diagnostics.contains("the daemon is running already"))
    #expect(diagnostics.contains("the daemon is stopped already"))
    #expect(diagnostics.contains("the daemon is stopped, and can take nothing in"))
  }
}
