import Foundation
import NudgeTesting
import Testing

/// A page of the documentation whose files and commands are played in a folder.
///
/// A comment `<!-- file: PATH -->` above a block says where its text is written. In a block `console` each line
/// behind `$ ` is a command, and what stands below it is its output.
private struct PlayedPage {
  private let lines: [String]
  private let folder: TemporaryFolder

  init(_ text: String, in folder: TemporaryFolder) {
    lines = text.components(separatedBy: "\n")
    self.folder = folder
  }

  /// The page with the outputs that the commands have.
  func played() async throws -> String {
    var played: [String] = []
    var file: String?
    var index = 0
    while index < lines.count {
      let line = lines[index]
      played.append(line)
      index += 1
      if let match = line.wholeMatch(of: /<!-- file: (\S+) -->/) { file = String(match.1) }
      guard line.hasPrefix("```") else { continue }
      let block = lines[index...].prefix { $0 != "```" }
      index = block.endIndex + 1
      if let path = file.take() { try folder.write(block.joined(separator: "\n") + "\n", to: path) }
      played += line == "```console" ? try await outputs(of: block) : Array(block)
      played.append("```")
    }
    return played.joined(separator: "\n")
  }

  private func outputs(of block: ArraySlice<String>) async throws -> [String] {
    var lines: [String] = []
    for command in block where command.hasPrefix("$ ") {
      lines.append(command)
      let outcome = try await Program.run(
        URL(filePath: "/bin/sh"),
        ["-c", "(\(command.dropFirst(2))) 2>&1"],
        in: folder,
        environment: ["PATH": "\(Program.folder):/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
      )
      lines += outcome.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .map(String.init)
    }
    return lines
  }
}

@Suite struct TutorialTests {
  @Test(arguments: ["docs/rules.md"])
  func `what a page shows is what the commands say`(page: String) async throws {
    let url = URL(filePath: Program.repository(page))
    let text = try String(contentsOf: url, encoding: .utf8)
    let played = try await PlayedPage(text, in: try TemporaryFolder()).played()
    if ProcessInfo.processInfo.environment["NUDGED_BLESS"] == "1" {
      try Data(played.utf8).write(to: url)
      return
    }
    Golden.expect(played, equals: text)
  }

  @Test func `the tutorial ends with the campaign of the samples`() throws {
    let sample = try String(
      contentsOfFile: Program.repository("rules/onboarding.yaml"),
      encoding: .utf8
    )
    let page = try String(contentsOfFile: Program.repository("docs/rules.md"), encoding: .utf8)
    for name in ["icp-fit", "high-potential-not-activated"] {
      let definition = try #require(Self.definitions(name, in: sample).first)
      #expect(Self.definitions(name, in: page).contains(definition))
    }
  }

  /// The definitions of this name, without comments and further spaces.
  private static func definitions(_ name: String, in text: String) -> [String] {
    let lines = text.components(separatedBy: "\n").map { line in
      line.replacing(/\s+#.*$/, with: "").replacing(/(\S) +/) { "\($0.1) " }
    }
    return lines.indices.filter { lines[$0] == "  \(name):" }.map { start in
      let body = lines[(start + 1)...].prefix { $0.hasPrefix("   ") || $0.isEmpty }
      return body.filter { !$0.isEmpty }.joined(separator: "\n")
    }
  }
}
