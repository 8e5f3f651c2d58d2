import Foundation
import NudgeTesting
import Testing

extension EndToEnd {
  struct `The description of the API` {
    /// Schemathesis makes calls of what is described, good and bad ones, and compares the answers with it.
    @Test func `is what the daemon does`() throws {
      let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
      let (workspace, daemon) = try Workspace.withAllKeys()
      #expect(try daemon.signUp(["a", "ana"], key: try workspace.ingestKey).status == 200)
      try workspace.folder.write(try settings(workspace), to: "schemathesis.toml")
      let tools = try run("\(root)/.ci/python-tools", [], workspace, within: .seconds(300))
      #expect(tools.ending == .exited(0), "\(tools.errors)")
      let trial = try run(
        "\(root)/.build/python/bin/schemathesis",
        [
          "--config-file", "schemathesis.toml", "run",
          "http://127.0.0.1:\(daemon.port)/openapi.json", "--phases", "coverage,fuzzing",
          "--max-examples", "20", "--max-time", "40", "--seed", "1", "--no-shrink", "--no-color",
        ],
        workspace,
        within: .seconds(180)
      )
      #expect(trial.ending == .exited(0), "\(trial.output.suffix(8000))")
      #expect(trial.output.contains("API Operations"), "\(trial.errors)")
      #expect(try daemon.get("/healthz").status == 200)
      #expect(try daemon.stop() == .exited(0))
    }

    /// Names need not be known, and any text may be an expression that makes no sense, so good forms may be refused.
    private func settings(_ workspace: Workspace) throws -> String {
      """
      headers = { Authorization = "Bearer \(try workspace.adminKey)" }

      [checks]
      positive_data_acceptance.enabled = false
      use_after_free.enabled = false
      ensure_resource_availability.enabled = false

      [[operations]]
      include-tag = "ingest"
      headers = { Authorization = "Bearer \(try workspace.ingestKey)" }

      """
    }

    /// Runs a program with all variables of this one, which pip may need.
    private func run(
      _ program: String,
      _ arguments: [String],
      _ workspace: Workspace,
      within limit: Duration
    ) throws -> CommandAnswer {
      let folder = workspace.folder
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["timeout", "\(limit.components.seconds)", program] + arguments
      process.currentDirectoryURL = folder.url
      process.standardOutput = try FileHandle(forWritingTo: file("tool.out", in: folder))
      process.standardError = try FileHandle(forWritingTo: file("tool.err", in: folder))
      try process.run()
      process.waitUntilExit()
      return CommandAnswer(
        ending: .exited(process.terminationStatus),
        output: try folder.read("tool.out"),
        errors: try folder.read("tool.err")
      )
    }

    private func file(_ name: String, in folder: TemporaryFolder) throws -> URL {
      URL(filePath: try folder.write("", to: name))
    }
  }
}
