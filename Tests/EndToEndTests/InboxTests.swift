import Foundation
import NudgeTesting
import Testing

extension EndToEnd {
  struct `An inbox` {
    @Test func `keeps a prompt until it is followed, and the act is an event`() throws {
      let (workspace, daemon) = try Workspace.withInbox()
      #expect(try daemon.signUp(["ana", "ben"], key: try workspace.ingestKey).status == 200)
      let prompt = try #require(try daemon.prompts(of: "ana").first)
      let id = try #require(prompt["id"] as? String)
      #expect(prompt["campaign"] as? String == "welcome")
      #expect(prompt["seen"] as? Bool == false)

      for _ in 0..<2 { #expect(try daemon.act("seen", on: id, of: "ana") == 200) }
      #expect(try daemon.prompts(of: "ana").map { $0["seen"] as? Bool } == [true])
      #expect(try daemon.act("clicked", on: id, of: "ben") == 404)
      #expect(try daemon.act("clicked", on: id, of: "ana") == 200)
      #expect(try daemon.prompts(of: "ana").isEmpty)
      #expect(try daemon.prompts(of: "ben").count == 1)

      let status = try object(try daemon.get("/v1/status", key: try workspace.adminKey).body)
      #expect(status["events"] as? Int == 4)
      let export = try daemon.get("/v1/users/ana/export", key: try workspace.adminKey).body
      let events = try #require(try object(export)["events"] as? [[String: Any]])
      #expect(
        events.map { $0["event"] as? String } == [
          "Signed Up", "In-App Prompt Seen", "In-App Prompt Clicked",
        ]
      )
      let list = try workspace.nudged("outbox", "list", "--state", "delivered").output
      #expect(list.contains("clicked"))
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `streams prompts as they come and go, and what came while a client was away`() throws
    {
      let (workspace, daemon) = try Workspace.withInbox()
      let key = try workspace.ingestKey
      #expect(try daemon.signUp(["ana"], key: key).status == 200)
      var stream = try HTTPConnection(port: daemon.port)
      let request = HTTPRequest(
        path: "/v1/users/ana/inbox/stream",
        headers: DaemonProcess.headers(key: Workspace.inboxKey)
      )
      let head = try stream.open(request)
      #expect(head.hasPrefix("http/1.1 200") && head.contains("text/event-stream"))
      let first = try stream.read(through: "\ndata: ")
      #expect(first.contains("event: prompt"))
      let data = try stream.read(through: "}\n\n")
      let id = try #require(data.firstMatch(of: /"id":"(iv_\w+)"/).map { String($0.1) })
      let place = try #require(first.firstMatch(of: /id: (\d+)/).map { String($0.1) })

      // Another client tells of the click.
      #expect(try daemon.act("clicked", on: id, of: "ana") == 200)
      #expect(try stream.read(through: "event: gone\n").hasSuffix("event: gone\n"))
      #expect(try stream.read(through: "\n\n").contains(id))

      // One who comes back after the last event hears nothing twice.
      var next = try HTTPConnection(port: daemon.port)
      let resumed = HTTPRequest(
        path: request.path,
        headers: request.headers + ["Last-Event-ID: \(place)"]
      )
      _ = try next.open(resumed)
      #expect(!(try next.read(through: ": still here").contains("event: prompt")))
      #expect(try daemon.stop() == .exited(0))
      _ = try stream.read(through: "0\r\n\r\n")
    }

    @Test(arguments: [
      ("/v1/users/nobody/inbox/stream", "GET", 404), ("/v1/users/ana/inbox/stream", "POST", 405),
      ("/v1/users/ana/inbox/stream?after=x", "GET", 400), ("/v1/users/nobody/inbox", "GET", 404),
      ("/v1/users/ana/inbox", "POST", 405),
      ("/v1/users/ana/inbox/iv_none/seen", "POST", 404),
      ("/v1/users/ana/inbox/iv_none/liked", "POST", 404),
      ("/v1/users/ana/inbox?limit=0", "GET", 400),
    ])
    func `answers what cannot be`(path: String, method: String, status: Int) throws {
      let (workspace, daemon) = try Workspace.withInbox()
      #expect(try daemon.signUp(["ana"], key: try workspace.ingestKey).status == 200)
      let headers = DaemonProcess.headers(key: Workspace.inboxKey)
      let request = HTTPRequest(method: method, path: path, headers: headers)
      #expect(try daemon.ask(request).status == status)
      #expect(try daemon.stop() == .exited(0))
    }
  }
}

extension DaemonProcess {
  fileprivate func prompts(of user: String) throws -> [[String: Any]] {
    let answer = try get("/v1/users/\(user)/inbox", key: Workspace.inboxKey)
    return try object(answer.body)["prompts"] as? [[String: Any]] ?? []
  }

  fileprivate func act(_ act: String, on id: String, of user: String) throws -> Int {
    try post("/v1/users/\(user)/inbox/\(id)/\(act)", "", key: Workspace.inboxKey).status
  }
}

extension Workspace {
  /// A folder with a campaign that sends to an inbox, and its daemon.
  fileprivate static func withInbox() throws -> (workspace: Workspace, process: DaemonProcess) {
    let workspace = try Workspace.withKeys(
      channels: "  in-app: {kind: message, inbox: true, expires: 48h}"
    )
    try workspace.write(rules: SampleRules.welcome(["in-app"]))
    return (workspace, try workspace.start())
  }
}
