/// The answer to a condition, and how long the passing of time alone leaves it as it is.
struct Verdict: Hashable, Sendable {
  let holds: Bool
  /// The first later instant at which time alone could change the answer; `never` if only an event can.
  let until: Timestamp

  init(_ holds: Bool, until: Timestamp = .never) {
    self.holds = holds
    self.until = until
  }

  var negated: Verdict { Verdict(!holds, until: until) }

  /// True while all are: true ends with the first end, false cannot end before the last false one's.
  static func all<Parts: Sequence>(_ parts: Parts, _ ask: (Parts.Element) -> Verdict) -> Verdict {
    var (end, brokenEnd) = (Timestamp.never, Timestamp.distantPast)
    var holds = true
    for part in parts {
      let verdict = ask(part)
      if verdict.holds {
        end = min(end, verdict.until)
      } else {
        holds = false
        brokenEnd = max(brokenEnd, verdict.until)
      }
    }
    return holds ? Verdict(true, until: end) : Verdict(false, until: brokenEnd)
  }

  static func any<Parts: Sequence>(_ parts: Parts, _ ask: (Parts.Element) -> Verdict) -> Verdict {
    all(parts) { ask($0).negated }.negated
  }
}

/// The value of a metric or score, and how long the passing of time alone leaves it as it is.
struct Measured: Hashable, Sendable {
  /// `nil`: there is no value.
  let value: Rational?
  let until: Timestamp

  init(_ value: Rational?, until: Timestamp) {
    self.value = value
    self.until = until
  }

  init(_ count: Int, until: Timestamp) {
    self.init(Rational(Int128(count)), until: until)
  }
}

extension NumberTest {
  func holds(_ value: Rational) -> Bool {
    comparisons.allSatisfy { $0.holds(value) }
  }

  /// Whether a number passes all comparisons.
  public func holds(_ number: Number) -> Bool { holds(Rational(number)) }

  func holds(_ count: Int) -> Bool {
    comparisons.allSatisfy { $0.holds(count) }
  }

  /// The count from which the test holds for good, when it says nothing else.
  var leastCount: Int? {
    guard comparisons.count == 1, case .atLeast(let number) = comparisons[0] else { return nil }
    return number.whole
  }

  /// The whole numbers around which the answer can change.
  private var edges: [Int] {
    comparisons.flatMap { comparison -> [Number] in
      switch comparison {
      case .exactly(let number), .atLeast(let number), .atMost(let number), .above(let number),
        .below(let number):
        [number]
      case .between(let low, let high): [low, high]
      }
    }
    .map { Rational($0).roundedHalfUp }
    .flatMap { [$0 - 1, $0, $0 + 1] }
  }

  /// The first whole number above `count` whose answer differs; `nil` if none does.
  func nextChange(above count: Int) -> Int? {
    let current = holds(count)
    return edges.filter { $0 > count && holds($0) != current }.min()
  }
}

extension NumberTest.Comparison {
  /// Asked at every event: a whole number is compared with a whole one without fractions.
  func holds(_ count: Int) -> Bool {
    let value = Int128(count)
    switch self {
    case .exactly(let number) where number.exponent == 0: return value == number.mantissa
    case .atLeast(let number) where number.exponent == 0: return value >= number.mantissa
    case .atMost(let number) where number.exponent == 0: return value <= number.mantissa
    case .above(let number) where number.exponent == 0: return value > number.mantissa
    case .below(let number) where number.exponent == 0: return value < number.mantissa
    case .exactly, .atLeast, .atMost, .above, .below, .between: return holds(Rational(value))
    }
  }

  func holds(_ value: Rational) -> Bool {
    switch self {
    case .exactly(let number): value == Rational(number)
    case .atLeast(let number): value >= Rational(number)
    case .atMost(let number): value <= Rational(number)
    case .above(let number): value > Rational(number)
    case .below(let number): value < Rational(number)
    case .between(let low, let high): value >= Rational(low) && value <= Rational(high)
    }
  }
}
