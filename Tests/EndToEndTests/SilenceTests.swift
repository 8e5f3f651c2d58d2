import NudgeTesting
import Testing

extension EndToEnd {
  struct `What an operator keeps quiet` {
    @Test func `waits, is told by explain, outlives a restart and goes out at the end`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let first = try workspace.start()
      let key = try workspace.ingestKey
      let pause = try workspace.nudged("campaign", "pause", "welcome", "--comment", "new texts")
      #expect(pause.ending == .exited(0), "\(pause.errors)")
      #expect(try first.signUp(["ana"], key: key).status == 200)
      let told = try workspace.nudged("explain", "ana").output
      #expect(told.contains("waiting.silenced until the campaign is resumed"), "\(told)")
      #expect(try first.stop() == .exited(0))

      let second = try workspace.start()
      let list = try workspace.nudged("campaign", "list").output
      #expect(list.contains("live, paused"), "\(list)")
      #expect(workspace.outboxLines("email").isEmpty)
      #expect(try workspace.nudged("campaign", "resume", "welcome").ending == .exited(0))
      _ = try eventually("line in the outbox") { workspace.outboxLines("email").nonEmpty }
      #expect(try workspace.nudged("campaign", "resume", "welcome").ending == .exited(1))
      #expect(try second.stop() == .exited(0))
    }

    @Test(arguments: [
      (["--channel", "emial", "--for", "2h", "--comment", "x"], "did you mean email?"),
      (["--channel", "email", "--for", "2d", "--comment", "x"], "write `48h`"),
      (["--channel", "email", "--comment", "x"], "--for SPAN or --until TIME"),
      (["--for", "2h", "--comment", "x"], "--campaign, --channel, --user or --account"),
      (["--channel", "email", "--until", "2020-01-01", "--comment", "x"], "has passed"),
    ])
    func `is not added by halves`(arguments: [String], expected: String) throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      let answer = try workspace.run(["silence", "add"] + arguments)
      #expect(answer.ending == .exited(64))
      #expect(answer.errors.contains(expected), "\(answer.errors)")
      #expect(try daemon.stop() == .exited(0))
    }
  }
}
