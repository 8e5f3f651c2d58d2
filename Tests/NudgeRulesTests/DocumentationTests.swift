import Foundation
import NudgeRules
import Testing

/// A fenced block of YAML in a page of the documentation.
struct DocumentedFile: Sendable, CustomTestStringConvertible {
  /// The page, from the root of the project.
  let page: String
  /// The line of the first line of YAML, counted from 1.
  let line: Int
  let text: String

  var testDescription: String { "\(page):\(line)" }

  /// Whether it is a settings file; else it is a rule file.
  var isSettings: Bool { text.contains("nudged_config:") }

  /// All of them; blocks marked `yaml fragment` are none.
  static let all: [DocumentedFile] = pages.flatMap(files).filter {
    !$0.text.contains("nudged_test:")
  }

  private static var pages: [String] {
    let folder = Folders.root.appendingPathComponent("docs").path
    let names = FileManager.default.subpaths(atPath: folder) ?? []
    return ["README.md"] + names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
  }

  private static func files(in page: String) -> [DocumentedFile] {
    let url = Folders.root.appendingPathComponent(page)
    guard let text = try? String(contentsOf: url, encoding: .utf8) else { return [] }
    let lines = text.components(separatedBy: "\n")
    return lines.indices.filter { lines[$0] == "```yaml" }.map { fence in
      let block = lines[(fence + 1)...].prefix { $0 != "```" }
      return DocumentedFile(page: page, line: fence + 2, text: block.joined(separator: "\n") + "\n")
    }
  }
}

@Suite struct DocumentationTests {
  @Test func `the documentation has rule files and settings`() {
    #expect(DocumentedFile.all.contains { $0.isSettings })
    #expect(DocumentedFile.all.contains { !$0.isSettings })
  }

  @Test(arguments: DocumentedFile.all)
  func `every file in the documentation passes the check`(file: DocumentedFile) {
    let source = SourceFile(path: "\(file.page):\(file.line)", text: file.text)
    let reading = RuleReader.read(
      files: file.isSettings ? [] : [source],
      settings: file.isSettings ? .file(source) : .defaults(timezone: "UTC")
    )
    #expect(reading.diagnostics.isEmpty, "\(report(reading, files: [source]))")
  }
}
