import Foundation
import Glibc
import NudgeCore
import NudgeTesting
import Testing

private let broken = SampleRules.welcome(["email"]).replacing("immediately", with: "imediately")

extension EndToEnd {
  struct `A reload` {
    @Test func `of broken rules names the place, and the old rules decide on`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      try workspace.write(rules: broken)
      let reload = try workspace.nudged("reload", "--wait")
      #expect(reload.ending == .exited(78))
      #expect(
        reload.errors.contains("rules/welcome.yaml:15:29: error[unknown-key]"),
        "\(reload.errors)"
      )
      #expect(reload.errors.contains("did you mean `immediately`?"))

      #expect(try daemon.signUp(["ana"], key: try workspace.ingestKey).status == 200)
      _ = try eventually("line in the outbox") { workspace.outboxLines("email").nonEmpty }
      try workspace.write(rules: SampleRules.welcome(["email"]))
      #expect(try workspace.nudged("reload", "--wait").ending == .exited(0))
      #expect(try object(try daemon.get("/readyz").body)["status"] as? String == "ok")
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `comes with SIGHUP`() throws {
      let workspace = try Workspace()
      let daemon = try workspace.start()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      daemon.send(SIGHUP)
      try eventually("line `rules loaded` in the log") { daemon.log.contains("rules loaded") }
      #expect(try daemon.signUp(["ana"], key: try workspace.ingestKey).status == 200)
      _ = try eventually("line in the outbox") { workspace.outboxLines("email").nonEmpty }
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `leaves calls that are under way alone`() throws {
      let gate = DispatchSemaphore(value: 0)
      let receiver = try LoopbackReceiver { _ in
        gate.wait()
        return .answer(200)
      }
      defer { for _ in 0..<10 { gate.signal() } }
      let workspace = try Workspace(
        settings: Webhook.settings(Webhook.channel("email", port: receiver.port))
      )
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      #expect(try daemon.signUp(["ana"], key: try workspace.ingestKey).status == 200)
      try eventually("request") { receiver.requests.count == 1 }

      let later = #"{name: later, on_day: 2, at: "09:00", send: email, template: later}"#
      try workspace.write(rules: SampleRules.welcome(["email"], more: [later]))
      #expect(try workspace.nudged("reload", "--wait").ending == .exited(0))
      gate.signal()
      try eventually("settled delivery in the log") { daemon.log.contains("delivery settled") }
      #expect(receiver.requests.count == 1)
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `moves what is planned, and cancels what is gone`() throws {
      let workspace = try Workspace()
      let guide = #"{name: guide, on_day: 2, at: "09:00", send: email, template: guide}"#
      let offer = #"{name: offer, on_day: 5, at: "09:00", send: email, template: offer}"#
      try workspace.write(rules: SampleRules.welcome(["email"], more: [guide, offer]))
      let daemon = try workspace.start()
      let key = try workspace.ingestKey
      #expect(try daemon.signUp(["ana"], key: key).status == 200)
      let before = try #require(try nextDue(of: daemon, workspace))
      #expect(before.formatted(.iso8601).hasSuffix("T09:00:00Z"))

      let later = guide.replacing("on_day: 2", with: "on_day: 3")
      try workspace.write(rules: SampleRules.welcome(["email"], more: [later]))
      let reload = try workspace.nudged("reload", "--wait")
      #expect(reload.ending == .exited(0), "\(reload.errors)")
      try eventually("plan a day later") {
        try nextDue(of: daemon, workspace)?.timeIntervalSince(before) == 86_400
      }
      let decisions = try decisions(of: "ana", daemon, workspace)
      #expect(
        decisions == ["hello-email sent", "guide cancelled.re-planned", "offer cancelled.removed"]
      )
      #expect(try daemon.stop() == .exited(0))
    }
  }

  struct `A start with broken rules` {
    @Test func `ends at once where no good ones were before`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: broken)
      let run = try workspace.nudged("run", "--port", "0")
      #expect(run.ending == .exited(78))
      #expect(run.errors.contains("rules/welcome.yaml:15:29: error[unknown-key]"), "\(run.errors)")
    }

    @Test func `goes on with the last good ones, and says so`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      #expect(try workspace.start().stop() == .exited(0))
      try workspace.write(rules: broken)
      let daemon = try workspace.start()

      let ready = try daemon.get("/readyz")
      #expect(ready.status == 200)
      #expect(try object(ready.body)["status"] as? String == "degraded")
      #expect(try object(ready.body)["degraded"] as? [String] == ["rules rejected"])
      let status = try workspace.nudged("status")
      #expect(status.ending == .exited(0))
      #expect(status.output.contains("rules rejected"))
      #expect(status.output.contains("rules/welcome.yaml:15:29"))
      #expect(try daemon.get("/metrics").body.contains("nudged_rules_last_load_ok 0"))

      #expect(try daemon.signUp(["ana"], key: try workspace.ingestKey).status == 200)
      _ = try eventually("line in the outbox") { workspace.outboxLines("email").nonEmpty }
      #expect(try daemon.stop() == .exited(0))
    }
  }
}

/// When the next timer is due.
private func nextDue(of daemon: DaemonProcess, _ workspace: Workspace) throws -> Date? {
  let status = try object(try daemon.get("/v1/status", key: try workspace.adminKey).body)
  return try (status["next_due"] as? String).map {
    try Date($0, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}

/// The steps that were decided about a person, each with its reason.
private func decisions(
  of user: String,
  _ daemon: DaemonProcess,
  _ workspace: Workspace
) throws
  -> [String]
{
  let body = try daemon.get("/v1/users/\(user)/decisions", key: try workspace.adminKey).body
  let decisions = try object(body)["decisions"] as? [[String: Any]] ?? []
  return decisions.map { "\($0["step"] as? String ?? "?") \($0["reason"] as? String ?? "?")" }
}
