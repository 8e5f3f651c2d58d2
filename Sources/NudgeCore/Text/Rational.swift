/// An exact fraction, so that a score of exactly one half is never missed.
///
/// 128 bits hold every score of sane weights; where they do not, the value is rounded to 18 decimals first.
struct Rational: Hashable, Sendable {
  let numerator: Int128
  /// Above zero.
  let denominator: Int128

  init(_ numerator: Int128, over denominator: Int128 = 1) {
    precondition(denominator != 0, "a fraction over zero: \(numerator)")
    if denominator == 1 {
      self.numerator = numerator
      self.denominator = 1
      return
    }
    let divisor = Rational.greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
    let sign: Int128 = denominator < 0 ? -1 : 1
    self.numerator = sign * numerator / Int128(divisor)
    self.denominator = sign * denominator / Int128(divisor)
  }

  init(_ number: Number) {
    if number.exponent >= 0 {
      let power = Number.powerOfTen(min(number.exponent, 18)) ?? 1
      self.init(number.mantissa.multipliedReportingOverflow(by: power).partialValue)
    } else {
      self.init(number.mantissa, over: Number.powerOfTen(min(-number.exponent, 38)) ?? 1)
    }
  }

  static let zero = Rational(0)

  private static func greatestCommonDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
    var (one, other) = (left, right)
    while other != 0 { (one, other) = (other, one % other) }
    return max(one, 1)
  }

  private var isSmall: Bool {
    numerator.magnitude < 1 << 62 && denominator < 1 << 62
  }

  /// The same value, rounded to 18 decimals where its parts no longer fit a product.
  private var bounded: Rational {
    if isSmall { return self }
    let scale: Int128 = 1_000_000_000
    let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    let fraction = rest / max(denominator / scale, 1)
    return Rational(whole * scale + min(max(fraction, -scale), scale), over: scale)
  }

  static func + (left: Rational, right: Rational) -> Rational {
    if left.denominator == 1, right.denominator == 1, left.isSmall, right.isSmall {
      return Rational(left.numerator + right.numerator)
    }
    let (one, other) = (left.bounded, right.bounded)
    return Rational(
      one.numerator * other.denominator + other.numerator * one.denominator,
      over: one.denominator * other.denominator
    )
  }

  static func - (left: Rational, right: Rational) -> Rational {
    left + Rational(-right.numerator, over: right.denominator)
  }

  static func * (left: Rational, right: Rational) -> Rational {
    let (one, other) = (left.bounded, right.bounded)
    return Rational(one.numerator * other.numerator, over: one.denominator * other.denominator)
  }

  /// The quotient; `nil` over zero.
  static func / (left: Rational, right: Rational) -> Rational? {
    right.numerator == 0 ? nil : left * Rational(right.denominator, over: right.numerator)
  }

  /// The nearest whole number, halves upwards.
  var roundedHalfUp: Int {
    let doubled = bounded.numerator * 2 + bounded.denominator
    let divisor = bounded.denominator * 2
    let (quotient, rest) = doubled.quotientAndRemainder(dividingBy: divisor)
    return Int(rest < 0 ? quotient - 1 : quotient)
  }
}

extension Rational: Comparable {
  static func < (left: Rational, right: Rational) -> Bool {
    let (one, other) = (left.bounded, right.bounded)
    return one.numerator * other.denominator < other.numerator * one.denominator
  }
}

extension Rational: CustomStringConvertible {
  /// The value in decimal, cut to six places half up, without trailing zeros.
  var description: String {
    let scaled = (self * Rational(1_000_000)).roundedHalfUp
    let sign = scaled < 0 ? "-" : ""
    let fraction = String(scaled.magnitude % 1_000_000)
    let padded = String(repeating: "0", count: 6 - fraction.count) + fraction
    let trimmed = String(padded.reversed().drop { $0 == "0" }.reversed())
    return "\(sign)\(scaled.magnitude / 1_000_000)" + (trimmed.isEmpty ? "" : ".\(trimmed)")
  }
}
