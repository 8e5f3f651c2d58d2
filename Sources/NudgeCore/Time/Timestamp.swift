/// An instant, as whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Finer fractions are cut off, never rounded (`semantics.md`, ruling 1).
public struct Timestamp: Hashable, Comparable, Sendable {
  /// The instant, in milliseconds since the Unix epoch; negative before 1970.
  public let millisecondsSinceEpoch: Int64

  /// The instant that lies this many milliseconds after the Unix epoch.
  @inlinable
  public init(millisecondsSinceEpoch: Int64) {
    self.millisecondsSinceEpoch = millisecondsSinceEpoch
  }

  /// Before everything that happens.
  public static let distantPast = Timestamp(millisecondsSinceEpoch: Int64.min / 4)

  /// After everything that happens: the `until` of what no passing of time can change.
  public static let never = Timestamp(millisecondsSinceEpoch: Int64.max / 4)

  /// Whether the left instant is earlier.
  @inlinable
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
  }

  /// The instant this many milliseconds later; `never` and `distantPast` stay what they are.
  @inlinable
  public func adding(milliseconds: Int64) -> Timestamp {
    if self == .never || self == .distantPast { return self }
    return Timestamp(millisecondsSinceEpoch: millisecondsSinceEpoch + milliseconds)
  }

  /// The whole milliseconds from `earlier` to this instant; negative if it lies after it.
  @inlinable
  public func milliseconds(since earlier: Timestamp) -> Int64 {
    millisecondsSinceEpoch - earlier.millisecondsSinceEpoch
  }

  /// The instant a duration later, its part below a millisecond cut off.
  @inlinable
  public static func + (instant: Timestamp, duration: Duration) -> Timestamp {
    instant.adding(milliseconds: duration.wholeMilliseconds)
  }

  /// The instant a duration earlier, its part below a millisecond cut off.
  @inlinable
  public static func - (instant: Timestamp, duration: Duration) -> Timestamp {
    instant.adding(milliseconds: -duration.wholeMilliseconds)
  }

  /// The time from the right instant to the left; negative if the left is earlier.
  @inlinable
  public static func - (later: Timestamp, earlier: Timestamp) -> Duration {
    .milliseconds(later.milliseconds(since: earlier))
  }
}

extension Duration {
  /// This duration in milliseconds, what is finer cut off.
  @inlinable
  public var wholeMilliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
