import Foundation
import Glibc
import NudgeTesting

/// The built daemon, running in a folder.
///
/// A class, since it owns a process.
final class DaemonProcess {
  /// It has ended before it was ready.
  struct NotReady: Error {
    let ending: ChildProcess.Ending
    let log: String
  }

  let port: Int
  /// From the start of the process until it was ready.
  let startup: Duration
  private let process: ChildProcess
  private let logFile: String

  /// Takes over a process that is about to be ready.
  fileprivate init(_ process: ChildProcess, log: String, startedAt: ContinuousClock.Instant) throws
  {
    self.process = process
    self.logFile = log
    port = try eventually("line `ready` in the log") {
      let text = DaemonProcess.text(of: log)
      if let ending = process.ending { throw NotReady(ending: ending, log: text) }
      guard text.contains(/ready rule_set=/) else { return nil }
      return text.firstMatch(of: /listening port=(\d+)/).flatMap { Int($0.1) }
    }
    startup = ContinuousClock.now - startedAt
  }

  /// Everything that it has logged.
  var log: String { DaemonProcess.text(of: logFile) }

  /// Sends a signal.
  func send(_ signal: Int32) { process.send(signal) }

  /// Waits for its end.
  func wait(within limit: Duration = .seconds(10)) throws -> ChildProcess.Ending {
    try process.wait(within: limit)
  }

  /// Stops it as a service manager does.
  func stop() throws -> ChildProcess.Ending {
    send(SIGTERM)
    return try wait()
  }

  private static func text(of file: String) -> String {
    (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
  }

  // MARK: HTTP

  /// Sends one request over a connection of its own.
  func ask(_ request: HTTPRequest) throws -> HTTPAnswer {
    var connection = try HTTPConnection(port: port)
    return try connection.send(request)
  }

  /// Reads a page.
  func get(_ path: String, key: String? = nil) throws -> HTTPAnswer {
    try ask(HTTPRequest(path: path, headers: DaemonProcess.headers(key: key)))
  }

  /// Posts a body of JSON.
  func post(
    _ path: String,
    _ body: [UInt8],
    key: String?,
    headers: [String] = []
  ) throws
    -> HTTPAnswer
  {
    let fields = DaemonProcess.headers(key: key) + headers
    return try ask(HTTPRequest(method: "POST", path: path, headers: fields, body: body))
  }

  /// Posts a text of JSON.
  func post(_ path: String, _ body: String, key: String?) throws -> HTTPAnswer {
    try post(path, Array(body.utf8), key: key)
  }

  static func headers(key: String?) -> [String] {
    ["Content-Type: application/json"] + (key.map { ["Authorization: Bearer \($0)"] } ?? [])
  }
}

/// What a command has said.
struct CommandAnswer {
  let ending: ChildProcess.Ending
  let output: String
  let errors: String
}

/// A folder in which nudged runs: its files, its daemon and its commands.
final class Workspace {
  let folder: TemporaryFolder
  private var logs = 0

  /// The program beside the tests that run.
  static let program: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (tests as NSString).deletingLastPathComponent + "/nudged"
  }()

  /// An empty folder.
  init() throws {
    folder = try TemporaryFolder()
  }

  /// A folder with settings and the keys that a daemon with settings does not make.
  convenience init(settings: String) throws {
    try self.init()
    try folder.write(settings, to: "nudged.yaml")
    try writeSecret("nwk_000102030405060708090a0b0c0d0e0f1011121314151617\n", to: "ingest.keys")
    try writeSecret("nat_1716151413121110000102030405060708090a0b0c0d0e0f\n", to: "admin.keys")
    try writeSecret(Webhook.secret + "\n", to: "webhook.secret")
  }

  /// Writes a file that its owner alone may read.
  func writeSecret(_ text: String, to name: String) throws {
    let path = try folder.write(text, to: name)
    chmod(path, 0o600)
  }

  /// Writes a rule file.
  func write(rules: String, to name: String = "welcome.yaml") throws {
    try folder.write(rules, to: "rules/\(name)")
  }

  /// The key that may send events.
  var ingestKey: String { get throws { try key("ingest.keys") } }

  /// The key that may read and change.
  var adminKey: String { get throws { try key("admin.keys") } }

  private func key(_ file: String) throws -> String {
    try folder.read(file).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  // MARK: Programs

  /// Starts the daemon and waits until it is ready.
  func start() throws -> DaemonProcess {
    let began = ContinuousClock.now
    let (process, log) = try spawnDaemon()
    return try DaemonProcess(process, log: log, startedAt: began)
  }

  /// Starts the daemon by another program that becomes it, and waits until it is ready; tells its process.
  func start(
    _ program: String,
    _ arguments: [String]
  ) throws -> (daemon: DaemonProcess, process: pid_t) {
    let began = ContinuousClock.now
    let (process, log) = try spawn(program, arguments)
    return (try DaemonProcess(process, log: log, startedAt: began), process.id)
  }

  /// Starts the daemon and waits for nothing.
  func spawnDaemon() throws -> (process: ChildProcess, log: String) {
    try spawn(
      Workspace.program,
      ["run", "--port", "0", "--log-format", "text", "--log-level", "debug"]
    )
  }

  private func spawn(
    _ program: String,
    _ arguments: [String]
  ) throws -> (process: ChildProcess, log: String) {
    logs += 1
    let log = folder.path(of: "daemon-\(logs).log")
    let process = try ChildProcess(
      program,
      arguments,
      in: folder.path,
      output: folder.path(of: "daemon-\(logs).out"),
      errors: log
    )
    return (process, log)
  }

  /// Runs a command to its end.
  func nudged(_ arguments: String...) throws -> CommandAnswer { try run(arguments) }

  /// Runs a command of these words to its end.
  func run(_ arguments: [String]) throws -> CommandAnswer {
    try run(Workspace.program, arguments, within: .seconds(20))
  }

  /// Runs a program of the system to its end.
  func program(_ words: String...) throws -> CommandAnswer {
    try run("/usr/bin/env", words, within: .seconds(60))
  }

  private func run(
    _ program: String,
    _ arguments: [String],
    within limit: Duration
  ) throws -> CommandAnswer {
    let process = try ChildProcess(
      program,
      arguments,
      in: folder.path,
      output: folder.path(of: "command.out"),
      errors: folder.path(of: "command.err")
    )
    let ending = try process.wait(within: limit)
    return CommandAnswer(
      ending: ending,
      output: try folder.read("command.out"),
      errors: try folder.read("command.err")
    )
  }

  // MARK: Files

  /// The whole lines of an outbox file; none when there is no file yet.
  func outboxLines(_ channel: String) -> [String] {
    guard let text = try? folder.read("outbox/\(channel).jsonl") else { return [] }
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }
}
