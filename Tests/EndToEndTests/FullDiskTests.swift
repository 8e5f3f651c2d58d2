import Foundation
import Glibc
import NudgeTesting
import Testing

extension EndToEnd {
  /// The database on a file system of some megabytes, which only the daemon sees.
  struct `A full disk` {
    private static let settings = """
      nudged_config: 1
      timezone: UTC
      listen: {http: "127.0.0.1:0", control: control.sock}
      store: {path: data/nudged.db}
      """

    /// Whether this machine lets us mount.
    private static let canMount: Bool = {
      guard let folder = try? TemporaryFolder() else { return false }
      let process = try? ChildProcess(
        "/usr/bin/unshare",
        mounting + ["mount -t tmpfs none ."],
        in: folder.path,
        output: "/dev/null",
        errors: "/dev/null"
      )
      return (try? process?.wait(within: .seconds(10))) == .exited(0)
    }()

    private static let mounting = (geteuid() == 0 ? ["-m"] : ["-Urm"]) + ["sh", "-c"]

    @Test(.enabled(if: canMount)) func `is answered 507, and nothing that was taken is lost`()
      throws
    {
      let workspace = try Workspace(settings: Self.settings)
      try FileManager.default.createDirectory(
        atPath: workspace.folder.path(of: "data"),
        withIntermediateDirectories: false
      )
      let start = """
        mount -t tmpfs -o size=6m none data && head -c 4000000 /dev/zero > data/filler &&
        exec \(Workspace.program) run --port 0 --log-format text
        """
      let (daemon, process) = try workspace.start("/usr/bin/unshare", Self.mounting + [start])
      let data = "/proc/\(process)/root\(workspace.folder.path)/data"
      let key = try workspace.ingestKey
      var taken = 0
      while try post(taken, daemon, key).status == 200 { taken += 1 }
      let began = ContinuousClock.now
      let refused = try post(taken, daemon, key)
      #expect(ContinuousClock.now - began < .seconds(1))
      #expect(refused.status == 507)
      #expect(refused.head.contains("retry-after: 30\r\n"))
      #expect(refused.body.contains(#""code":"disk-full""#))
      try workspace.folder.write(line("by file"), to: "a.jsonl")
      let command = try workspace.nudged("ingest", "a.jsonl")
      #expect(command.ending == .exited(75))
      #expect(command.errors.contains("the disk is full"))
      unlink(data + "/filler")
      #expect(try post(taken, daemon, key).status == 200)
      #expect(try workspace.nudged("ingest", "a.jsonl").ending == .exited(0))
      let status = try object(try workspace.nudged("status", "--format", "json").output)
      #expect(status["events"] as? Int == (taken + 1) * Self.perBatch + 1)
      #expect(try daemon.stop() == .exited(0))
    }

    @Test(.enabled(if: canMount), arguments: ["100m", "24m"])
    func `keeps room for what was decided, and takes events again once there is some`(
      size: String
    ) throws {
      let receiver = try LoopbackReceiver { _ in .answer(200) }
      let workspace = try Workspace(
        settings: Self.settings + "\nchannels:\n"
          + Webhook.channel("email", port: receiver.port)
      )
      try workspace.write(rules: SampleRules.welcome(["email"]))
      try FileManager.default.createDirectory(
        atPath: workspace.folder.path(of: "data"),
        withIntermediateDirectories: false
      )
      let start = """
        mount -t tmpfs -o size=\(size) none data &&
        exec \(Workspace.program) run --port 0 --log-format text
        """
      let (daemon, process) = try workspace.start("/usr/bin/unshare", Self.mounting + [start])
      let data = "/proc/\(process)/root\(workspace.folder.path)/data"
      let key = try workspace.ingestKey
      #expect(access(data + "/nudged.db.ballast", F_OK) == 0)
      try fill(data + "/filler")
      var taken = 0
      while try daemon.signUp(["u\(taken)"], key: key).status == 200 { taken += 1 }
      #expect(try daemon.signUp(["late"], key: key).status == 507)
      #expect(access(data + "/nudged.db.ballast", F_OK) != 0)
      #expect(try daemon.get("/readyz").body.contains("disk full, events are refused"))
      // Everybody who was taken in is greeted although the disk is full, and that is settled.
      try eventually("all greetings") { receiver.requests.count >= taken }
      try eventually("an empty outbox") {
        let status = try object(try daemon.get("/v1/status", key: try workspace.adminKey).body)
        return (status["outboxes"] as? [Any])?.isEmpty == true
      }
      unlink(data + "/filler")
      #expect(try daemon.signUp(["late"], key: key).status == 200)
      #expect(access(data + "/nudged.db.ballast", F_OK) == 0)
      #expect(!(try daemon.get("/readyz").body.contains("disk full")))
      #expect(try daemon.stop() == .exited(0))
      #expect(receiver.requests.count == taken + 1)
    }

    @Test(.enabled(if: canMount)) func `is no reason not to start after a kill`() throws {
      let workspace = try Workspace(settings: Self.settings)
      try FileManager.default.createDirectory(
        atPath: workspace.folder.path(of: "data"),
        withIntermediateDirectories: false
      )
      let run = "\(Workspace.program) run --port 0 --log-format text"
      let start = """
        mount -t tmpfs -o size=24m none data || exit 1
        \(run) 2>/dev/null & p=$!
        until [ -S control.sock ]; do kill -0 $p || exit 1; done
        kill -9 $p; wait $p
        cat /dev/zero > data/filler
        exec \(run)
        """
      let (daemon, process) = try workspace.start("/usr/bin/unshare", Self.mounting + [start])
      let key = try workspace.ingestKey
      var taken = 0
      while try daemon.signUp(["u\(taken)"], key: key).status == 200 { taken += 1 }
      #expect(taken > 0)
      #expect(try daemon.signUp(["late"], key: key).status == 507)
      unlink("/proc/\(process)/root\(workspace.folder.path)/data/filler")
      #expect(try daemon.signUp(["late"], key: key).status == 200)
      #expect(try daemon.stop() == .exited(0))
    }

    /// Writes a file until there is no more room.
    private func fill(_ path: String) throws {
      let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
      defer { close(descriptor) }
      let bytes = [UInt8](repeating: 0, count: 64 << 10)
      while write(descriptor, bytes, bytes.count) > 0 {}
    }

    private static let perBatch = 200

    private func line(_ id: String) -> String {
      #"{"type":"track","messageId":"\#(id)","userId":"ana","event":"Use","#
        + #""properties":{"text":"\#(String(repeating: "x", count: 300))"}}"#
    }

    private func post(_ number: Int, _ daemon: DaemonProcess, _ key: String) throws -> HTTPAnswer {
      let events = (0..<Self.perBatch).map { line("\(number)-\($0)") }
      return try daemon.post(
        "/v1/batch",
        "{\"batch\":[\(events.joined(separator: ","))]}",
        key: key
      )
    }
  }
}
