import Synchronization

/// Counts off what must be up before the daemon is ready.
///
/// A class, since several services share it; a mutex guards what is small.
final class Readiness: Sendable {
  /// What must be up.
  enum Part: Hashable, CaseIterable {
    /// The first look at what is due is done.
    case deciding
    case listening
    case control
  }

  private struct State {
    var missing: Set<Part> = Set(Part.allCases)
    var isStopping = false
  }

  private let state = Mutex(State())
  private let onReady: @Sendable () -> Void

  init(onReady: @escaping @Sendable () -> Void) {
    self.onReady = onReady
  }

  /// Notes that a part is up; with the last one the daemon is ready.
  func reached(_ part: Part) {
    let isReady = state.withLock { state in
      state.missing.remove(part) != nil && state.missing.isEmpty
    }
    if isReady { onReady() }
  }

  /// Notes that the end has begun.
  func stop() { state.withLock { $0.isStopping = true } }

  /// Whether everything is up and nothing ends.
  var isReady: Bool { state.withLock { $0.missing.isEmpty && !$0.isStopping } }
}
