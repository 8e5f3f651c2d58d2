import NudgeCore
import NudgeStore
import Synchronization

/// Reads what changes from moment to moment, and hands it out again for a moment: many may ask, few questions reach
/// the database.
///
/// A class, since those who ask share what was read.
final class GaugeReader: Sendable {
  private let store: Store
  private let last = Mutex<(gauges: Gauges, until: ContinuousClock.Instant)?>(nil)

  init(_ store: Store) {
    self.store = store
  }

  /// What was read within the last moment, or is read now.
  func current(at now: Timestamp) throws -> Gauges {
    if let known = last.withLock({ $0 }), known.until > .now { return known.gauges }
    let gauges = try store.gauges(at: now)
    last.withLock { $0 = (gauges, .now + Limits.gaugesAge) }
    return gauges
  }

  /// Forgets what was read, so that the next one who asks sees what has just been changed.
  func forget() { last.withLock { $0 = nil } }
}
