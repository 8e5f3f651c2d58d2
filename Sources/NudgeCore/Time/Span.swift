/// A length of time as rule files write it: clock time, or calendar days in somebody's zone.
public enum Span: Hashable, Sendable {
  /// Exact elapsed time, in milliseconds: `90m`, `48h`.
  case clock(milliseconds: Int64)
  /// Local calendar days: `7 days`, `2 weeks` (14 days).
  case calendar(days: Int)
}

extension Span: CustomStringConvertible {
  /// The span in the form that rule files use: `48h`, `1h30m`, `7 days`.
  public var description: String {
    switch self {
    case .calendar(let days): days == 1 ? "1 day" : "\(days) days"
    case .clock(let milliseconds): Span.clockText(milliseconds: milliseconds)
    }
  }

  /// Elapsed time as hours, minutes and seconds, zero parts left out: `26h`, `1h30m`, `45s`.
  public static func clockText(milliseconds: Int64) -> String {
    let seconds = milliseconds / 1000
    let parts = [(seconds / 3600, "h"), (seconds % 3600 / 60, "m"), (seconds % 60, "s")]
    let text = parts.filter { $0.0 != 0 }.map { "\($0.0)\($0.1)" }.joined()
    return text.isEmpty ? "0s" : text
  }
}

/// A wall-clock time of day, to the minute.
public struct LocalTime: Hashable, Comparable, Sendable {
  /// Minutes since local midnight, 0 ..< 1440.
  public let minuteOfDay: Int

  /// The time this many minutes after midnight; `nil` outside 0 ..< 1440.
  public init?(minuteOfDay: Int) {
    guard (0..<1440).contains(minuteOfDay) else { return nil }
    self.minuteOfDay = minuteOfDay
  }

  private init(unchecked minuteOfDay: Int) {
    self.minuteOfDay = minuteOfDay
  }

  /// The beginning of the day, 00:00.
  public static let midnight = LocalTime(unchecked: 0)

  /// Whether the left time comes earlier in the day.
  public static func < (left: LocalTime, right: LocalTime) -> Bool {
    left.minuteOfDay < right.minuteOfDay
  }
}

extension LocalTime: CustomStringConvertible {
  /// The time as `09:00`.
  public var description: String {
    "\((minuteOfDay / 60).padded(to: 2)):\((minuteOfDay % 60).padded(to: 2))"
  }

  /// The time that `09:00` names; `nil` for any other form.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
      let hour = bytes[0..<2].decimalDigits, let minute = bytes[3..<5].decimalDigits,
      hour < 24, minute < 60
    else { return nil }
    self.minuteOfDay = hour * 60 + minute
  }
}

/// The part of a local day in which no message is sent.
///
/// It runs from the instant `from` of one date up to, not including, the next instant `to`, each
/// resolved like a step's `at:`; equal ends mean none (`semantics.md`, ruling 8).
public struct QuietHours: Hashable, Sendable {
  /// When silence begins.
  public let from: LocalTime
  /// When it ends; earlier than `from` when it passes midnight.
  public let to: LocalTime

  /// Silence from one time of day to another.
  public init(from: LocalTime, to: LocalTime) {
    self.from = from
    self.to = to
  }
}
