public import NudgeCore

/// What came of one test.
public struct CampaignTestResult: Sendable {
  /// The test.
  public let test: CampaignTest
  /// What went out, in order.
  public let sent: [Decision]
  /// Why it failed, in the order of the file; empty when it passed.
  public let failures: [CampaignTestFailure]
  /// The answers that the conditions of the rules from the beginning gave.
  public let answers: [ConditionCoverage.Node: ConditionCoverage.Answers]
  /// The steps that were sent, as `campaign/step`.
  public let sentSteps: Set<String>

  /// Whether everything was as expected.
  public var passed: Bool { failures.isEmpty }
}

/// One thing that was not as expected.
public struct CampaignTestFailure: Hashable, Sendable {
  /// Where the expectation is written.
  public let place: Place
  /// Which expectation it is: `sent, item 2`.
  public let title: String
  /// What was expected.
  public let expected: String
  /// What there was instead.
  public let got: String
  /// The explanation, line by line; may be empty.
  public let why: [String]
}

extension CampaignTestFailure {
  /// The failure for people, with the file as it is shown.
  ///
  ///     onboarding.test.yaml:31:11  sent, item 2
  ///       - expected  Tue 2026-03-10 09:00 EDT  partially-activated/unused-features-email → bo (email)
  ///       + got       nothing
  ///     why: left Mon 2026-03-09 17:20 as while-ended
  public func lines(in file: String, usesSymbols: Bool) -> [String] {
    let told = why.prefix(TestLimits.explanationLines)
    let explained = told.enumerated().map { place, line in
      (place == 0 ? "why: " : "     ") + line
    }
    let lines = [
      "\(file):\(place.line):\(place.column)  \(title)", "  - expected  \(expected)",
      "  + got       \(got)",
    ]
    return (lines + explained).map { usesSymbols ? $0 : $0.replacingArrows }
  }
}

extension String {
  /// The text without signs that only UTF-8 has.
  fileprivate var replacingArrows: String {
    map { $0 == "→" ? "->" : String($0) }.joined()
  }
}

extension Decision {
  /// The decision as a failure tells it: `campaign/step → bo (email, variant guide)`.
  var sendingText: String {
    let receiver = to.map { " → \($0.shortText)" } ?? ""
    let details = [channel, variant.map { "variant \($0)" }].compactMap(\.self)
    return "\(campaign)/\(step)\(receiver)"
      + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
  }

  /// How long after its nominal instant it was made, in milliseconds.
  var lateByMilliseconds: Int64 { at.milliseconds(since: nominalAt) }
}

extension SubjectID {
  /// A user by bare id, others with their kind.
  var shortText: String { kind == .user ? id : description }
}
