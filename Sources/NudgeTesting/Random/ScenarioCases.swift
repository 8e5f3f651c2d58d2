import Foundation
import Synchronization
public import Testing

/// Remembers the scenario that a test is about, so that a failure can name a case to run.
///
/// A class, since the scenario is made deep inside the test that the trait surrounds.
final class ScenarioNote: Sendable {
  @TaskLocal static var current: ScenarioNote?

  private let scenario = Mutex<Scenario?>(nil)

  func note(_ scenario: Scenario) {
    self.scenario.withLock { $0 = $0 ?? scenario }
  }

  /// Writes the case of the first scenario that was made, and says where; `nil` when there was none.
  func write() -> String? {
    guard let scenario = scenario.withLock({ $0 }) else { return nil }
    do {
      let path = try ScenarioCase(scenario).write(seed: scenario.seed)
      return "to play it: nudged test \(path)"
    } catch {
      return "its case could not be written: \(error)"
    }
  }
}

/// Surrounds each test of a suite with a note of its scenario.
public struct ScenarioNoting: SuiteTrait, TestTrait, TestScoping {
  /// It holds for the tests of a suite too.
  public var isRecursive: Bool { true }

  /// Runs a test with a new note.
  @concurrent public func provideScope(
    for test: Test,
    testCase: Test.Case?,
    performing function: @Sendable @concurrent () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    try await ScenarioNote.$current.withValue(ScenarioNote()) { try await function() }
  }
}

extension Trait where Self == ScenarioNoting {
  /// Notes the scenario of each test, for `namesCase`.
  public static var notesScenario: Self { ScenarioNoting() }
}

extension Trait where Self == IssueHandlingTrait {
  /// Writes the scenario of a failing test as files that `nudged test` runs, and names them in the failure.
  ///
  /// Stands behind `notesScenario`.
  public static var namesCase: Self {
    compactMapIssues { issue in
      guard let text = ScenarioNote.current?.write() else { return issue }
      // A suite's trait surrounds its tests twice.
      guard !issue.comments.contains(Comment(rawValue: text)) else { return issue }
      var issue = issue
      issue.comments.append(Comment(rawValue: text))
      return issue
    }
  }
}
