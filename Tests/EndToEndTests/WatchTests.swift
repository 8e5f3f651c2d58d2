import Foundation
import NudgeTesting
import Testing

private let settings = """
  nudged_config: 1
  timezone: UTC
  listen: {http: "127.0.0.1:0", control: control.sock}
  watch: true
  channels:
    email: {kind: message, file: outbox/email.jsonl}

  """

extension EndToEnd {
  struct `A daemon that watches its rules` {
    @Test func `loads what was edited, and keeps what runs when it is broken`() throws {
      let workspace = try Workspace(settings: settings)
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      let more = #"{name: later, on_day: 2, at: "09:00", send: email, template: later}"#
      try workspace.write(rules: SampleRules.welcome(["email"], more: [more]))
      try eventually("first load") { daemon.log.matches(of: /rules loaded/).count == 1 }

      let broken = SampleRules.welcome(["email"]).replacing("immediately", with: "imediately")
      try workspace.write(rules: broken)
      try eventually("rejection") { daemon.log.contains("rules rejected, the running set stays") }
      #expect(try workspace.nudged("health").output == "degraded: rules rejected\n")

      try workspace.write(rules: SampleRules.welcome(["email"]), to: "deep/below/welcome.yaml")
      try FileManager.default.removeItem(atPath: workspace.folder.path(of: "rules/welcome.yaml"))
      try eventually("second load") { daemon.log.matches(of: /rules loaded/).count == 2 }
      #expect(try workspace.nudged("health").output == "ok\n")
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `waits while git is at work`() throws {
      let workspace = try Workspace(settings: settings)
      try workspace.write(rules: SampleRules.welcome(["email"]))
      try workspace.folder.write("ref: refs/heads/main\n", to: ".git/HEAD")
      let daemon = try workspace.start()
      try workspace.folder.write("", to: ".git/index.lock")
      let more = #"{name: later, on_day: 2, at: "09:00", send: email, template: later}"#
      try workspace.write(rules: SampleRules.welcome(["email"], more: [more]))
      // Longer than both quiet times, counted by the daemon's own answers and not by a sleep.
      let began = ContinuousClock.now
      try eventually("two seconds") {
        _ = try daemon.get("/readyz")
        return ContinuousClock.now - began > .seconds(2)
      }
      #expect(!daemon.log.contains("rules loaded"))
      try FileManager.default.removeItem(atPath: workspace.folder.path(of: ".git/index.lock"))
      try eventually("load") { daemon.log.contains("rules loaded") }
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `loads after another load what was edited while that was under way`() throws {
      let workspace = try Workspace(settings: settings)
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      let holder = try workspace.holdDatabase()
      let more = #"{name: later, on_day: 2, at: "09:00", send: email, template: later}"#
      try workspace.write(rules: SampleRules.welcome(["email"], more: [more]))
      daemon.send(SIGHUP)
      try eventually("refused load") { daemon.log.contains("another load is under way") }
      #expect(!daemon.log.contains("rules loaded"))
      holder.send(SIGKILL)
      try eventually("load by signal") { daemon.log.contains("rules loaded") }
      try eventually("load by itself") { daemon.log.contains("rules unchanged") }
      #expect(!daemon.log.contains("rules not loaded"))
      #expect(try workspace.nudged("health").output == "ok\n")
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `loads the body of a channel when that is edited`() throws {
      let hook =
        "  hook: {kind: internal, webhook: \"https://example.com/\", body: forms/hook.json}\n"
      let workspace = try Workspace(settings: settings + hook)
      try workspace.folder.write(#"{"to": "{{user.id}}"}"#, to: "forms/hook.json")
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      try workspace.folder.write(#"{"person": "{{user.id}}"}"#, to: "forms/hook.json")
      try eventually("load") { daemon.log.contains("rules unchanged") }
      try workspace.folder.write(#"{"person": "{{user.id}}"#, to: "forms/hook.json")
      try eventually("rejection") { daemon.log.contains("rules rejected, the running set stays") }
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `loads nothing for a file that was only touched`() throws {
      let workspace = try Workspace(settings: settings)
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      try workspace.write(rules: SampleRules.welcome(["email"]) + "# a comment\n")
      try eventually("load") { daemon.log.contains("rules unchanged") }
      #expect(daemon.log.matches(of: /rules (unchanged|loaded)/).count == 1)
      #expect(try daemon.stop() == .exited(0))
    }
  }
}
