import Glibc
import NudgeTesting
import Testing

extension EndToEnd {
  struct `An empty folder` {
    @Test func `becomes a message within a second of the first event`() throws {
      let workspace = try Workspace()
      let daemon = try workspace.start()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let reload = try workspace.nudged("reload", "--wait")
      #expect(reload.ending == .exited(0), "\(reload.errors)")

      let answer = try daemon.signUp(["ana"], key: try workspace.ingestKey)
      #expect(answer.status == 200)
      let lines = try eventually("line in the outbox", within: .seconds(1)) {
        workspace.outboxLines("email").nonEmpty
      }
      #expect(lines.count == 1)
      let payload = try object(lines[0])
      #expect(payload["type"] as? String == "intervention.email")
      let data = try #require(payload["data"] as? [String: Any])
      #expect(data["step"] as? String == "hello-email")
      #expect((data["to"] as? [String: Any])?["id"] as? String == "ana")
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `gets keys that only their owner can read`() throws {
      let workspace = try Workspace()
      let daemon = try workspace.start()
      for file in ["ingest.keys", "admin.keys"] {
        var status = stat()
        #expect(stat(workspace.folder.path(of: file), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
      }
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `has room for one daemon`() throws {
      let workspace = try Workspace()
      let daemon = try workspace.start()
      let second = try workspace.nudged("run", "--port", "0")
      #expect(second.ending == .exited(75))
      #expect(second.errors.contains("in use by process"))
      #expect(try daemon.get("/healthz").status == 200)
      #expect(try daemon.stop() == .exited(0))
      #expect(try workspace.start().stop() == .exited(0))
    }
  }
}

extension Collection {
  /// The collection; `nil` when nothing is in it.
  var nonEmpty: Self? { isEmpty ? nil : self }
}
