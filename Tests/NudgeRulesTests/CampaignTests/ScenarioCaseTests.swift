import NudgeRules
import NudgeTesting
import Testing

@Suite struct `The case of a seed` {
  /// What rules by chance are refused for, and what makes no difference to a test of them.
  private static let refusals: Set<DiagnosticCode> = [
    .neverTrue, .alwaysTrue, .cycle, .sameFactInAndOut, .unreachableBand, .twoWindows, .noAnchor,
    .wrongSubject, .windowBeyondRetention, .unknownName,
  ]

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `is a test that passes, unless check refuses its rules`(seed: UInt64) throws {
    let made = ScenarioCase(Scenario(seed: seed))
    let folder = try TestFolder(rules: made.rules, test: made.test)
    let tests = try folder.load()
    guard !tests.hasErrors else {
      let codes = Set(tests.diagnostics.map(\.code))
      let text = try folder.diagnostics()
      #expect(codes.subtracting(Self.refusals) == [], "\(text)")
      return
    }
    let failures = try folder.failures()
    #expect(failures == "")
  }
}
