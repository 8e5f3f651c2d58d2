import NudgeCore

/// Whether whole numbers of a range pass a test: some, none, all.
///
/// A test changes its answer only at its own numbers, so those and their neighbours tell everything.
struct NumberTestScan {
  let isEverTrue: Bool
  let isAlwaysTrue: Bool

  init(_ test: NumberTest, over bounds: ClosedRange<Int>) {
    let answers = Self.tellingNumbers([test], in: bounds).map { Self.passes(Number($0), test) }
    self.isEverTrue = answers.contains(true)
    self.isAlwaysTrue = !answers.contains(false)
  }

  /// Whether no whole number of the range passes both tests.
  static func areContradictory(
    _ left: NumberTest,
    _ right: NumberTest,
    over bounds: ClosedRange<Int>
  ) -> Bool {
    !tellingNumbers([left, right], in: bounds).contains {
      passes(Number($0), left) && passes(Number($0), right)
    }
  }

  private static func tellingNumbers(
    _ tests: [NumberTest],
    in bounds: ClosedRange<Int>
  ) -> [Int] {
    let ends = [bounds.lowerBound, bounds.upperBound]
    let edges = tests.flatMap(\.comparisons).flatMap(numbers).compactMap(floor)
    let near = edges.flatMap { [$0 - 1, $0, $0 + 1, $0 + 2] }
    return (ends + near).filter { bounds.contains($0) }
  }

  private static func floor(_ number: Number) -> Int? {
    if let whole = number.whole { return abs(whole) < Int.max / 2 ? whole : nil }
    let approximate = number.approximate.rounded(.down)
    return abs(approximate) < 1e15 ? Int(approximate) : nil
  }

  private static func numbers(_ comparison: NumberTest.Comparison) -> [Number] {
    switch comparison {
    case .exactly(let number), .atLeast(let number), .atMost(let number), .above(let number),
      .below(let number):
      [number]
    case .between(let low, let high): [low, high]
    }
  }

  private static func passes(_ value: Number, _ test: NumberTest) -> Bool {
    test.comparisons.allSatisfy { comparison in
      switch comparison {
      case .exactly(let number): value == number
      case .atLeast(let number): value >= number
      case .atMost(let number): value <= number
      case .above(let number): value > number
      case .below(let number): value < number
      case .between(let low, let high): value >= low && value <= high
      }
    }
  }
}
