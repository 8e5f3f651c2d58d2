import Foundation
import Synchronization
public import Testing

/// Remembers the seed that a test tries and the scenario made of it, so that a failure can name a case to run.
///
/// A class, since the scenario is made deep inside the test that the trait surrounds.
final class ScenarioNote: Sendable {
  @TaskLocal static var current: ScenarioNote?

  private let seed: UInt64
  private let scenario = Mutex<Scenario?>(nil)

  init(seed: UInt64) {
    self.seed = seed
  }

  func note(_ scenario: Scenario) {
    self.scenario.withLock { $0 = $0 ?? scenario }
  }

  /// Writes the case of the first scenario that was made, if there was one, and says where.
  func write() -> String {
    guard let scenario = scenario.withLock({ $0 }) else { return "seed \(seed)" }
    do {
      let path = try ScenarioCase(scenario).write(seed: scenario.seed)
      return "seed \(seed); to play it: nudged test \(path)"
    } catch {
      return "seed \(seed); its case could not be written: \(error)"
    }
  }
}

extension Trait where Self == IssueHandlingTrait {
  /// Names the seed in each failure, with files that `nudged test` runs, written of its scenario.
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
