import Foundation
import NudgeTesting
import Testing

extension EndToEnd {
  struct `The HTTP API` {
    @Test(arguments: [
      ("/healthz", #""status":"ok""#), ("/readyz", #""status":"ok""#),
      ("/metrics", "# TYPE nudged_"),
    ])
    func `shows how the daemon is without a key`(path: String, contents: String) throws {
      let daemon = try Workspace.running()
      let answer = try daemon.process.get(path)
      #expect(answer.status == 200)
      #expect(answer.body.contains(contents))
      #expect(try daemon.process.stop() == .exited(0))
    }

    @Test func `refuses what will not pass later, and takes what follows`() throws {
      let (workspace, daemon) = try Workspace.running()
      let key = try workspace.ingestKey
      let call = SampleEvent(messageID: "m", user: "ana", name: "Signed Up").json
      let refusals: [(status: Int, body: [UInt8], key: String?)] = [
        (401, Array(call.utf8), "nwk_ffffffffffffffffffffffffffffffff"),
        (401, Array(call.utf8), nil),
        (413, [UInt8](repeating: 0x20, count: 9_000_000), key),
        (400, Array(#"{"userId":"ana","event":"#.utf8), key),
      ]
      for refusal in refusals {
        let answer = try daemon.post("/v1/track", refusal.body, key: refusal.key)
        #expect(answer.status == refusal.status)
        #expect(try object(answer.body)["code"] is String)
        #expect(try object(answer.body)["message"] is String)
      }
      #expect(try daemon.post("/v1/track", call, key: key).status == 200)
      #expect(try events(daemon, workspace) == 1)
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `takes a gzip batch`() throws {
      let (workspace, daemon) = try Workspace.running()
      // Two track calls, as Python's gzip compresses them.
      let body = try #require(Data(base64Encoded: gzipBatch))
      let answer = try daemon.post(
        "/v1/batch",
        Array(body),
        key: try workspace.ingestKey,
        headers: ["Content-Encoding: gzip"]
      )
      #expect(answer.status == 200)
      #expect(try events(daemon, workspace) == 2)
      _ = try eventually("two lines in the outbox") {
        workspace.outboxLines("email").count == 2 ? true : nil
      }
      #expect(try daemon.stop() == .exited(0))
    }

    @Test func `answers a repeat with 200 and decides once`() throws {
      let (workspace, daemon) = try Workspace.running()
      let key = try workspace.ingestKey
      for _ in 0..<3 { #expect(try daemon.signUp(["ana"], key: key).status == 200) }
      // One that comes later has passed the outbox when the repeats have.
      #expect(try daemon.signUp(["ben"], key: key).status == 200)
      try eventually("line about ben") {
        workspace.outboxLines("email").contains { $0.contains("\"ben\"") }
      }
      #expect(workspace.outboxLines("email").count == 2)
      #expect(try events(daemon, workspace) == 2)
      #expect(try daemon.stop() == .exited(0))
    }
  }
}

extension Workspace {
  /// A folder with a campaign, and its daemon.
  fileprivate static func running() throws -> (workspace: Workspace, process: DaemonProcess) {
    let workspace = try Workspace()
    try workspace.write(rules: SampleRules.welcome(["email"]))
    return (workspace, try workspace.start())
  }
}

/// How many events are stored.
private func events(_ daemon: DaemonProcess, _ workspace: Workspace) throws -> Int? {
  let status = try daemon.get("/v1/status", key: try workspace.adminKey)
  return try object(status.body)["events"] as? Int
}

private let gzipBatch =
  "H4sIAAAAAAACA6tWSkosSc5QsoquViqpLEhVslIqKUpMzlbSUcpNLS5OTE/1TAGKVRkCBUqLU4vAvMS8RCA3tSw1"
  + "rwTIC85Mz0tNUQgtUKrVwW+IEbIhSal52A2JrQUAJ+0GpJUAAAA="
