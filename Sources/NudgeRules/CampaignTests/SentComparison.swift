import NudgeCore

/// What was expected to go out beside what went out, in order.
struct SentComparison {
  /// One thing that is not as expected.
  enum Difference {
    /// It went out otherwise than expected.
    case other(Expectation.Sent, number: Int, Decision)
    /// It did not go out.
    case missing(Expectation.Sent, number: Int)
    /// It was not expected.
    case extra(Decision)
  }

  /// Those that agree, as places in both lists, both rising.
  let agreed: [(expected: Int, found: Int)]
  /// Those that went out otherwise, as places in both lists.
  let altered: [(expected: Int, found: Int)]
  private let expected: [Expectation.Sent]
  private let found: [Decision]

  init(_ expected: [Expectation.Sent], _ found: [Decision]) {
    self.expected = expected
    self.found = found
    agreed = SentComparison.longestAgreement(expected, found)
    altered = SentComparison.pairs(expected, found, besides: agreed)
  }

  /// Everything that differs, by the instant of what was expected, else of what was found.
  var differences: [Difference] {
    let paired = altered.map { pair in
      (
        expected[pair.expected].at,
        Difference.other(expected[pair.expected], number: pair.expected + 1, found[pair.found])
      )
    }
    let lost = missing.map {
      (expected[$0].at, Difference.missing(expected[$0], number: $0 + 1))
    }
    let extra = self.extra.map { (found[$0].at, Difference.extra(found[$0])) }
    return (paired + lost + extra).sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// The places of what did not go out.
  var missing: [Int] {
    let known = Set((agreed + altered).map(\.expected))
    return expected.indices.filter { !known.contains($0) }
  }

  /// The places of what was not expected.
  var extra: [Int] {
    let known = Set((agreed + altered).map(\.found))
    return found.indices.filter { !known.contains($0) }
  }

  // MARK: Alignment

  /// The longest common subsequence, by the usual table.
  private static func longestAgreement(
    _ expected: [Expectation.Sent],
    _ found: [Decision]
  ) -> [(expected: Int, found: Int)] {
    var lengths = Array(
      repeating: Array(repeating: 0, count: found.count + 1),
      count: expected.count + 1
    )
    for row in expected.indices.reversed() {
      for column in found.indices.reversed() {
        lengths[row][column] =
          expected[row].agrees(with: found[column])
          ? lengths[row + 1][column + 1] + 1
          : max(lengths[row + 1][column], lengths[row][column + 1])
      }
    }
    return path(through: lengths, expected, found)
  }

  private static func path(
    through lengths: [[Int]],
    _ expected: [Expectation.Sent],
    _ found: [Decision]
  ) -> [(expected: Int, found: Int)] {
    var agreed: [(expected: Int, found: Int)] = []
    var (row, column) = (0, 0)
    while row < expected.count, column < found.count {
      if expected[row].agrees(with: found[column]) {
        agreed.append((row, column))
        (row, column) = (row + 1, column + 1)
      } else if lengths[row + 1][column] >= lengths[row][column + 1] {
        row += 1
      } else {
        column += 1
      }
    }
    return agreed
  }

  /// Of what is left, what the same step sent to the same one.
  private static func pairs(
    _ expected: [Expectation.Sent],
    _ found: [Decision],
    besides agreed: [(expected: Int, found: Int)]
  ) -> [(expected: Int, found: Int)] {
    var free = Set(found.indices).subtracting(agreed.map(\.found))
    let taken = Set(agreed.map(\.expected))
    return expected.indices.filter { !taken.contains($0) }.compactMap { place in
      let match = free.sorted().first { expected[place].sending.means(found[$0]) }
      guard let match else { return nil }
      free.remove(match)
      return (place, match)
    }
  }
}

extension Expectation.Sent {
  /// Whether a decision is all that is expected.
  func agrees(with decision: Decision) -> Bool {
    decision.at == at && sending.means(decision)
      && (channel ?? decision.channel) == decision.channel
      && (variant ?? decision.variant) == decision.variant
      && (lateByMilliseconds ?? decision.lateByMilliseconds) == decision.lateByMilliseconds
  }

  /// What is expected, as a failure tells it.
  var sendingText: String {
    let late = lateByMilliseconds.map { "\(Span.clockText(milliseconds: $0)) late" }
    let details = [channel, variant.map { "variant \($0)" }, late].compactMap(\.self)
    return sending.text + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
  }
}

extension Expectation.Sending {
  /// Whether a decision is about this step and these people.
  func means(_ decision: Decision) -> Bool {
    guard decision.campaign == campaign, decision.step == step else { return false }
    let isReceiver = to.map { whom in decision.to.map(whom.means) ?? false } ?? true
    return isReceiver && about.map { $0.means(decision.subject) } ?? true
  }

  /// Whether a decision that sent nothing is about this step and these people.
  func meansUnsent(_ decision: Decision) -> Bool {
    guard decision.campaign == campaign, decision.step == step else { return false }
    let isReceiver = to.map { whom in
      whom.means(decision.subject) || decision.to.map(whom.means) ?? false
    }
    return isReceiver ?? true && about.map { $0.means(decision.subject) } ?? true
  }

  /// The step and who gets it: `campaign/step → bo`.
  var text: String { "\(campaign)/\(step)" + (to.map { " → \($0.text)" } ?? "") }
}
