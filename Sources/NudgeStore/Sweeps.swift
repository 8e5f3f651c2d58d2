import NudgeCore
import Synchronization

/// Remembers when each outbox was last searched for what has lost its meaning.
///
/// A class, since every transaction of the store asks the same one; a mutex guards the map.
final class Sweeps: Sendable {
  private let last = Mutex<[String: Timestamp]>([:])

  /// Whether it is time to search; then it counts as done.
  ///
  /// A clock that was set back makes it time.
  func isDue(_ channel: String, now: Timestamp) -> Bool {
    last.withLock { last in
      let milliseconds = last[channel].map { now.milliseconds(since: $0) }
      if let milliseconds, (0..<Limits.millisecondsBetweenSweeps).contains(milliseconds) {
        return false
      }
      last[channel] = now
      return true
    }
  }
}
