import NudgeCore
import NudgeRules

/// What came of all tests.
struct TestRun: Sendable {
  /// One test that has run.
  struct Item: Sendable {
    /// The test file.
    let file: String
    let result: CampaignTestResult
    let milliseconds: Int
  }

  /// In the order of the files.
  let items: [Item]
  let coverage: TestCoverage
  let milliseconds: Int

  /// Runs all tests of a selection, on all processors.
  init(_ selection: TestSelection) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    items = try await sideBySide(selection.items) { item in
      let start = ContinuousClock().now
      let result = item.file.run(item.test)
      return Item(
        file: item.file.source.path,
        result: result,
        milliseconds: Int((ContinuousClock().now - start).wholeMilliseconds)
      )
    }
    var coverage = TestCoverage()
    for file in selection.files { coverage.add(rulesOf: file) }
    for item in items { coverage.add(item.result) }
    self.coverage = coverage
    milliseconds = Int((clock.now - start).wholeMilliseconds)
  }

  /// How many were as expected.
  var passed: Int { items.count(where: \.result.passed) }

  /// How many were not.
  var failed: Int { items.count - passed }

  /// The tests by file, in order.
  var byFile: [(file: String, items: [Item])] {
    let groups = Dictionary(grouping: items, by: \.file)
    var seen: Set<String> = []
    return items.map(\.file).filter { seen.insert($0).inserted }.map { ($0, groups[$0] ?? []) }
  }
}
