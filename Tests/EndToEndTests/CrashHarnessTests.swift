import Foundation
import Glibc
import NudgeTesting
import Testing

// Its tracer knows the system calls of x86-64 alone.
#if arch(x86_64)
extension EndToEnd {
  struct `The harness of crashes` {
    @Test(arguments: [SIGTERM, SIGINT])
    func `tells how far it came when it is cut off`(signal: Int32) throws {
      let folder = try TemporaryFolder()
      let told = folder.path(of: "told")
      let harness = try ChildProcess(
        "/usr/bin/env",
        [
          "python3", Self.script, "--nudged", Workspace.program, "--only", "naive", "--cycles",
          "100000", "--verbose", "--scratch", folder.path,
        ],
        in: folder.path,
        output: told,
        errors: folder.path(of: "errors")
      )
      func text() throws -> String { try String(contentsOfFile: told, encoding: .utf8) }
      try eventually("a cycle", within: .seconds(60)) { try text().contains("naive 1/100000") }
      harness.send(signal)
      #expect(try harness.wait(within: .seconds(30)) == .exited(130))
      let end = try text()
      #expect(end.contains("cut off, of 100000 cycles these were done:"), "\(end)")
      #expect(end.contains(/(?m)^naive +[1-9]\d* cycles .* violations/), "\(end)")
    }

    private static let script = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Crash/crash.py")
      .path()
  }
}
#endif
