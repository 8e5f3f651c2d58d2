import NudgeTesting
import Testing

extension EndToEnd {
  struct `An address of a webhook` {
    @Test func `that is a secret is called, and told to nobody`() throws {
      let receiver = try LoopbackReceiver { _ in .answer(500) }
      let address = "http://127.0.0.1:\(receiver.port)/services/Hidden-Path"
      let workspace = try Workspace(settings: Self.settings)
      try workspace.writeSecret("\(address)\n", to: "chat.address")
      try workspace.write(rules: SampleRules.welcome(["chat"]))
      let daemon = try workspace.start()
      #expect(try daemon.signUp(["ana"], key: try workspace.ingestKey).status == 200)
      try eventually("request") { !receiver.requests.isEmpty }
      #expect(receiver.requests.first?.target == "/services/Hidden-Path")
      try eventually("settled attempt") { daemon.log.contains("delivery failed") }

      let doctor = try workspace.nudged("doctor")
      for text in ["somebody listens at 127.0.0.1:\(receiver.port)", "address: file:chat.address"] {
        #expect(doctor.output.contains(text), "\(doctor.output)")
      }
      #expect(!doctor.output.contains("unsigned"), "\(doctor.output)")
      let list = try workspace.nudged("outbox", "list").output
      let status = try workspace.nudged("status", "--format", "json").output
      for text in [daemon.log, doctor.output, list, status] {
        #expect(!text.contains("Hidden-Path"), "\(text)")
      }
      #expect(try daemon.stop() == .exited(0))
    }

    @Test(arguments: [
      ("https://hooks.slack.com/services/T0/B0/Hidden-Path", "hooks.slack.com"),
      ("http://hooks.slack.com/services/T0/B0/Hidden-Path", "hooks.slack.com"),
      ("https://hooks.slack.com/services/T0/B0/Hidden-Path#x", "hooks.slack.com"),
      ("https://hooks.slack.com/services/T0/B0/Hidden-Path x", "hooks.slack.com"),
      ("https://hooks.slack.com:x/services/T0/B0/Hidden-Path", "hooks.slack.com"),
      ("https://u:p@hooks.slack.com./services/T0/B0/Hidden-Path", "hooks.slack.com"),
      ("HTTPS://Hooks.Slack.com/services/T0/B0/Hidden-Path", "hooks.slack.com"),
      ("hooks.slack.com/services/T0/B0/Hidden-Path", "hooks.slack.com"),
      ("https://hooks.slack-gov.com/services/T0/B0/Hidden-Path", "hooks.slack-gov.com"),
      ("https://discord.com/api/webhooks/1/Hidden-Path", "discord.com"),
      ("https://discord.com/api/v10/webhooks/1/Hidden-Path", "discord.com"),
      ("https://discordapp.com/api/webhooks/1/Hidden-Path", "discordapp.com"),
      ("https://ptb.discord.com/api/webhooks/1/Hidden-Path", "ptb.discord.com"),
      ("https://canary.discord.com/api/webhooks/1/Hidden-Path", "canary.discord.com"),
    ])
    func `that is a secret is refused in the settings, and its host alone is told`(
      address: String,
      host: String
    ) throws {
      let answer = try Self.check(address)
      let said = answer.output + answer.errors
      #expect(answer.ending == .exited(1), "\(said)")
      for text in ["error[plain-secret]: whoever knows an address at \(host) may", "1 error, "] {
        #expect(said.contains(text), "\(said)")
      }
      #expect(!said.contains("Hidden-Path"), "\(said)")
    }

    @Test(arguments: [
      "https://discord.com/api/channels/1/messages", "https://hooks.slack.com.example.com/a",
      "https://myhooks.slack.com/a",
    ])
    func `that is like a secret one is taken`(address: String) throws {
      let answer = try Self.check(address)
      let said = answer.output + answer.errors
      #expect(answer.ending == .exited(0), "\(said)")
      #expect(!said.contains("plain-secret"), "\(said)")
    }

    /// What `nudged check` says of settings with this address.
    private static func check(_ address: String) throws -> CommandAnswer {
      let workspace = try Workspace()
      try workspace.write(rules: "nudged: 1\n")
      let settings = "timezone: UTC\nchannels:\n  email: {webhook: \"\(address)\"}\n"
      try workspace.folder.write(settings, to: "nudged.yaml")
      return try workspace.nudged("check", "--config", "nudged.yaml")
    }

    private static let settings = """
      nudged_config: 1
      timezone: UTC
      listen: {http: "127.0.0.1:0", control: control.sock}
      store: {path: nudged.db}
      channels:
        chat: {kind: internal, webhook: "file:chat.address", allow_http: true, allow_networks: [127.0.0.0/8], expires: 24h}

      """
  }
}
