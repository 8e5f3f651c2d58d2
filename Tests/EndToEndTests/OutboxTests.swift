import Foundation
import NudgeTesting
import Synchronization
import Testing

extension EndToEnd {
  struct `An outbox` {
    @Test func `that is gone is told, and sends again once it is enabled`() throws {
      let isGone = Switch()
      let receiver = try LoopbackReceiver { _ in .answer(isGone.isOn ? 410 : 204) }
      let workspace = try Workspace(
        settings: Webhook.settings(
          Webhook.channel("email", port: receiver.port, more: ", schedule: [0s, 1s, 1s, 1s]"),
          "  ops: {kind: internal, file: outbox/ops.jsonl}"
        ) + "alerts: ops\n"
      )
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      isGone.isOn = true
      #expect(try daemon.signUp(["ana"], key: try workspace.ingestKey).status == 200)
      try eventually("alert") { !workspace.outboxLines("ops").isEmpty }
      let alert = try object(try #require(workspace.outboxLines("ops").first))
      #expect(alert["type"] as? String == "alert.channel-disabled")
      #expect((alert["data"] as? [String: Any])?["channel"] as? String == "email")
      #expect(try daemon.get("/readyz").body.contains("channel email disabled"))
      for text in [try daemon.get("/readyz").body, try workspace.nudged("doctor").output] {
        #expect(text.contains("nudged outbox enable email"), "\(text)")
      }

      isGone.isOn = false
      let unknown = try workspace.nudged("outbox", "enable", "mail")
      #expect(unknown.ending == .exited(1) && unknown.errors.contains("there are email · ops"))
      #expect(
        try workspace.nudged("outbox", "enable", "email").output.hasPrefix("enabled: email, 1")
      )
      try eventually("request after the channel was enabled") { receiver.requests.count >= 2 }
      #expect(Set(receiver.requests.map { $0.headers["webhook-id"] }).count == 1)
      let again = try workspace.nudged("outbox", "enable", "email")
      #expect(again.output == "email was not disabled; nothing changed\n")
      #expect(!(try daemon.get("/readyz").body.contains("disabled")))
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `does nothing about a delivery that is not there, or not dead`() throws {
      let receiver = try LoopbackReceiver { _ in .answer(204) }
      let workspace = try Workspace(
        settings: Webhook.settings(Webhook.channel("email", port: receiver.port))
      )
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      #expect(try daemon.signUp(["ana"], key: try workspace.ingestKey).status == 200)
      let id = try eventually("delivery") { receiver.requests.first?.headers["webhook-id"] }
      try eventually("settled delivery") {
        try workspace.nudged("outbox", "show", id).output.contains(#""state":"delivered""#)
      }
      for (verb, target, complaint) in [
        ("retry", "iv_none", "no delivery is called iv_none"), ("retry", id, "is delivered"),
        ("drop", "iv_none", "no delivery is called iv_none"), ("drop", id, "is delivered"),
      ] {
        let answer = try workspace.nudged("outbox", verb, target)
        #expect(answer.ending == .exited(1) && answer.output.isEmpty)
        #expect(answer.errors.contains(complaint), "\(answer.errors)")
      }
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `in a form of its own sends that, the same after a kill and with the same id`()
      throws
    {
      let isDown = Switch()
      isDown.isOn = true
      let receiver = try LoopbackReceiver { _ in isDown.isOn ? .answer(500) : .answer(204) }
      let form = """
        , schedule: [0s, 1s, 1s, 1s, 1s, 1s, 1s], breaker: off, body: mail.json,
            headers: {X-Token: "file:token", Authorization: {basic: "file:token"}, Idempotency-Key: "{{id}}"}
        """
      let workspace = try Workspace(
        settings: Webhook.settings(Webhook.channel("email", port: receiver.port, more: form))
      )
      try workspace.folder.write(#"{"to": "{{user.id}}", "step": "{{step}}"}"#, to: "mail.json")
      chmod(try workspace.folder.write("me:secret\n", to: "token"), 0o600)
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      #expect(try daemon.signUp(["ana"], key: try workspace.ingestKey).status == 200)
      try eventually("request") { !receiver.requests.isEmpty }
      daemon.send(SIGKILL)
      _ = try daemon.wait()

      // What was decided is not rendered anew.
      try workspace.folder.write(#"{"other": true}"#, to: "mail.json")
      isDown.isOn = false
      let count = receiver.requests.count
      let next = try workspace.start()
      try eventually("request of the next daemon") { receiver.requests.count > count }
      for request in receiver.requests {
        #expect(
          String(decoding: request.body, as: UTF8.self) == #"{"to": "ana", "step": "hello-email"}"#
        )
        #expect(request.headers["x-token"] == "me:secret")
        #expect(request.headers["authorization"] == "Basic bWU6c2VjcmV0")
        #expect(request.headers["idempotency-key"] == request.headers["webhook-id"])
        #expect(Webhook.isSigned(request))
      }
      #expect(try next.stop() == .exited(0))
    }

    @Test func `for decisions and alerts gives them the form of now`() throws {
      let isGone = Switch()
      let receiver = try LoopbackReceiver {
        $0.target == "/email" && isGone.isOn ? .answer(410) : .answer(204)
      }
      let workspace = try Workspace(
        settings: Webhook.settings(
          Webhook.channel("email", port: receiver.port),
          Webhook.channel("log", port: receiver.port, more: ", body: log.json")
        ) + "decisions: log\nalerts: log\n"
      )
      func bodies() -> [String] {
        receiver.requests.filter { $0.target == "/log" }.map {
          String(decoding: $0.body, as: UTF8.self)
        }
      }
      try workspace.folder.write(#"{"form": 1, "id": "{{id}}"}"#, to: "log.json")
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      let key = try workspace.ingestKey
      #expect(try daemon.signUp(["ana"], key: key).status == 200)
      try eventually("decision") { bodies().count == 1 }
      #expect(bodies().first?.contains(#""form": 1"#) == true)

      try workspace.folder.write(#"{"form": 2, "id": "{{id}}"}"#, to: "log.json")
      #expect(try workspace.nudged("reload").ending == .exited(0))
      isGone.isOn = true
      #expect(try daemon.signUp(["ben"], key: key).status == 200)
      try eventually("decision and alert") { bodies().count == 3 }
      #expect(bodies().dropFirst().allSatisfy { $0.contains(#""form": 2"#) })
      #expect(bodies().contains { $0.contains(#""id": "al_"#) })
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `tries nothing again for one who has unsubscribed meanwhile`() throws {
      let receiver = try LoopbackReceiver { _ in .answer(500) }
      let often = ", schedule: [0s, 3s, 3s, 3s, 3s], breaker: off"
      let workspace = try Workspace(
        settings: Webhook.settings(Webhook.channel("email", port: receiver.port, more: often))
          + "unsubscribed_when: {trait: {unsubscribed: true}}\n"
      )
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      let key = try workspace.ingestKey
      #expect(try daemon.signUp(["ana", "ben"], key: key).status == 200)
      let call = #"{"userId": "ana", "traits": {"unsubscribed": true}}"#
      #expect(try daemon.post("/v1/identify", call, key: key).status == 200)
      let list = try eventually("cancelled delivery") {
        let list = try workspace.nudged("outbox", "list", "--state", "cancelled").output
        return list.contains("cancelled") ? list : nil
      }
      #expect(list.contains("user:ana") && !list.contains("user:ben"))
      #expect(list.contains("the recipient has unsubscribed"))
      #expect(try workspace.nudged("outbox", "list").output.contains("user:ben"))
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `for decisions gets each of them, and a replay does not miss it`() throws {
      let workspace = try Workspace(
        settings: """
          nudged_config: 1
          timezone: UTC
          listen: {http: "127.0.0.1:0", control: control.sock}
          decisions: log
          channels:
            email: {kind: message, file: outbox/email.jsonl}
            log: {kind: internal, file: outbox/log.jsonl}

          """
      )
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      #expect(try daemon.signUp(["ana", "ben"], key: try workspace.ingestKey).status == 200)
      try eventually("decisions") { workspace.outboxLines("log").count == 2 }
      try eventually("interventions") { workspace.outboxLines("email").count == 2 }
      let line = try object(try #require(workspace.outboxLines("log").first))
      #expect(line["schema"] as? String == "nudged.decision/1")
      let data = try #require(line["data"] as? [String: Any])
      #expect(data["outcome"] as? String == "sent" && data["step"] as? String == "hello-email")
      #expect(try daemon.stop() == .exited(0))
      let replay = try workspace.nudged("replay", "--into", "again.db")
      #expect(replay.ending == .exited(0), "\(replay.output)\(replay.errors)")
    }

    @Test(arguments: [
      ("standardwebhooks-1.1.0", "standardwebhooks"), ("svix-2.9.1", "svix.webhooks"),
    ])
    func `signs so that receivers verify it, under the new secret and the one before`(
      folder: String,
      module: String
    ) throws {
      let receiver = try LoopbackReceiver { _ in .answer(204) }
      let workspace = try Workspace(
        settings: Webhook.settings(
          Webhook.channel(
            "email",
            port: receiver.port,
            more: ", previous_secret: \"file:previous.secret\""
          )
        )
      )
      let previous = "whsec_" + Data(repeating: 7, count: 24).base64EncodedString()
      chmod(try workspace.folder.write(previous, to: "previous.secret"), 0o600)
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      #expect(
        try daemon.signUp(["ana", "Zoë \u{2028}"], key: try workspace.ingestKey).status == 200
      )
      try eventually("requests") { receiver.requests.count >= 2 }
      #expect(try daemon.stop() == .exited(0))

      let messages = try receiver.requests.map { request in
        let body = String(decoding: request.body, as: UTF8.self)
        return String(
          decoding: try JSONSerialization.data(
            withJSONObject: ["headers": request.headers, "body": body]
          ),
          as: UTF8.self
        )
      }.joined(separator: "\n")
      let stranger = "whsec_" + Data(repeating: 9, count: 24).base64EncodedString()
      for (secret, isGood) in [(Webhook.secret, true), (previous, true), (stranger, false)] {
        let found = try PythonSDK.verify(
          messages,
          by: folder,
          module,
          secret: secret,
          in: workspace
        )
        #expect(found.count == receiver.requests.count)
        #expect(found.allSatisfy { ($0 == "good") == isGood }, "\(found)")
      }
    }
  }
}

/// A switch that a test turns while a receiver looks at it.
private final class Switch: Sendable {
  private let state = Mutex(false)

  var isOn: Bool {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
