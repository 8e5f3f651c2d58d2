import Foundation
import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

/// A campaign test of the project, with its file.
struct ProjectTest: Sendable, CustomTestStringConvertible {
  let file: LoadedTests
  let test: CampaignTest

  var testDescription: String { "\(file.source.path): \(test.name)" }

  /// All tests of the files below a folder of the project.
  static func all(below folder: String) -> [ProjectTest] {
    files(below: folder).flatMap { file in
      file.tests.map { ProjectTest(file: file, test: $0) }
    }
  }

  /// The test files below a folder of the project, with their rules.
  static func files(below folder: String) -> [LoadedTests] {
    let root = Folders.root.path + "/" + folder
    let paths = (try? RuleFolder.testFiles(below: root)) ?? []
    return paths.compactMap { path in
      guard let data = FileManager.default.contents(atPath: path) else { return nil }
      let source = SourceFile(path: path, bytes: Array(data))
      return try? LoadedTests.load(source, zones: SampleZones.table)
    }
  }
}

@Suite struct `The campaign tests of the project` {
  private static let rules = "rules"
  private static let reasons = "Tests/NudgeRulesTests/Reasons"
  /// What `docs/decisions` says of the cases that the specification leaves open.
  private static let decisions = "docs/decisions/tests"

  private static let folders = [rules, reasons, decisions]

  /// What no timeline can bring about: `forget` is no part of it, and no renderer here fails.
  private static let impossible: Set<ReasonCode> = [.leftDeleted, .droppedTemplate, .finished]

  @Test(arguments: folders.flatMap(ProjectTest.files))
  func `are read without a word`(file: LoadedTests) {
    let text = DiagnosticPrinter(files: file.files).text(of: file.diagnostics)
    #expect(file.diagnostics.isEmpty, "\(text)")
  }

  @Test(arguments: folders.flatMap(ProjectTest.all))
  func `pass`(test: ProjectTest) {
    let result = test.file.run(test.test)
    let lines = result.failures.flatMap { $0.lines(in: "", usesSymbols: true) }
    #expect(result.passed, "\(lines.joined(separator: "\n"))")
  }

  @Test func `of its rule files cover every step and every condition`() {
    var coverage = TestCoverage()
    for file in ProjectTest.files(below: Self.rules) { coverage.add(rulesOf: file) }
    for test in ProjectTest.all(below: Self.rules) { coverage.add(test.file.run(test.test)) }
    #expect(coverage.gapLines == [])
    #expect(coverage.stepShare.total == 19)
    #expect(coverage.percent == 100)
  }

  @Test(arguments: ReasonCode.allCases.filter { !impossible.contains($0) })
  func `produce each reason code`(code: ReasonCode) throws {
    let name = "/\(code.rawValue).test.yaml"
    let file = try #require(
      ProjectTest.files(below: Self.reasons).first { $0.source.path.hasSuffix(name) }
    )
    let expectation = try #require(file.tests.first).expectation
    let reasons = expectation.absences.compactMap(\.because?.text).compactMap(
      ReasonCode.init(code:)
    )
    #expect(reasons.contains(code) || code == .sent && expectation.sent?.items.isEmpty == false)
  }
}
