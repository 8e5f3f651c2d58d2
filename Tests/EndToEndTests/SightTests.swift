import Foundation
import NudgeTesting
import Testing

private let broken = SampleRules.welcome(["email"]).replacing("immediately", with: "imediately")

extension EndToEnd {
  struct `What an operator sees` {
    @Test func `is one word when all is well`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      let health = try workspace.nudged("health")
      #expect(health.ending == .exited(0))
      #expect(health.output == "ok\n")
      #expect(health.errors == "")
      let document = try object(try workspace.nudged("health", "--format", "json").output)
      #expect(document["status"] as? String == "ok")
      #expect(try workspace.nudged("health", "--quiet").output == "")
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `is bad health when rules were rejected, and why`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      try workspace.write(rules: broken)
      #expect(try workspace.nudged("reload").ending == .exited(78))
      let health = try workspace.nudged("health")
      #expect(health.ending == .exited(1))
      #expect(health.output == "degraded: rules rejected\n")
      #expect(try workspace.nudged("health", "--allow-degraded").ending == .exited(0))
      let ready = try object(try daemon.get("/readyz").body)
      let problems = try #require(ready["problems"] as? [[String: String]])
      #expect(problems.map { $0["code"] } == ["rules-rejected"])
      #expect(problems.first?["advice"]?.contains("rules/welcome.yaml:15:29") == true)
      let page = try daemon.get("/metrics").body
      #expect(page.contains("nudged_degraded{problem=\"rules-rejected\"} 1\n"))
      #expect(try daemon.stop() == .exited(0))
    }

    @Test(arguments: [["health"], ["status"], ["top", "--times", "1"]])
    func `is told apart from a daemon that does not run`(arguments: [String]) throws {
      let answer = try Workspace().run(arguments)
      #expect(answer.ending == .exited(69))
      #expect(answer.output == "")
      #expect(answer.errors.hasPrefix("nudged: the daemon cannot be reached at control.sock"))
    }

    @Test func `is a page of figures that Prometheus's tool finds nothing wrong with`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      #expect(try daemon.signUp(["ana", "bo"], key: try workspace.ingestKey).status == 200)
      let page = try daemon.get("/metrics").body
      #expect(page.contains(#"nudged_decisions_total{campaign="welcome",outcome="sent"} 2"#))
      #expect(page.contains(#"nudged_decisions_total{campaign="welcome",outcome="skipped"} 0"#))
      #expect(page.contains("nudged_ready 1\n"))
      try workspace.folder.write(page, to: "page.txt")
      let checked = try workspace.program("sh", "-c", "promtool check metrics <page.txt")
      #expect(checked.ending == .exited(0), "\(checked.errors)")
      #expect(checked.errors == "")
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `counts everybody at the start`() throws {
      let workspace = try Workspace()
      let later = #"{name: later, on_day: 2, at: "09:00", send: email, template: later}"#
      try workspace.write(rules: SampleRules.welcome(["email"], more: [later]))
      let first = try workspace.start()
      #expect(try first.signUp(["ana", "bo"], key: try workspace.ingestKey).status == 200)
      #expect(try first.stop() == .exited(0))
      let daemon = try workspace.start()
      for figure in [
        #"nudged_campaign_inside{campaign="welcome"} 2"#,
        #"nudged_people{model="onboarding",pace="none"} 2"#,
      ] { try eventually(figure) { try daemon.get("/metrics").body.contains(figure) } }
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `is what the daemon is doing, view by view`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      #expect(try daemon.signUp(["ana", "bo"], key: try workspace.ingestKey).status == 200)
      _ = try eventually("line in the outbox") { workspace.outboxLines("email").nonEmpty }
      let top = try workspace.nudged("top", "--times", "2", "--every", "100ms")
      #expect(top.ending == .exited(0))
      #expect(top.output.matches(of: /(?m)^CAMPAIGN +INSIDE/).count == 2)
      #expect(top.output.contains(/(?m)^welcome +\S+ +- +2 +2$/), "\(top.output)")
      #expect(top.output.contains(/(?m)^email +0 +0 s +[0-9.]+ +2 +0 +0$/), "\(top.output)")
      #expect(!top.output.contains("\u{1B}"))
      let document = try object(
        try workspace.nudged("top", "--times", "1", "--format", "json").output
      )
      #expect(document["events"] as? Int == 2)
      #expect(document["events_per_second"] is NSNull)
      let watched = try workspace.nudged("status", "--watch", "--times", "2", "--every", "100ms")
      #expect(watched.output.matches(of: /(?m)^people +2, in 0 accounts$/).count == 2)
      #expect(try daemon.stop() == .exited(0))
    }

    @Test(arguments: [
      ["top", "--every", "5"], ["top", "--every", "1ms"], ["top", "--times", "0"],
      ["status", "--times", "2"], ["health", "--format", "xml"], ["doctor", "--format", "csv"],
    ])
    func `is not asked for by halves`(arguments: [String]) throws {
      let answer = try Workspace().run(arguments)
      #expect(answer.ending == .exited(64))
      #expect(answer.errors != "")
    }
  }
}
