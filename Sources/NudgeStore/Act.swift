public import NudgeCore

/// What an operator or the daemon itself did, in its place among the events.
public struct Act: Hashable, Sendable {
  /// The acts that decide, or say when deciding began and ended; others are kept and change nothing here.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A rule set began to decide; the detail is its row.
    case deployed
    /// The daemon started; it decides nothing yet.
    case started
    /// What became due while nothing ran is decided, at that instant; from here on timers are decided in time.
    case caughtUp = "caught-up"
    /// Everything due by that instant is decided, and nothing later.
    case stopped
  }

  /// Counted from 1.
  public let sequence: Int64
  /// When it took effect.
  public let at: Timestamp
  /// What was done; a ``Kind`` or another's word.
  public let kind: String
  /// What belongs to it.
  public let detail: String
  /// The last event before it; 0 before all events, `nil` when an older program noted it.
  public let afterEvent: Int64?
}
