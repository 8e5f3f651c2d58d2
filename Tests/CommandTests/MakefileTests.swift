import Foundation
import NudgeTesting
import Testing

struct `The help of make` {
  @Test func `has a line for every target`() async throws {
    let path = Program.repository("Makefile")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let line = try #require(text.firstMatch(of: /(?m)^\.PHONY: (.+)$/)).1
    let help = try await Program.run(
      URL(filePath: "/usr/bin/make"),
      ["--no-print-directory", "--file", path, "help"],
      in: try TemporaryFolder(),
      environment: ["PATH": "/usr/bin:/bin"]
    )
    let told = help.output.matches(of: /(?m)^  make ([a-z-]+) +\S/).map { String($0.1) }
    #expect(told.sorted() == line.split(separator: " ").map(String.init).sorted())
  }
}
