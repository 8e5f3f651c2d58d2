import NudgeTesting
import Testing

private let settings = """
  nudged_config: 1
  timezone: UTC
  listen: {http: "127.0.0.1:0", control: control.sock}
  volume_limit: 2
  channels:
    email: {kind: message, file: outbox/email.jsonl}

  """

private let second = """
  nudged: 1
  campaigns:
    second:
      mode: live
      model: onboarding
      on_first_deploy: join_in_progress
      while: {activated: false}
      steps:
        - {name: later, on_day: 2, at: "09:00", send: email, template: later}

  """

extension EndToEnd {
  struct `A plan beyond volume_limit` {
    @Test(arguments: [(2, true), (3, false)])
    func `asks before so many are taken in`(people: Int, isFree: Bool) throws {
      let workspace = try Workspace(settings: settings)
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      let names = (0..<people).map { "p\($0)" }
      #expect(try daemon.signUp(names, key: try workspace.ingestKey).status == 200)
      try workspace.write(rules: second, to: "second.yaml")

      let plan = try workspace.nudged("plan", "-o", "plan.json")
      let question =
        "second takes in 3 at once, more than volume_limit (2): confirm with --confirm-count 3"
      #expect(plan.output.contains(question) != isFree, "\(plan.output)")
      let applied = try workspace.nudged("apply", "plan.json")
      #expect(applied.ending == .exited(isFree ? 0 : 1), "\(applied.errors)")
      if !isFree {
        #expect(applied.errors.contains(question), "\(applied.errors)")
        let confirmed = try workspace.nudged("apply", "plan.json", "--confirm-count", "3")
        #expect(confirmed.ending == .exited(0), "\(confirmed.errors)")
      }
      #expect(try daemon.stop() == .exited(0))
    }
  }
}
