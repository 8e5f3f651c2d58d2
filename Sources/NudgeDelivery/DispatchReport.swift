public import NudgeCore

/// What the dispatcher tells the daemon, to be logged and counted.
public enum DispatchReport: Hashable, Sendable {
  /// An attempt has ended, and is settled as this.
  case attempted(channel: String, id: String, outcome: Delivery.Outcome, answer: String)
  /// Lines are on disk and settled.
  case written(channel: String, lines: Int)
  /// The receiver asked for a pause.
  case paused(channel: String, until: Timestamp)
  /// The receiver said that it is gone.
  case disabled(channel: String)
  /// The breaker opened, or closed again.
  case breaker(channel: String, isOpen: Bool)
  /// Somebody edited the file; a new segment was begun.
  case alarm(channel: String, FileOutbox.Alarm)
  /// The disk refused; it is tried again at this instant.
  case fileFailed(channel: String, error: String, retryAt: Timestamp)
}
