import Foundation
import Glibc
import NudgeStore
import NudgeTesting
import Testing

extension EndToEnd {
  struct `A daemon that is stopped` {
    @Test func `under load exits 0 in ten seconds with every acknowledged event stored`() throws {
      let receiver = try LoopbackReceiver { _ in .answer(200) }
      let workspace = try Workspace(
        settings: Webhook.settings(
          "  email: {kind: message, file: outbox/email.jsonl, expires: 24h}",
          Webhook.channel("in-app", port: receiver.port)
        )
      )
      try workspace.write(rules: senderRules)
      let daemon = try workspace.start()
      let (port, key) = (daemon.port, try workspace.ingestKey)
      let senders = ["ann", "bob", "cem"].map { SampleSender($0, key: key) }
      let sending = DispatchGroup()
      for sender in senders {
        sending.enter()
        Thread.detachNewThread {
          sender.sendUntilRefused(port: port)
          sending.leave()
        }
      }
      try eventually("300 acknowledged events") {
        SampleSender.Acknowledged(senders).messageIDs.count >= 300
      }
      daemon.send(SIGTERM)
      #expect(try daemon.wait(within: .seconds(10)) == .exited(0))
      sending.wait()

      let acknowledged = SampleSender.Acknowledged(senders)
      #expect(acknowledged.refusals.allSatisfy { $0 == 503 })
      let store = try Store(path: workspace.folder.path(of: "nudged.db"))
      #expect(Set(acknowledged.messageIDs).subtracting(try store.messageIDs()) == [])
      #expect(try store.lastRun() == "stopped")
      try store.close()
    }
  }
}
