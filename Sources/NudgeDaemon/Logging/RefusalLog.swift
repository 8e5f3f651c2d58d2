import Logging
import NudgeCore
import NudgeWeb
import Synchronization

/// Tells of requests that were refused for their key: the first at once, then how many there were, once a minute.
///
/// A class, since all connections write it; a mutex guards what is small.
final class RefusalLog: Sendable {
  private struct State {
    var counts: [Int: Int] = [:]
    var quietUntil = Timestamp.distantPast
  }

  private let clock: any WallClock
  private let logger: Logger
  private let state = Mutex(State())

  init(clock: any WallClock, logger: Logger) {
    self.clock = clock
    self.logger = logger
  }

  /// Takes note of an answer.
  func note(status: Int) {
    guard [401, 403, 429].contains(status) else { return }
    let now = clock.now
    let told = state.withLock { state -> [Int: Int] in
      state.counts[status, default: 0] += 1
      guard now >= state.quietUntil else { return [:] }
      defer { state.counts = [:] }
      state.quietUntil = now + Limits.betweenRefusals
      return state.counts
    }
    for (status, count) in told.sorted(by: { $0.key < $1.key }) {
      logger.warning("requests refused for their key", [.status: "\(status)", .count: "\(count)"])
    }
  }
}
