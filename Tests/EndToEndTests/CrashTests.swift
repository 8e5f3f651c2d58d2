import Foundation
import Glibc
import NudgeCore
import NudgeStore
import NudgeTesting
import Testing

/// How often the daemon is killed: a hundred times, or as `NUDGED_CRASH_CYCLES` says.
private let cycles =
  ProcessInfo.processInfo.environment["NUDGED_CRASH_CYCLES"].flatMap { Int($0) } ?? 100

extension EndToEnd {
  struct `A daemon that is killed` {
    @Test func `at random under load loses nothing and does nothing twice`() throws {
      let drill = try CrashDrill(seed: 1)
      let began = ContinuousClock.now
      for _ in 0..<cycles { try drill.killOnce() }
      try drill.drain()
      try drill.verify()
      print(drill.summary(cycles: cycles, took: ContinuousClock.now - began))
    }
  }
}

/// A folder in which daemons run, are sent events, and die.
private final class CrashDrill {
  private let receiver: LoopbackReceiver
  private let workspace: Workspace
  private let senders: [SampleSender]
  private var random: SeededGenerator
  private var killsBeforeReady = 0
  private var slowestStart = Duration.zero
  /// What one who tails the files has seen.
  private var seen: [ino_t: [UInt8]] = [:]
  /// Segments that were looked at since they got their last name; once more at the end.
  private var finished: Set<String> = []

  init(seed: UInt64) throws {
    random = SeededGenerator(seed: seed)
    receiver = try LoopbackReceiver { _ in .answer(200) }
    workspace = try Workspace(
      settings: Webhook.settings(
        "  email: {kind: message, file: outbox/email.jsonl, expires: 24h, rotate: {size: 200KB}}",
        Webhook.channel("in-app", port: receiver.port, more: ", breaker: off")
      )
    )
    try workspace.write(rules: senderRules)
    let key = try workspace.ingestKey
    senders = ["ann", "bob", "cem", "dot"].map { SampleSender($0, key: key) }
  }

  // MARK: Faults

  /// Starts a daemon and kills it 20 to 300 ms later: mostly under load, every fifth time while it still recovers.
  func killOnce() throws {
    let delay = UInt32.random(in: 20_000...300_000, using: &random)
    if Int.random(in: 0..<5, using: &random) == 0 {
      try killWhileStarting(after: delay)
    } else {
      try killUnderLoad(after: delay)
    }
    try lookAtFiles()
  }

  private func killWhileStarting(after delay: UInt32) throws {
    let daemon = try workspace.spawnDaemon()
    usleep(delay)
    daemon.process.send(SIGKILL)
    #expect(try daemon.process.wait(within: .seconds(10)) == .killed(by: SIGKILL))
    killsBeforeReady += 1
  }

  private func killUnderLoad(after delay: UInt32) throws {
    let daemon = try workspace.start()
    slowestStart = max(slowestStart, daemon.startup)
    let port = daemon.port
    let sending = DispatchGroup()
    for sender in senders {
      sending.enter()
      Thread.detachNewThread {
        sender.sendUntilRefused(port: port)
        sending.leave()
      }
    }
    // The moment of the fault, not a wait for something.
    usleep(delay)
    daemon.send(SIGKILL)
    #expect(try daemon.wait() == .killed(by: SIGKILL))
    sending.wait()
  }

  /// Bytes that once stood in a file never change, and a finished segment not at all.
  ///
  /// Files are told apart by their number in the file system, since a finished segment changes its name.
  private func lookAtFiles() throws {
    for name in try segments() where !finished.contains(name) {
      let path = workspace.folder.path(of: "outbox/\(name)")
      var status = stat()
      guard stat(path, &status) == 0 else { continue }
      let bytes = Array(try Data(contentsOf: URL(filePath: path)))
      #expect(bytes.starts(with: seen[status.st_ino] ?? []), "\(name)")
      seen[status.st_ino] = bytes
      if name != "email.jsonl" { finished.insert(name) }
    }
  }

  /// The file and the segments that were before it.
  private func segments() throws -> [String] {
    let folder = workspace.folder.path(of: "outbox")
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  /// Starts a last time and waits until nothing is on its way any more.
  func drain() throws {
    let daemon = try workspace.start()
    let key = try workspace.adminKey
    try eventually("empty outbox", within: .seconds(120)) {
      let status = try object(try daemon.get("/v1/status", key: key).body)
      let outboxes = status["outboxes"] as? [[String: Any]] ?? []
      return outboxes.allSatisfy { $0["waiting"] as? Int == 0 }
    }
    #expect(try daemon.stop() == .exited(0))
  }

  // MARK: The check

  /// Acknowledged ⊆ stored ⊆ decided ⊆ delivered, each once (`quality.md`, Reliability).
  func verify() throws {
    let acknowledged = SampleSender.Acknowledged(senders)
    #expect(acknowledged.refusals == [])
    let store = try Store(path: workspace.folder.path(of: "nudged.db"))
    #expect(try store.integrityProblems() == [])

    let stored = try store.messageIDs()
    #expect(Set(stored).count == stored.count)
    #expect(Set(acknowledged.messageIDs).subtracting(stored) == [])

    let decisions = try store.allDecisions()
    expectDecisions(decisions, of: acknowledged, stored: Set(stored))

    let deliveries = try store.allDeliveries()
    #expect(Set(deliveries.map(\.id)) == Set(decisions.map(\.id)))
    for delivery in deliveries {
      guard case .delivered = delivery.state else {
        Issue.record("\(delivery.id) of \(delivery.channel): \(delivery.state)")
        continue
      }
    }
    try expectFile(deliveries.filter { $0.channel == "email" })
    expectRequests(deliveries.filter { $0.channel == "in-app" })
    try store.close()
  }

  /// One decision for each person and step, for those whose events are stored.
  private func expectDecisions(
    _ decisions: [Decision],
    of acknowledged: SampleSender.Acknowledged,
    stored: Set<String>
  ) {
    // What was stored, but killed before its acknowledgement, is decided too.
    let signedUp = stored.compactMap { $0.wholeMatch(of: /(.+)-signs-up/).map { String($0.1) } }
    let busy = stored.compactMap { $0.wholeMatch(of: /(.+)-task-3/).map { String($0.1) } }
    #expect(acknowledged.signedUp.subtracting(signedUp) == [])
    #expect(acknowledged.busy.subtracting(busy) == [])
    let expected =
      signedUp.flatMap { ["\($0) hello-email", "\($0) hello-in-app"] }
      + busy.map { "\($0) three-tasks" }
    #expect(decisions.allSatisfy { $0.outcome == .sent })
    let made = decisions.map { "\($0.subject.id) \($0.step)" }
    #expect(Set(made).symmetricDifference(expected) == [])
    #expect(made.count == expected.count)
    #expect(Set(decisions.map(\.id)).count == decisions.count)
  }

  /// Each line is the payload of one delivery, and each delivery is one line.
  private func expectFile(_ deliveries: [Delivery]) throws {
    finished = []
    try lookAtFiles()
    #expect(seen.values.allSatisfy { $0.last == 0x0A })
    let lines = seen.values.flatMap { bytes in
      bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }
    let ids = try lines.compactMap(interventionID)
    #expect(ids.count == lines.count)
    #expect(Set(ids).count == ids.count)
    let payloads = Set(deliveries.map { String(decoding: $0.payload, as: UTF8.self) })
    #expect(payloads.symmetricDifference(lines) == [])
    #expect(lines.count == deliveries.count)
  }

  /// Each delivery has arrived, always with the same bytes, signed.
  private func expectRequests(_ deliveries: [Delivery]) {
    let requests = receiver.requests
    let bodies = Dictionary(grouping: requests) { $0.headers["webhook-id"] ?? "" }
      .mapValues { Set($0.map(\.body)) }
    #expect(bodies == Dictionary(uniqueKeysWithValues: deliveries.map { ($0.id, [$0.payload]) }))
    #expect(requests.allSatisfy(Webhook.isSigned))
    // `delivery.md`: after one kill at most as many duplicates as the channel's concurrency.
    #expect(requests.count - deliveries.count <= 4 * cycles)
  }

  func summary(cycles: Int, took duration: Duration) -> String {
    let acknowledged = SampleSender.Acknowledged(senders)
    let requests = receiver.requests.count
    return """
      killed \(cycles) times (\(killsBeforeReady) while starting) in \(duration.components.seconds) s: \
      \(acknowledged.messageIDs.count) events acknowledged, \(acknowledged.signedUp.count) people, \
      \(seen.count) file segments, \(requests) webhook requests, slowest start \(slowestStart.formatted())
      """
  }
}

extension Duration {
  /// In whole milliseconds.
  fileprivate func formatted() -> String {
    "\(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000) ms"
  }
}
