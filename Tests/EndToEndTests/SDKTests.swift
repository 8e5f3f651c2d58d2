import Foundation
import NudgeCore
import NudgeTesting
import Testing

extension EndToEnd {
  /// The SDKs as they are installed from their registry, and nothing of them changed but host and key.
  struct `A real SDK` {
    @Test(arguments: PythonSDK.all)
    func `makes the events that its calls mean`(sdk: PythonSDK) throws {
      let workspace = try Workspace()
      let daemon = try workspace.startForDrivers()
      #expect(try sdk.drive("calls", in: workspace).errors == [])
      let events = try workspace.exportedEvents()
      Golden.expect(
        events.map(\.meaning).joined(separator: "\n") + "\n",
        matches: "\(sdk.wire)-calls.jsonl"
      )
      expectTimes(of: events)
      // PostHog's SDK sends what is too big; the others keep their callers to 32 KiB.
      let rejected = try workspace.status(of: daemon)["rejected"] as? Int
      #expect(rejected == (sdk.wire == "posthog" ? 1 : 0))
      #expect(try daemon.stop() == .exited(0))
    }

    /// Events that say when they were, 2026-03-06T09:30:45.123Z, and those that are of now.
    private func expectTimes(of events: [ExportedEvent]) {
      let said = Timestamp(millisecondsSinceEpoch: 1_772_789_445_123)
      let isTold = ["Visited", "Project Created"]
      let told = events.filter { isTold.contains($0.name) && $0.text("anonymousId") != "x2" }
      #expect(told.count == 1)
      for event in told {
        #expect(abs(event.timestamp?.milliseconds(since: said) ?? .max) < 5000, "\(event.name)")
      }
    }

    @Test(arguments: PythonSDK.all)
    func `gets large batches through`(sdk: PythonSDK) throws {
      let workspace = try Workspace()
      let daemon = try workspace.startForDrivers()
      #expect(try sdk.drive("many", in: workspace).errors == [])
      let status = try workspace.status(of: daemon)
      #expect(status["events"] as? Int == 180)
      #expect(status["rejected"] as? Int == 0)
      #expect(try daemon.stop() == .exited(0))
    }

    @Test(arguments: PythonSDK.all)
    func `loses nothing and doubles nothing on a bad line`(sdk: PythonSDK) throws {
      let workspace = try Workspace()
      let daemon = try workspace.startForDrivers()
      let report = try sdk.drive("faults", in: workspace)
      #expect(report.errors == [])
      #expect(Set(report.statuses) == [0, 200, 503])
      #expect(try workspace.countedNumbers() == Array(0..<60))
      #expect(try daemon.stop() == .exited(0))
    }

    @Test(arguments: PythonSDK.all)
    func `stops at once when its key is unknown`(sdk: PythonSDK) throws {
      let workspace = try Workspace()
      let daemon = try workspace.startForDrivers()
      let report = try sdk.drive("wrong-key", in: workspace)
      #expect(report.errors.count == 1)
      #expect(report.errors.allSatisfy { $0.contains("401") }, "\(report.errors)")
      #expect(report.statuses == [401])
      #expect(try workspace.exportedEvents().isEmpty)
      #expect(try daemon.stop() == .exited(0))
    }

    @Test(arguments: PythonSDK.all)
    func `tells the next daemon what the killed one has not acknowledged`(sdk: PythonSDK) throws {
      let workspace = try Workspace()
      let daemon = try workspace.startForDrivers()
      let run = try sdk.start("kill", in: workspace)
      try eventually("a batch that is durable and not acknowledged") {
        FileManager.default.fileExists(atPath: workspace.folder.path(of: "taken"))
      }
      daemon.send(SIGKILL)
      #expect(try daemon.wait() == .killed(by: SIGKILL))
      let next = try workspace.startForDrivers()
      let report = try run.report()
      #expect(report.errors == [])
      #expect(report.statuses.first == 0)
      #expect(try workspace.countedNumbers() == Array(0..<60))
      #expect(try next.stop() == .exited(0))
    }
  }
}

/// One line of `nudged export events`.
private struct ExportedEvent {
  private let members: [JSONValue.Member]

  init(_ line: Substring) {
    members = JSONText(wellFormed: Array(line.utf8)).members
  }

  var json: JSONValue { .object(members) }
  var name: String { text("event") ?? text("name") ?? "" }
  var timestamp: Timestamp? { text("timestamp").flatMap(Timestamp.init(rfc3339:)) }

  func text(_ key: String) -> String? { json[key]?.text }

  /// The event without what differs from run to run and from SDK to SDK.
  var meaning: String {
    let kept = members.filter { member in
      switch member.key {
      case "timestamp", "receivedAt", "context": false
      case "messageId": member.value.text.map { $0.hasPrefix("m-") || $0.hasPrefix("/") } ?? false
      default: true
      }
    }
    return JSONValue.object(kept).json.text
  }
}

extension Workspace {
  fileprivate func status(of daemon: DaemonProcess) throws -> [String: Any] {
    try object(try daemon.get("/v1/status", key: try adminKey).body)
  }

  fileprivate func exportedEvents() throws -> [ExportedEvent] {
    let export = try nudged("export", "events")
    try #require(export.ending == .exited(0), "\(export.errors)")
    return export.output.split(separator: "\n").map(ExportedEvent.init)
  }

  /// The numbers that a driver has counted, in order, each as often as it is stored.
  fileprivate func countedNumbers() throws -> [Int] {
    try exportedEvents().filter { $0.name == "Counted" }
      .compactMap { $0.json["properties"]?["n"]?.json.text }
      .compactMap { Int($0) }.sorted()
  }
}
