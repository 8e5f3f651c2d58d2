import Foundation
import NudgeCore
import NudgeStore
import NudgeTesting
import Testing

extension EndToEnd {
  struct `A clock before the newest event` {
    @Test func `lets events in and nothing out, until somebody confirms it`() async throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let first = try workspace.start()
      let key = try workspace.ingestKey
      #expect(try first.signUp(["ana"], key: key).status == 200)
      try eventually("ana's line") { workspace.outboxLines("email").count == 1 }
      #expect(try workspace.nudged("clock").output.hasPrefix("the clock is believed; "))
      #expect(try first.stop() == .exited(0))
      // As if the machine had been two days ahead.
      let store = try Store(path: workspace.folder.path(of: "nudged.db"))
      try await store.heartbeat(
        at: Timestamp(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000))
          + .seconds(2 * 86_400)
      )
      try store.close()

      let second = try workspace.start()
      let clock = try workspace.nudged("clock")
      #expect(clock.ending == .exited(1))
      #expect(clock.output.contains("s before the newest event"))
      #expect(try second.get("/readyz").body.contains("before the newest event: nothing is sent"))
      #expect(try second.signUp(["bo"], key: key).status == 200)
      let waiting = try workspace.nudged("outbox", "list")
      #expect(waiting.output.contains("email"), "\(waiting.output)")
      #expect(workspace.outboxLines("email").count == 1)

      let confirmed = try workspace.nudged("clock", "confirm")
      #expect(confirmed.output.hasPrefix("the clock was not believed, and is now"))
      try eventually("bo's line") { workspace.outboxLines("email").count == 2 }
      #expect(try workspace.nudged("clock").ending == .exited(0))
      #expect(try second.signUp(["cem"], key: key).status == 200)
      try eventually("cem's line") { workspace.outboxLines("email").count == 3 }
      #expect(try second.stop() == .exited(0))
    }
  }
}
