import Logging
import NudgeCore
import NudgeDelivery
import NudgeStore
import Synchronization

/// What was done since the last summary.
///
/// A class, since the writer and the dispatcher's workers count what the reporter sums up.
final class MinuteTally: Sendable {
  private struct Counts {
    var events = 0
    var rejected = 0
    var decisions = 0
    var sent = 0
    var deliveries = 0
    var failures = 0
    var timers = 0

    var isEmpty: Bool {
      [events, rejected, decisions, deliveries, failures, timers].allSatisfy { $0 == 0 }
    }
  }

  private let counts = Mutex(Counts())

  /// Counts a transaction.
  func note(_ report: DecisionLoop.Report) {
    let processed = report.processed
    let sent = processed.decisions.count { $0.outcome == .sent }
    counts.withLock { counts in
      counts.events += processed.taken.values.reduce(0, +)
      counts.rejected += report.rejected
      counts.decisions += processed.decisions.count
      counts.sent += sent
      counts.timers += processed.timers
    }
  }

  /// Counts what became of deliveries.
  func note(_ report: DispatchReport) {
    counts.withLock { counts in
      switch report {
      case .attempted(_, _, .delivered, _): counts.deliveries += 1
      case .attempted(_, _, .retried, _), .attempted(_, _, .expired, _), .attempted(_, _, .died, _):
        counts.failures += 1
      // Whoever has unsubscribed, or sleeps, is no failure of the outbox.
      case .attempted(_, _, .cancelled, _), .attempted(_, _, .released, _): break
      case .written(_, let lines): counts.deliveries += lines
      case .paused, .disabled, .breaker, .alarm, .fileFailed: break
      }
    }
  }

  /// The facts since the last call; `nil` when nothing was done.
  func take() -> LogFacts? {
    let taken = counts.withLock { counts in
      defer { counts = Counts() }
      return counts
    }
    guard !taken.isEmpty else { return nil }
    return [
      .events: "\(taken.events)", .rejected: "\(taken.rejected)", .timers: "\(taken.timers)",
      .decisions: "\(taken.decisions)", .sent: "\(taken.sent)",
      .deliveries: "\(taken.deliveries)", .failures: "\(taken.failures)",
    ]
  }
}
