import NudgeTesting
import Testing

extension EndToEnd {
  struct `A check with history` {
    @Test func `hints at what the daemon has never seen, and changes nothing`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      #expect(try daemon.signUp(["ana", "bo"], key: try workspace.ingestKey).status == 200)
      try workspace.folder.write("timezone: UTC\nvolume_limit: 1\n", to: "check.yaml")
      let check = try workspace.nudged(
        "check",
        "--config",
        "check.yaml",
        "--history",
        "nudged.db"
      )
      #expect(check.ending == .exited(0))
      #expect(
        check.output.contains(
          "hint[dead-event]: the event `Project Created` was never seen\n"
        ),
        "\(check.output)"
      )
      #expect(!check.output.contains("`Signed Up`"))
      #expect(
        check.output.contains(
          "hint[volume]: campaign `welcome` would have taken in 2 in the last 30 days\n"
        ),
        "\(check.output)"
      )
      #expect(try workspace.nudged("check", "--history", "none.db").ending == .exited(66))
      #expect(try workspace.nudged("check", "--history", "check.yaml").ending == .exited(74))
      #expect(try daemon.stop() == .exited(0))
    }
  }
}
