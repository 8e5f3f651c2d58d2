/// A decimal number, kept exactly up to 38 digits: 1, 1.0 and 1e0 are the same, 0.1 is one tenth.
///
/// Digits past the 38th are cut off, and exponents beyond ±999 read as zero or as the largest
/// magnitude, so that no JSON number is refused.
public struct Number: Hashable, Sendable {
  /// The digits, without trailing zeros.
  let mantissa: Int128
  /// The power of ten that they are multiplied by; 0 for zero.
  let exponent: Int

  init(mantissa: Int128, exponent: Int) {
    var mantissa = mantissa
    var exponent = exponent
    if mantissa == 0 {
      exponent = 0
    } else {
      while mantissa % 10 == 0 {
        mantissa /= 10
        exponent += 1
      }
    }
    self.mantissa = mantissa
    self.exponent = exponent
  }

  /// A whole number.
  public init(_ value: some BinaryInteger) {
    self.init(mantissa: Int128(value), exponent: 0)
  }

  /// Nothing.
  public static let zero = Number(mantissa: 0, exponent: 0)

  /// The number that this text writes in JSON's grammar; `nil` for anything else.
  public init?(json text: some Collection<UInt8>) {
    var scanner = NumberScanner(bytes: Array(text))
    guard let parts = scanner.scan() else { return nil }
    self.init(mantissa: parts.mantissa, exponent: parts.exponent)
  }

  /// The number that this text writes in JSON's grammar; `nil` for anything else.
  public init?(_ text: String) {
    self.init(json: text.utf8)
  }

  /// Whether it lies below zero.
  public var isNegative: Bool { mantissa < 0 }

  /// The number as a whole one; `nil` if it has a fraction or does not fit.
  public var whole: Int? {
    guard exponent >= 0, exponent <= 18, let power = Number.powerOfTen(exponent) else { return nil }
    let product = mantissa.multipliedReportingOverflow(by: power)
    return product.overflow ? nil : Int(exactly: product.partialValue)
  }

  /// The nearest binary fraction, for charts and hashes' shares.
  public var approximate: Double {
    Double(description) ?? 0
  }

  /// Ten to this power; `nil` below 0 and beyond what 128 bits hold.
  static func powerOfTen(_ power: Int) -> Int128? {
    guard (0...38).contains(power) else { return nil }
    var result: Int128 = 1
    for _ in 0..<power { result *= 10 }
    return result
  }
}

extension Number: Comparable {
  /// Whether the left number is smaller.
  public static func < (left: Number, right: Number) -> Bool {
    if left.exponent == right.exponent { return left.mantissa < right.mantissa }
    if let (first, second) = aligned(left, right) { return first < second }
    // Too far apart for one scale: the sign or the magnitude tells.
    if (left.mantissa < 0) != (right.mantissa < 0) { return left.mantissa < right.mantissa }
    if left.mantissa == 0 || right.mantissa == 0 { return left.mantissa < right.mantissa }
    let isSmaller = left.magnitudeOrder < right.magnitudeOrder
    return left.mantissa < 0 ? !isSmaller : isSmaller
  }

  private var magnitudeOrder: Int {
    String(mantissa.magnitude).count + exponent
  }

  /// Both mantissas at the smaller exponent; `nil` when one does not fit.
  static func aligned(_ left: Number, _ right: Number) -> (Int128, Int128)? {
    let exponent = min(left.exponent, right.exponent)
    guard let first = left.scaled(to: exponent), let second = right.scaled(to: exponent) else {
      return nil
    }
    return (first, second)
  }

  private func scaled(to lower: Int) -> Int128? {
    guard let power = Number.powerOfTen(exponent - lower) else { return nil }
    let product = mantissa.multipliedReportingOverflow(by: power)
    return product.overflow ? nil : product.partialValue
  }

  /// The sum, exact while 38 digits hold it; beyond that the larger one.
  public static func + (left: Number, right: Number) -> Number {
    guard let (first, second) = aligned(left, right) else {
      return left.magnitudeOrder > right.magnitudeOrder ? left : right
    }
    let sum = first.addingReportingOverflow(second)
    if sum.overflow { return left.magnitudeOrder > right.magnitudeOrder ? left : right }
    return Number(mantissa: sum.partialValue, exponent: min(left.exponent, right.exponent))
  }
}

extension Number: CustomStringConvertible {
  /// The number in JSON's grammar, without an exponent while it has at most 38 digits.
  public var description: String {
    let digits = String(mantissa.magnitude)
    let sign = mantissa < 0 ? "-" : ""
    if exponent >= 0 {
      guard digits.count + exponent <= 38 else { return "\(sign)\(digits)e\(exponent)" }
      return sign + digits + String(repeating: "0", count: exponent)
    }
    let decimals = -exponent
    guard decimals <= 38 else { return "\(sign)\(digits)e\(exponent)" }
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }
}

/// Reads one JSON number from the first to the last byte.
private struct NumberScanner {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func scan() -> (mantissa: Int128, exponent: Int)? {
    let isNegative = take(UInt8(ascii: "-"))
    var digits = Digits()
    guard scanWhole(into: &digits), scanFraction(into: &digits), let power = scanExponent(),
      position == bytes.count
    else { return nil }
    let exponent = digits.exponent + power
    if exponent < -999 { return (0, 0) }
    return (isNegative ? -digits.mantissa : digits.mantissa, min(exponent, 999))
  }

  private mutating func scanWhole(into digits: inout Digits) -> Bool {
    if take(UInt8(ascii: "0")) { return true }
    return scanDigits { digits.append($0, isFraction: false) }
  }

  private mutating func scanFraction(into digits: inout Digits) -> Bool {
    guard take(UInt8(ascii: ".")) else { return true }
    return scanDigits { digits.append($0, isFraction: true) }
  }

  private mutating func scanExponent() -> Int? {
    guard take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) else { return 0 }
    let isNegative = take(UInt8(ascii: "-"))
    if !isNegative { _ = take(UInt8(ascii: "+")) }
    var value = 0
    guard scanDigits({ value = min(value * 10 + Int($0), 100_000) }) else { return nil }
    return isNegative ? -value : value
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func scanDigits(_ use: (UInt8) -> Void) -> Bool {
    let begin = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      use(bytes[position] - 0x30)
      position += 1
    }
    return position > begin
  }

  struct Digits {
    var mantissa: Int128 = 0
    var exponent = 0
    var count = 0

    mutating func append(_ digit: UInt8, isFraction: Bool) {
      if count >= 38 {
        if !isFraction { exponent += 1 }
        return
      }
      mantissa = mantissa * 10 + Int128(digit)
      if mantissa != 0 { count += 1 }
      if isFraction { exponent -= 1 }
    }
  }
}
