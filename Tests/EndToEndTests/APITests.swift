import Foundation
import NudgeStore
import NudgeTesting
import Testing

extension EndToEnd {
  struct `What the API tells and does` {
    @Test func `shows a product how far somebody is`() throws {
      let (workspace, daemon) = try Workspace.withAllKeys()
      #expect(try daemon.signUp(["a/b é"], key: try workspace.ingestKey).status == 200)
      let answer = try daemon.get("/v1/users/a%2Fb%20%C3%A9/progress", key: Workspace.inboxKey)
      #expect(answer.status == 200)
      let cards = try #require(try json(answer.body) as? [[String: Any]])
      let card = try #require(cards.first)
      #expect(card["milestones_done"] as? Int == 0)
      #expect(card["milestones_total"] as? Int == 2)
      #expect(card["next_milestone"] as? String == "three-tasks")
      let checklist = try #require(card["checklist"] as? [[String: Any]])
      #expect(checklist.map { $0["of"] as? Int } == [nil, 3])
      #expect(try daemon.get("/v1/users/a%2Fb%20%C3%A9", key: Workspace.inboxKey).status == 403)
      #expect(try daemon.get("/v1/users/nobody/progress", key: Workspace.inboxKey).status == 404)
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `pages through people, and says where an expression is wrong`() throws {
      let (workspace, daemon) = try Workspace.withAllKeys()
      let users = (1...7).map { "user-\($0)" }
      #expect(try daemon.signUp(users, key: try workspace.ingestKey).status == 200)
      var (found, after): ([String], Int?) = ([], 0)
      while let place = after {
        let path = "/v1/users?where=day+%3D+0&limit=3&after=\(place)"
        let page = try object(try daemon.get(path, key: try workspace.adminKey).body)
        found += (page["rows"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
        after = page["next"] as? Int
      }
      #expect(found == users)
      let wrong = try daemon.get("/v1/users?where=day+%3D%3D%3D", key: try workspace.adminKey)
      #expect(wrong.status == 400)
      #expect(try #require(try object(wrong.body)["message"] as? String).contains("^"))
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `sends dead letters again once the receiver is there`() throws {
      let port = try freePort()
      let workspace = try Workspace(
        settings: Webhook.settings(Webhook.channel("email", port: port, more: ", schedule: [0s]"))
      )
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      #expect(try daemon.signUp(["ana", "ben"], key: try workspace.ingestKey).status == 200)
      try eventually("two dead letters") {
        try workspace.nudged("outbox", "list", "--dead").output.split(separator: "\n").count == 3
      }
      #expect(
        try workspace.nudged("outbox", "retry", "--all", "--dry-run").output == "would retry: 2\n"
      )
      #expect(try workspace.nudged("outbox", "retry").ending == .exited(64))

      let receiver = try LoopbackReceiver(port: port) { _ in .answer(200) }
      #expect(
        try workspace.nudged("outbox", "retry", "--channel", "email").output == "retried: 2\n"
      )
      try eventually("both requests") { receiver.requests.count == 2 }
      try eventually("an empty outbox") {
        try workspace.nudged("outbox", "list").output.hasPrefix("Nothing here.")
      }
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `drops what nobody wants any more, and asks before`() throws {
      let workspace = try Workspace(
        settings: Webhook.settings(
          Webhook.channel("email", port: try freePort(), more: ", schedule: [0s]")
        )
      )
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      #expect(try daemon.signUp(["ana", "ben"], key: try workspace.ingestKey).status == 200)
      try eventually("two dead letters") {
        try workspace.nudged("outbox", "drop", "--all", "--dry-run").output == "would drop: 2\n"
      }
      #expect(try workspace.nudged("outbox", "drop", "--all").ending == .exited(64))
      #expect(try workspace.nudged("outbox", "drop", "--all", "--yes").output == "dropped: 2\n")
      #expect(try workspace.nudged("outbox", "drop", "--all", "--yes").output == "dropped: 0\n")
      #expect(try daemon.stop() == .exited(0))
    }
  }

  struct `Somebody who is forgotten` {
    @Test func `is in no byte of the database or its log, and does not come back`() throws {
      let (workspace, daemon) = try Workspace.withAllKeys()
      let key = try workspace.ingestKey
      #expect(try daemon.signUp(["ben"], key: key).status == 200)
      #expect(try daemon.post("/v1/batch", life, key: key).status == 200)
      let silence = ["silence", "add", "--user", "zoe-1815", "--for", "2h", "--comment", "x"]
      #expect(try workspace.run(silence).ending == .exited(0))
      #expect(try workspace.occurrences(of: "zoe-1815") > 0)

      #expect(try workspace.nudged("user", "forget", "zoe-1815").ending == .exited(64))
      let erased = try workspace.nudged("user", "forget", "zoe-1815", "--yes")
      #expect(erased.ending == .exited(0), "\(erased.errors)")
      #expect(erased.output.hasPrefix("user:zoe-1815 erased: 5 events, "), "\(erased.output)")
      #expect(try workspace.occurrences(of: "zoe-1815") == 0)

      // What an old file or a patient SDK brings once more.
      #expect(try daemon.post("/v1/batch", life, key: key).status == 200)
      #expect(try workspace.occurrences(of: "zoe-1815") == 0)
      let answer = try daemon.get("/v1/users/zoe-1815", key: try workspace.adminKey)
      #expect(answer.status == 404)
      #expect(try workspace.nudged("user", "forget", "zoe-1815", "--yes").ending == .exited(0))
      #expect(try workspace.nudged("user", "forget", "nobody", "--yes").ending == .exited(1))
      #expect(try daemon.get("/v1/users/ben", key: try workspace.adminKey).status == 200)
      #expect(try daemon.stop() == .exited(0))
      #expect(try Store(path: workspace.folder.path(of: "nudged.db")).integrityProblems().isEmpty)
    }

    @Test func `may begin anew`() throws {
      let (workspace, daemon) = try Workspace.withAllKeys()
      let key = try workspace.ingestKey
      #expect(try daemon.signUp(["ana"], key: key).status == 200)
      let path = "/v1/users/ana"
      let request = HTTPRequest(
        method: "DELETE",
        path: path,
        headers: DaemonProcess.headers(key: try workspace.adminKey)
      )
      // As long as a line about her is being written, the answer is to ask again.
      try eventually("ana is erased") { try daemon.ask(request).status == 200 }
      let call = SampleEvent(messageID: "again", user: "ana", name: "Signed Up").json
      #expect(try daemon.post("/v1/track", call, key: key).status == 200)
      #expect(try daemon.get(path, key: try workspace.adminKey).status == 200)
      #expect(try daemon.stop() == .exited(0))
    }
  }
}

/// All that may be known of one person; one call among it is rejected.
private let life = """
  {"batch":[
    {"type":"track","messageId":"z0","anonymousId":"anon-zoe-1815","event":"Looked","timestamp":"2026-03-01T09:00:00Z"},
    {"type":"alias","messageId":"z1","userId":"zoe-1815","previousId":"anon-zoe-1815","timestamp":"2026-03-01T10:00:00Z"},
    {"type":"identify","messageId":"z2","userId":"zoe-1815","traits":{"email":"zoe-1815@example.com"},"timestamp":"2026-03-01T10:00:00Z"},
    {"type":"track","messageId":"z3","userId":"zoe-1815","event":"Signed Up","timestamp":"2026-03-01T10:00:00Z"},
    {"type":"group","messageId":"z4","userId":"zoe-1815","groupId":"acme","timestamp":"2026-03-01T10:00:00Z"}
  ]}
  """

extension Workspace {
  /// A key that may read progress.
  static let inboxKey = "nib_202122232425262728292a2b2c2d2e2f3031323334353637"

  /// A folder with settings of these channels and keys of every kind.
  static func withKeys(channels: String) throws -> Workspace {
    let settings = """
      nudged_config: 1
      timezone: UTC
      listen: {http: "127.0.0.1:0", control: control.sock}
      keys: {ingest: "file:ingest.keys", admin: "file:admin.keys", inbox: "file:inbox.keys"}
      store: {path: nudged.db}
      channels:

      """
    let workspace = try Workspace(settings: settings + channels + "\n")
    let path = try workspace.folder.write(inboxKey + "\n", to: "inbox.keys")
    chmod(path, 0o600)
    return workspace
  }

  /// A folder with a campaign and keys of every kind, and its daemon.
  static func withAllKeys() throws -> (workspace: Workspace, process: DaemonProcess) {
    let workspace = try withKeys(
      channels: "  email: {kind: message, file: outbox/email.jsonl, expires: 24h}"
    )
    let step = "{name: tasks, on_day: 1, at: \"09:00\", send: email, template: tasks}"
    let rules = SampleRules.welcome(["email"], more: [step]).replacing(
      "    activated_when",
      with: """
              three-tasks: {weight: 3, reached_when: {did: Task Completed, times: {at_least: 3}}}
            activated_when
        """
    )
    try workspace.write(rules: rules)
    return (workspace, try workspace.start())
  }

  /// How often a text stands in the database and its log.
  fileprivate func occurrences(of text: String) throws -> Int {
    try ["nudged.db", "nudged.db-wal"].reduce(0) { count, name in
      let bytes = try Data(contentsOf: folder.url.appending(path: name))
      return count + (bytes.range(of: Data(text.utf8)) == nil ? 0 : 1)
    }
  }
}
