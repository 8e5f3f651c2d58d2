import NudgeTesting
import Testing

extension EndToEnd {
  struct `A webhook channel` {
    @Test func `sends one signed request for each intervention`() throws {
      let receiver = try LoopbackReceiver { _ in .answer(200) }
      let workspace = try Workspace(
        settings: Webhook.settings(Webhook.channel("email", port: receiver.port))
      )
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      #expect(try daemon.signUp(["ana", "ben"], key: try workspace.ingestKey).status == 200)

      try eventually("second request", within: .seconds(5)) { receiver.requests.count >= 2 }
      #expect(try daemon.stop() == .exited(0))
      let requests = receiver.requests
      #expect(requests.count == 2)
      #expect(Set(requests.map { $0.headers["webhook-id"] }).count == 2)
      for request in requests {
        #expect(request.method == "POST")
        #expect(request.target == "/email")
        #expect(Webhook.isSigned(request))
        let body = String(decoding: request.body, as: UTF8.self)
        #expect(try interventionID(body) == request.headers["webhook-id"])
      }
    }

    @Test func `waits for a receiver that is down, and keeps the id`() throws {
      let port = try freePort()
      let schedule = ", schedule: [0s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s, 1s], breaker: off"
      let workspace = try Workspace(
        settings: Webhook.settings(Webhook.channel("email", port: port, more: schedule))
      )
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      #expect(try daemon.signUp(["ana"], key: try workspace.ingestKey).status == 200)
      let refused = try eventually("refused delivery in the log") {
        daemon.log.firstMatch(of: /delivery failed, .*delivery=(iv_\w+)/).map { String($0.1) }
      }

      let receiver = try LoopbackReceiver(port: port) { _ in .answer(204) }
      try eventually("request after the receiver came up") { !receiver.requests.isEmpty }
      #expect(receiver.requests.map { $0.headers["webhook-id"] } == [refused])
      #expect(receiver.requests.allSatisfy(Webhook.isSigned))
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `that hangs delays no other, and does not hold up the stop`() throws {
      let hanging = try LoopbackReceiver { _ in .hang }
      let prompt = try LoopbackReceiver { _ in .answer(200) }
      let workspace = try Workspace(
        settings: Webhook.settings(
          Webhook.channel("chat", port: hanging.port),
          Webhook.channel("email", port: prompt.port)
        )
      )
      try workspace.write(rules: SampleRules.welcome(["chat", "email"]))
      let daemon = try workspace.start()
      let users = (1...40).map { "user-\($0)" }
      #expect(try daemon.signUp(users, key: try workspace.ingestKey).status == 200)

      // Well below the timeout of 15 s that each hanging call takes.
      try eventually("40 mails", within: .seconds(8)) { prompt.requests.count >= 40 }
      #expect(prompt.requests.count == 40)
      try eventually("hanging calls") { !hanging.requests.isEmpty }
      #expect(hanging.requests.count <= 4)
      #expect(try daemon.stop() == .exited(0))
    }
  }
}

/// A port of 127.0.0.1 on which nobody listens.
func freePort() throws -> Int {
  let port = try LoopbackReceiver { _ in .close }.port
  try eventually("end of a receiver") {
    do {
      _ = try HTTPConnection(port: port)
      return false
    } catch { return true }
  }
  return port
}
