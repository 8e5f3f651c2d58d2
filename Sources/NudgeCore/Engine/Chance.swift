/// A stable number in [0, 1) that stands for an id: the first 8 bytes of its SHA-256, big-endian, over 2^64.
struct Chance: Hashable, Sendable {
  /// The number times 2^64.
  let numerator: UInt64

  /// The chance of texts joined by zero bytes (rulings 74 and 75).
  init(of parts: [String]) {
    numerator = Digest.sha256(joining: parts).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Whether it lies below a share, compared without rounding.
  func isBelow(_ share: Number) -> Bool {
    let share = Rational(share)
    let scaled = Int128(numerator).multipliedReportingOverflow(by: share.denominator)
    precondition(!scaled.overflow, "a share of more than 19 digits: \(share)")
    return scaled.partialValue < share.numerator << 64
  }

  /// The first variant whose share of the weights, with all before it, lies above the number.
  func choice(among variants: [Step.Variant]) -> Step.Variant? {
    let total = variants.reduce(Number.zero) { $0 + $1.weight }
    var sum = Number.zero
    return variants.first { variant in
      sum = sum + variant.weight
      guard let share = Rational(sum) / Rational(total) else { return false }
      return Int128(numerator) * share.denominator < share.numerator << 64
    }
  }
}
