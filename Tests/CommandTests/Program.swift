import Foundation
import NudgeTesting
import Testing

/// The built binary, run as users run it.
enum Program {
  /// What a run left behind.
  struct Outcome: Sendable {
    let status: Int32
    let output: String
    let notes: String
  }

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Where the build has put it: beside the tests, else in the folder of debug builds.
  private static var binary: URL {
    let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }.map { URL(filePath: $0) }
    let folders = (bundles + [URL(filePath: CommandLine.arguments[0])])
      .map { $0.deletingLastPathComponent() }
    return (folders + [root.appending(path: ".build/debug")]).map { $0.appending(path: "nudged") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path()) }
      ?? root.appending(path: ".build/debug/nudged")
  }

  /// The folder that the binary lies in.
  static var folder: String { binary.deletingLastPathComponent().path() }

  /// Files of the repository, for arguments.
  static func repository(_ path: String) -> String { root.appending(path: path).path() }

  /// Runs it in a folder, with nothing of this process's environment but what is given.
  static func run(
    _ arguments: [String],
    in folder: TemporaryFolder,
    environment: [String: String] = [:],
    output path: String? = nil
  ) async throws -> Outcome {
    try await run(binary, arguments, in: folder, environment: environment, output: path)
  }

  /// Runs another program in a folder, likewise.
  static func run(
    _ executable: URL,
    _ arguments: [String],
    in folder: TemporaryFolder,
    environment: [String: String] = [:],
    output path: String? = nil
  ) async throws -> Outcome {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = folder.url
    process.environment = ["COLUMNS": "80", "TMPDIR": folder.path].merging(environment) { $1 }
    let output = try OutputFile(in: folder, "stdout")
    let notes = try OutputFile(in: folder, "stderr")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput =
      try path.map { try FileHandle(forWritingTo: URL(filePath: $0)) } ?? output.handle
    process.standardError = notes.handle
    return try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { process in
        continuation.resume(
          with: Result {
            Outcome(
              status: process.terminationStatus,
              output: try output.text(),
              notes: try notes.text()
            )
          }
        )
      }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
  }
}

/// A file that takes what a program writes, so that no pipe can fill up.
private struct OutputFile: Sendable {
  let handle: FileHandle
  private let url: URL

  init(in folder: TemporaryFolder, _ name: String) throws {
    url = URL(filePath: folder.path(of: ".\(name)"))
    try Data().write(to: url)
    handle = try FileHandle(forWritingTo: url)
  }

  func text() throws -> String {
    try handle.close()
    return try String(contentsOf: url, encoding: .utf8)
  }
}
