import ArgumentParser
import Foundation
import NudgeCore
import NudgeDaemon
import NudgeStore
import Synchronization

/// `nudged demo`.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Play four hundred people's trials in time lapse.",
    discussion: """
      The whole daemon in a temporary folder, fed over its own HTTP endpoint from a stream inside \
      the binary. Prints each intervention as it happens and a summary, and leaves the folder for \
      you to look at.
      """
  )

  @Option(help: ArgumentHelp("Local days a second, such as 1d.", valueName: "days"))
  var speed = DemoSpeed(daysPerSecond: 4)

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let folder = try DemoFolder()
    guard let begin = Timestamp(rfc3339: "2025-01-05T00:00:00Z"),
      let end = Timestamp(rfc3339: "2025-04-22T00:00:00Z")
    else { return }
    let feed = try DemoFeed(DemoStream.gzip, until: end)
    let clock = DemoClock(origin: begin, speed: speed.daysPerSecond * 86_400)
    print("Fifteen weeks at \(speed) a second; everything is in \(folder.path)\n")
    let (decisions, sink) = AsyncStream.makeStream(of: Decision.self)
    var options = Daemon.Options(
      settingsPath: folder.settings,
      environment: ProcessInfo.processInfo.environment,
      clock: clock
    )
    options.port = 0
    options.logLevel = .error
    options.onProcessed = { processed in
      for decision in processed.decisions where decision.outcome == .sent { sink.yield(decision) }
    }
    let terminal = output.answer
    let isFinished = Atomic(false)
    options.companion = { daemon in
      let report = DemoReport(store: daemon.store, engine: daemon.engine, terminal: terminal)
      async let printing: Void = {
        for await decision in decisions { print(try report.line(for: decision)) }
      }()
      try await feed.send(to: daemon.port, key: folder.key, clock: clock)
      clock.open(until: end)
      try await clock.sleep(until: end)
      sink.finish()
      try await printing
      for line in try report.summary(at: end) { print(line) }
      isFinished.store(true, ordering: .relaxed)
    }
    try await Daemon.run(options)
    print(folder.farewell)
    if !isFinished.load(ordering: .relaxed) { throw ExitStatus.interrupted.exit }
  }
}

/// How fast the demo goes.
struct DemoSpeed: ExpressibleByArgument, CustomStringConvertible {
  let daysPerSecond: Double

  init(daysPerSecond: Double) {
    self.daysPerSecond = daysPerSecond
  }

  init?(argument: String) {
    let number = argument.hasSuffix("d") ? String(argument.dropLast()) : argument
    guard let days = Double(number), days > 0, days <= 100 else { return nil }
    daysPerSecond = days
  }

  var description: String {
    daysPerSecond == daysPerSecond.rounded() ? "\(Int(daysPerSecond))d" : "\(daysPerSecond)d"
  }
}

/// The temporary folder of a demo.
struct DemoFolder {
  let path: String
  let key: String

  var settings: String { "\(path)/nudged.yaml" }

  /// Makes the folder with rules, settings and keys.
  init() throws {
    let name = "nudged-demo-\(ProcessInfo.processInfo.processIdentifier)"
    path = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
    key = NewKey.text(for: "ingest") ?? ""
    try FileManager.default.createDirectory(
      atPath: "\(path)/rules",
      withIntermediateDirectories: true
    )
    try write(Data(DemoStream.rules), to: "rules/trial.yaml")
    try write(Data(DemoFolder.settingsText.utf8), to: "nudged.yaml")
    try write(Data("\(key)\n".utf8), to: "ingest.keys", isSecret: true)
    try write(Data("\(NewKey.text(for: "admin") ?? "")\n".utf8), to: "admin.keys", isSecret: true)
  }

  private func write(_ data: Data, to name: String, isSecret: Bool = false) throws {
    let file = "\(path)/\(name)"
    try data.write(to: URL(fileURLWithPath: file))
    if isSecret {
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
    }
  }

  /// Where everything is, and what to do next.
  var farewell: String {
    """

    rules      \(path)/rules/trial.yaml
    outbox     \(path)/outbox/email.jsonl, in-app.jsonl, cs-task.jsonl
    database   \(path)/nudged.db
    """
  }

  private static let settingsText = """
    nudged_config: 1
    timezone: America/New_York
    rules: rules
    listen: {http: "127.0.0.1:0", control: control.sock}
    keys: {ingest: "file:ingest.keys", admin: "file:admin.keys"}
    store: {path: nudged.db}
    channels:
      email:   {kind: message,  file: outbox/email.jsonl, expires: 24h}
      in-app:  {kind: message,  file: outbox/in-app.jsonl, quiet_hours: ignore, expires: 48h}
      cs-task: {kind: internal, file: outbox/cs-task.jsonl, expires: 72h}
    quiet_hours: {from: "21:00", to: "08:00"}

    """
}
