import Foundation
import NudgeTesting
import Testing

/// One release of an SDK, as `.ci/python-tools` installs it.
struct PythonSDK: Sendable, CustomTestStringConvertible {
  /// The name and the version.
  let folder: String
  /// Which driver of `SDKs/` knows its calls.
  let family: String
  /// Whose calls mean the same events.
  let wire: String

  static let all = [
    PythonSDK(folder: "segment-analytics-python-2.4.0", family: "segment", wire: "segment"),
    PythonSDK(folder: "segment-analytics-python-2.3.4", family: "segment", wire: "segment"),
    PythonSDK(folder: "analytics-python-1.4.post1", family: "analytics", wire: "segment"),
    PythonSDK(folder: "rudder-sdk-python-2.1.9", family: "rudder", wire: "segment"),
    PythonSDK(folder: "posthog-7.91.1", family: "posthog", wire: "posthog"),
    PythonSDK(folder: "posthog-3.25.0", family: "posthog", wire: "posthog"),
    PythonSDK(folder: "cloudevents-2.2.0", family: "cloudevents", wire: "cloudevents"),
    PythonSDK(folder: "cloudevents-1.12.0", family: "cloudevents", wire: "cloudevents"),
  ]

  var testDescription: String { folder }

  /// What a driver tells when it is done.
  struct Report: Decodable {
    /// What the SDK told its caller went wrong.
    let errors: [String]
    /// What the proxy answered, in order; 0 where it hung up.
    let statuses: [Int]
  }

  // MARK: Driving

  /// Begins a scenario of `SDKs/drive.py` against the daemon whose port stands in the workspace's file `port`.
  func start(_ scenario: String, in workspace: Workspace, key: String? = nil) throws -> Run {
    _ = try PythonSDK.installed.get()
    let (output, errors) = ("sdk-\(scenario).out", "sdk-\(scenario).err")
    let process = try ChildProcess(
      PythonSDK.repository.appending(path: ".build/python/bin/python").path,
      [
        PythonSDK.drivers.appending(path: "drive.py").path,
        PythonSDK.repository.appending(path: ".build/python/sdks/\(folder)").path,
        family, scenario, workspace.folder.path, try key ?? workspace.ingestKey,
      ],
      in: workspace.folder.path,
      output: workspace.folder.path(of: output),
      errors: workspace.folder.path(of: errors)
    )
    return Run(process: process, folder: workspace.folder, output: output, errors: errors)
  }

  /// Runs a scenario to its end.
  func drive(_ scenario: String, in workspace: Workspace) throws -> Report {
    try start(scenario, in: workspace).report()
  }

  /// A driver that runs.
  struct Run {
    fileprivate let process: ChildProcess
    fileprivate let folder: TemporaryFolder
    fileprivate let output: String
    fileprivate let errors: String

    /// Waits for its end.
    func report() throws -> Report {
      let ending = try process.wait(within: .seconds(60))
      let notes = try folder.read(errors)
      try #require(ending == .exited(0), "\(notes.suffix(2000))")
      return try JSONDecoder().decode(Report.self, from: Data(try folder.read(output).utf8))
    }
  }

  /// Lets a library that receivers use verify messages, one JSON object a line in a file: a line of words for each.
  static func verify(
    _ messages: String,
    by folder: String,
    _ module: String,
    secret: String,
    in workspace: Workspace
  ) throws -> [String] {
    _ = try PythonSDK.installed.get()
    let (output, errors) = ("verified.out", "verified.err")
    let process = try ChildProcess(
      PythonSDK.repository.appending(path: ".build/python/bin/python").path,
      [
        PythonSDK.drivers.appending(path: "verify.py").path,
        PythonSDK.repository.appending(path: ".build/python/sdks/\(folder)").path,
        module, secret, try workspace.folder.write(messages, to: "messages.jsonl"),
      ],
      in: workspace.folder.path,
      output: workspace.folder.path(of: output),
      errors: workspace.folder.path(of: errors)
    )
    let ending = try process.wait(within: .seconds(60))
    let notes = try workspace.folder.read(errors)
    try #require(ending == .exited(0), "\(notes.suffix(2000))")
    return try workspace.folder.read(output).split(separator: "\n").map(String.init)
  }

  // MARK: Installing

  private static let drivers = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "SDKs")
  private static let repository =
    drivers.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// What `.ci/python-tools` could not install.
  struct NotInstalled: Error {
    let status: Int32
  }

  private static let installed = Result {
    let process = Process()
    process.executableURL = repository.appending(path: ".ci/python-tools")
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw NotInstalled(status: process.terminationStatus)
    }
  }
}

extension Workspace {
  /// Starts a daemon, and tells drivers where it listens.
  func startForDrivers() throws -> DaemonProcess {
    let daemon = try start()
    try folder.write("\(daemon.port)", to: "port.part")
    // In one step, since a driver may read it at any time.
    guard rename(folder.path(of: "port.part"), folder.path(of: "port")) == 0 else {
      throw ChildProcess.Failure(executable: "rename", errno: errno)
    }
    return daemon
  }
}
