import Foundation
import Glibc
import NudgeTesting
import Testing

extension EndToEnd {
  /// What a daemon that logs everything lets out of what it knows of people.
  struct `The log` {
    /// Values that stand in traits, properties, addresses, secrets and bodies.
    private static let secrets = [
      "ana.secret@example.com", "Zanzibar-Trait", "Kilimanjaro-Property", "10.99.88.77",
      "Serengeti-Agent", "Rejected-Ngorongoro", "Merge-Tanganyika",
    ]

    @Test func `at its most talkative names no trait, no address, no body and no key`() throws {
      let receiver = try LoopbackReceiver { _ in .answer(500) }
      let settings = Webhook.settings(
        Webhook.channel("email", port: receiver.port),
        "  in-app: {kind: message, file: outbox/in-app.jsonl, expires: 24h}"
      )
      let workspace = try Workspace(settings: settings)
      try workspace.write(rules: SampleRules.welcome(["email", "in-app"]))
      let daemon = try workspace.start()
      let key = try workspace.ingestKey
      let calls = [
        #"{"type":"identify","userId":"ana","traits":{"email":"ana.secret@example.com","city":"Zanzibar-Trait"}}"#,
        #"{"type":"track","userId":"ana","event":"Signed Up","properties":{"plan":"Kilimanjaro-Property"},"context":{"ip":"10.99.88.77","userAgent":"Serengeti-Agent"}}"#,
        #"{"type":"track","userId":"ana","properties":{"x":"Rejected-Ngorongoro"}}"#,
        #"{"type":"alias","userId":"ana","previousId":"Merge-Tanganyika"}"#,
      ]
      let body = #"{"batch":[\#(calls.joined(separator: ","))]}"#
      #expect(try daemon.post("/v1/batch", body, key: key).status == 200)
      #expect(try daemon.post("/v1/track", "Rejected-Ngorongoro {", key: key).status == 400)
      #expect(try daemon.post("/v1/track", body, key: "nwk_wrong_key_of_somebody").status == 401)
      _ = try daemon.get("/v1/users/ana", key: try workspace.adminKey)
      try eventually("a webhook call") { !receiver.requests.isEmpty }
      try eventually("a line") { workspace.outboxLines("in-app").count == 1 }
      #expect(try workspace.nudged("user", "forget", "ana", "--yes").ending == .exited(0))
      #expect(try daemon.stop() == .exited(0))
      let log = daemon.log
      #expect(log.contains("delivery failed, it will be tried again"))
      for secret in Self.secrets + [key, try workspace.adminKey, Webhook.secret, "wrong_key"] {
        #expect(!log.contains(secret), "\(secret)")
      }
    }
  }

  struct `A key` {
    @Test func `in an address opens nothing, and is not repeated`() throws {
      let workspace = try Workspace()
      let daemon = try workspace.start()
      let (ingest, admin) = (try workspace.ingestKey, try workspace.adminKey)
      for name in ["key", "api_key", "write_key", "token", "access_token"] {
        let read = try daemon.get("/v1/status?\(name)=\(admin)")
        #expect(read.status == 401)
        #expect(!read.body.contains(admin))
        let event = #"{"userId":"ana","event":"x"}"#
        #expect(try daemon.post("/v1/track?\(name)=\(ingest)", event, key: nil).status == 401)
      }
      #expect(
        try daemon.post("/v1/track", #"{"userId":"ana","event":"x"}"#, key: admin).status == 401
      )
      #expect(try daemon.get("/v1/status", key: ingest).status == 403)
      #expect(try daemon.stop() == .exited(0))
      #expect(!daemon.log.contains(admin))
    }

    @Test func `that is used too fast is told to wait, and others are not`() throws {
      let workspace = try Workspace(
        settings: """
          nudged_config: 1
          timezone: UTC
          listen: {http: "127.0.0.1:0", control: control.sock}
          limits: {rate: 5/s}
          """
      )
      let daemon = try workspace.start()
      let (ingest, admin) = (try workspace.ingestKey, try workspace.adminKey)
      var answers: [HTTPAnswer] = []
      for number in 0..<12 {
        answers.append(
          try daemon.post("/v1/track", #"{"userId":"u\#(number)","event":"x"}"#, key: ingest)
        )
      }
      let refused = answers.filter { $0.status == 429 }
      #expect(refused.count >= 4)
      #expect(refused.allSatisfy { $0.head.contains("retry-after: 1\r\n") })
      #expect(answers.count { $0.status == 200 } >= 5)
      #expect(try daemon.get("/v1/status", key: admin).status == 200)
      #expect(try workspace.nudged("status").ending == .exited(0))
      #expect(try daemon.stop() == .exited(0))
    }
  }

  struct `A person's data` {
    @Test func `are handed out whole, and are gone after that`() throws {
      let workspace = try Workspace()
      try workspace.write(rules: SampleRules.welcome(["email"]))
      let daemon = try workspace.start()
      let key = try workspace.ingestKey
      #expect(try daemon.signUp(["ana", "bo"], key: key).status == 200)
      let events = (0..<1200).map {
        SampleEvent(messageID: "ana-\($0)", user: "ana", name: "Task Created")
      }
      for start in stride(from: 0, to: events.count, by: 400) {
        let batch = SampleEvent.batch(Array(events[start..<(start + 400)]))
        #expect(try daemon.post("/v1/batch", batch, key: key).status == 200)
      }
      let export = try object(try workspace.nudged("user", "export", "ana").output)
      let found = try #require(export["events"] as? [[String: Any]])
      #expect(Set(found.compactMap { $0["messageId"] as? String }).count == 1201)
      #expect((export["decisions"] as? [Any])?.count == 1)
      #expect((export["deliveries"] as? [Any])?.count == 1)
      #expect(try workspace.nudged("user", "forget", "ana", "--yes").ending == .exited(0))
      let gone = try workspace.nudged("user", "export", "ana")
      #expect(gone.ending == .exited(1))
      #expect(try workspace.nudged("db", "check").ending == .exited(0))
      #expect(try daemon.stop() == .exited(0))
    }
  }

  struct `A process` {
    @Test func `leaves no core, and is held to the descriptors that it has without spinning`()
      throws
    {
      let workspace = try Workspace()
      let shell = "ulimit -n 64 && exec \(Workspace.program) run --port 0 --log-format text"
      let (daemon, process) = try workspace.start("/bin/sh", ["-c", shell])
      let limits = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
      #expect(limits.contains(#/Max core file size +0 +0 /#))
      let key = try workspace.ingestKey
      let before = try processorTicks(process)
      try crowd(daemon.port)
      // A hundred ticks are a second of a processor.
      #expect(try processorTicks(process) - before < 100)
      let event = #"{"userId":"ana","event":"x"}"#
      try eventually("an answer after the crowd") {
        (try? daemon.post("/v1/track", event, key: key).status) == 200
      }
      #expect(try daemon.stop() == .exited(0))
    }

    /// What the process has used of processors, in hundredths of a second (proc(5), fields 14 and 15).
    private func processorTicks(_ process: pid_t) throws -> Int {
      let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      let fields = text.drop { $0 != ")" }.split(separator: " ").compactMap { Int($0) }
      // Behind the name come a letter and then numbers: the first of them is field 4.
      return fields.count > 11 ? fields[10] + fields[11] : 0
    }

    /// More connections than there are descriptors, held for a second.
    private func crowd(_ port: Int) throws {
      var connections: [Int32] = []
      defer { for descriptor in connections { close(descriptor) } }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(port).bigEndian
      address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
      for _ in 0..<120 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        connections.append(descriptor)
        _ = withUnsafePointer(to: &address) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
          }
        }
      }
      // How long they are held, not a wait for something.
      usleep(1_000_000)
    }
  }
}
