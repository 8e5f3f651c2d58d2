import Foundation
import NudgeRules
import Testing

/// A fenced block of YAML in a page of the documentation.
struct DocumentedFile: Sendable, CustomTestStringConvertible {
  /// The page, from the root of the project.
  let page: String
  let block: MarkdownBlock

  var testDescription: String { "\(page):\(block.line)" }

  var text: String { block.file.text }

  /// Whether it is a settings file.
  var isSettings: Bool { block.format == .settings }

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
    return MarkdownBlock.blocks(of: SourceFile(path: page, text: text)).map {
      DocumentedFile(page: page, block: $0)
    }
  }
}

@Suite struct DocumentationTests {
  @Test func `the documentation has rule files and settings`() {
    #expect(DocumentedFile.all.contains { $0.isSettings })
    #expect(DocumentedFile.all.contains { $0.block.format == .rules })
  }

  @Test(arguments: DocumentedFile.all.filter { $0.block.format != .campaignTest })
  func `every file in the documentation passes the check`(file: DocumentedFile) {
    let source = file.block.file
    let reading = RuleReader.read(
      files: file.isSettings ? [] : [source],
      settings: file.isSettings ? .file(source) : .defaults(timezone: "UTC")
    )
    #expect(reading.diagnostics.isEmpty, "\(report(reading, files: [source]))")
  }
}
