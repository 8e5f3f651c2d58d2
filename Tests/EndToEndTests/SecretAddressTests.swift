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
