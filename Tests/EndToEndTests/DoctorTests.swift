import Foundation
import Glibc
import NudgeTesting
import Testing

extension EndToEnd {
  struct `The doctor` {
    @Test func `finds nothing bad where all is well`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      let answer = try workspace.nudged("doctor")
      #expect(answer.ending == .exited(0), "\(answer.output)")
      for subject in ["zones", "SQLite", "settings", "rules", "disk", "database", "daemon"] {
        #expect(answer.output.contains("✓ \(subject)"), "\(answer.output)")
      }
      // Where no time service runs, it says so.
      #expect(answer.output.contains(/(✓|!) clock/), "\(answer.output)")
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `works without a daemon, and says so`() throws {
      let workspace = try Workspace()
      let findings = try findings(workspace)
      #expect(findings["database"] == ["warning"])
      #expect(findings["daemon"] == ["warning"])
      #expect(findings["ingest keys"] == ["ok"])
    }

    @Test func `names what is wrong with settings, secrets and receivers, and what to do`() throws {
      let closed = try ClosedPort()
      let workspace = try Workspace(
        settings: Webhook.settings(Webhook.channel("email", port: closed.port))
      )
      try workspace.write(rules: SampleRules.welcome(["email", "push"]))
      chmod(workspace.folder.path(of: "ingest.keys"), 0o644)
      try workspace.folder.write("not a secret\n", to: "webhook.secret")
      let answer = try workspace.nudged("doctor")
      #expect(answer.ending == .exited(1))
      for text in [
        "ingest.keys can be read by others than its owner (mode 644); run `chmod 600",
        "127.0.0.1:\(closed.port) cannot be reached", "✗ channel push", "file:webhook.secret:",
        "to do: ",
      ] { #expect(answer.output.contains(text), "\(text) in \(answer.output)") }
      #expect(!answer.output.contains("not a secret"))
    }

    @Test func `looks at the secrets of headers, and misses no signature where there is one`()
      throws
    {
      let receiver = try LoopbackReceiver { _ in .answer(200) }
      let workspace = try Workspace(settings: Self.headers(port: receiver.port))
      try workspace.writeSecret("token\n", to: "good.key")
      try workspace.writeSecret("two\nlines\n", to: "bad.key")
      let output = try workspace.nudged("doctor").output
      for text in [
        /✓ channel good +header X-Key: file:good.key/,
        /✗ channel bad +file:bad.key holds no line of plain text/,
        /✗ channel none +there is no secret at none.key/, /channel open +calls go out unsigned/,
      ] { #expect(output.contains(text), "\(output)") }
      #expect(output.matches(of: /unsigned/).count == 1, "\(output)")
    }

    private static func headers(port: Int) -> String {
      func channel(_ name: String, _ more: String) -> String {
        "  \(name): {kind: internal, webhook: \"http://127.0.0.1:\(port)/\", allow_http: true, \(more)}"
      }
      return Webhook.settings(
        channel("good", "headers: {X-Key: \"file:good.key\"}"),
        channel("bad", "headers: {Authorization: {bearer: \"file:bad.key\"}}"),
        channel("none", "headers: {X-Key: \"file:none.key\"}"),
        channel("open", "headers: {Accept: application/json}")
      )
    }

    @Test func `tells the place of a mistake in settings`() throws {
      let workspace = try Workspace()
      try workspace.folder.write("timezone: UTC\nchanels: {}\n", to: "nudged.yaml")
      let answer = try workspace.nudged("doctor")
      #expect(answer.ending == .exited(1))
      #expect(answer.output.contains("nudged.yaml:2:1: unknown key `chanels`"), "\(answer.output)")
    }

    @Test func `sees names of events that are alike, and a database that is damaged`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      let key = try workspace.ingestKey
      for (id, name) in [("1", "Signed Up"), ("2", "signed_up")] {
        let event = SampleEvent(messageID: id, user: "ana", name: name)
        #expect(try daemon.post("/v1/track", event.json, key: key).status == 200)
      }
      #expect(try daemon.stop() == .exited(0))
      let before = try workspace.nudged("doctor").output
      #expect(before.contains("two spellings: `Signed Up`, `signed_up`"), "\(before)")

      var bytes = try Data(contentsOf: URL(filePath: workspace.folder.path(of: "nudged.db")))
      for place in stride(from: 4096 + 8, to: bytes.count, by: 97) { bytes[place] ^= 0x55 }
      try bytes.write(to: URL(filePath: workspace.folder.path(of: "nudged.db")))
      let after = try workspace.nudged("doctor")
      #expect(after.ending == .exited(1))
      #expect(after.output.contains("✗ database"), "\(after.output)")
    }

    @Test func `has words for its signs where the locale has no signs`() throws {
      let workspace = try Workspace()
      let answer = try workspace.program("LANG=C", Workspace.program, "doctor")
      #expect(answer.output.contains("ok   zones"), "\(answer.output)")
      #expect(answer.output.contains("WARN daemon"), "\(answer.output)")
    }

    /// The states of what was looked at, by subject.
    private func findings(_ workspace: Workspace) throws -> [String: [String]] {
      let document = try object(try workspace.nudged("doctor", "--format", "json").output)
      let findings = try #require(document["findings"] as? [[String: Any]])
      return Dictionary(grouping: findings) { $0["subject"] as? String ?? "" }
        .mapValues { $0.compactMap { $0["state"] as? String } }
    }
  }
}
