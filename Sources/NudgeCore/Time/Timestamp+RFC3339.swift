extension Timestamp {
  /// The instant that RFC 3339 text names, as in `2026-03-09T09:00:00.1239-04:00`; `nil` for any other form.
  ///
  /// `t`, `z` and a space for the `T` are read as the RFC allows; fractions are cut to milliseconds, and
  /// a leap second is the first second of the next minute.
  public init?(rfc3339 text: some StringProtocol) {
    var text = String(text)
    let instant = text.withUTF8 { Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }
    guard let instant else { return nil }
    self = instant
  }

  /// The instant that these bytes of RFC 3339 text name; `nil` for any other form.
  public init?(rfc3339 bytes: UnsafeRawBufferPointer) {
    var scanner = RFC3339Scanner(bytes: bytes)
    guard let date = scanner.date(), let milliseconds = scanner.time(),
      let offset = scanner.offset(), scanner.isAtEnd
    else { return nil }
    self.init(
      millisecondsSinceEpoch: Int64(
        date.daysSinceEpoch * 86_400_000 + milliseconds - offset * 60_000
      )
    )
  }

  /// The instant in UTC as every interface of ours writes it: `2026-03-09T13:00:00.000Z`.
  public var rfc3339: String {
    String(unsafeUninitializedCapacity: 32) { buffer in
      let bytes = rfc3339Bytes
      _ = buffer.initialize(fromContentsOf: bytes)
      return bytes.count
    }
  }

  /// The ASCII bytes of `rfc3339`.
  public var rfc3339Bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(24)
    let days = Int(millisecondsSinceEpoch.floorDivided(by: 86_400_000))
    let milliseconds = Int(millisecondsSinceEpoch - Int64(days) * 86_400_000)
    let parts = LocalDate(daysSinceEpoch: days).civil
    bytes.append(digits: parts.year, width: 4)
    bytes.append("-", digits: parts.month, width: 2)
    bytes.append("-", digits: parts.day, width: 2)
    bytes.append("T", digits: milliseconds / 3_600_000, width: 2)
    bytes.append(":", digits: milliseconds / 60_000 % 60, width: 2)
    bytes.append(":", digits: milliseconds / 1000 % 60, width: 2)
    bytes.append(".", digits: milliseconds % 1000, width: 3)
    bytes.append(UInt8(ascii: "Z"))
    return bytes
  }

  /// The instant as people of a zone read it, to the minute: `Mon 2026-03-09 09:00 EDT`.
  public func text(in zone: Zone) -> String {
    let date = zone.date(at: self)
    let minute = zone.minuteOfDay(at: self)
    let clock = "\((minute / 60).padded(to: 2)):\((minute % 60).padded(to: 2))"
    return "\(date.weekday.shortName) \(date) \(clock) \(zone.abbreviation(at: self))"
  }
}

extension Timestamp: CustomStringConvertible {
  /// The instant in RFC 3339, or the word for one of the two ends of time.
  public var description: String {
    switch self {
    case .never: "never"
    case .distantPast: "distant past"
    default: rfc3339
    }
  }
}

extension [UInt8] {
  /// Adds a separator and a number with zeros in front up to a width.
  fileprivate mutating func append(_ separator: Unicode.Scalar, digits value: Int, width: Int) {
    append(UInt8(ascii: separator))
    append(digits: value, width: width)
  }

  fileprivate mutating func append(digits value: Int, width: Int) {
    guard value >= 0, value < 10_000 else {
      append(contentsOf: value.padded(to: width).utf8)
      return
    }
    var divisor = width == 4 ? 1000 : width == 3 ? 100 : 10
    while divisor > 0 {
      append(UInt8(truncatingIfNeeded: 0x30 + value / divisor % 10))
      divisor /= 10
    }
  }
}

/// Reads RFC 3339, section 5.6, from the left.
private struct RFC3339Scanner {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { position == bytes.count }

  mutating func date() -> LocalDate? {
    guard let year = number(digits: 4), take(0x2D), let month = number(digits: 2), take(0x2D),
      let day = number(digits: 2)
    else { return nil }
    return LocalDate(year: year, month: month, day: day)
  }

  /// The separator and the time of day, in milliseconds.
  mutating func time() -> Int? {
    guard take(0x54) || take(0x74) || take(0x20), let hour = number(digits: 2), take(0x3A),
      let minute = number(digits: 2), take(0x3A), let second = number(digits: 2),
      hour < 24, minute < 60, second <= 60, let fraction = fraction()
    else { return nil }
    return ((hour * 60 + minute) * 60 + second) * 1000 + fraction
  }

  /// The offset east of UTC, in minutes.
  mutating func offset() -> Int? {
    if take(0x5A) || take(0x7A) { return 0 }
    let isWest = take(0x2D)
    guard isWest || take(0x2B), let hours = number(digits: 2), take(0x3A),
      let minutes = number(digits: 2), hours < 24, minutes < 60
    else { return nil }
    return isWest ? -(hours * 60 + minutes) : hours * 60 + minutes
  }

  /// The milliseconds behind the point; 0 without one, `nil` for a point without digits.
  private mutating func fraction() -> Int? {
    guard take(0x2E) else { return 0 }
    let start = position
    var milliseconds = 0
    var unit = 100
    while let digit {
      milliseconds += digit * unit
      unit /= 10
      position += 1
    }
    return position > start ? milliseconds : nil
  }

  private var digit: Int? {
    guard position < bytes.count, (0x30...0x39).contains(bytes[position]) else { return nil }
    return Int(bytes[position]) - 0x30
  }

  private mutating func number(digits count: Int) -> Int? {
    var value = 0
    for _ in 0..<count {
      guard let digit else { return nil }
      value = value * 10 + digit
      position += 1
    }
    return value
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }
}
