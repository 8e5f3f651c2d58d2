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
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())
  private let onReady = Mutex<(@Sendable () -> Void)?>(nil)

  /// Lets this be called once everything is up; to be said before anything is.
  func whenReady(_ act: @escaping @Sendable () -> Void) {
    onReady.withLock { $0 = act }
  }

  /// Notes that a part is up; with the last one the daemon is ready.
  func reached(_ part: Part) {
    let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
      guard state.missing.remove(part) != nil, state.missing.isEmpty else { return nil }
      defer { state.waiters = [] }
      return state.waiters
    }
    guard let waiters else { return }
    let act = onReady.withLock { $0.take() }
    act?()
    for waiter in waiters { waiter.resume() }
  }

  /// Waits until everything is up, or the end has begun.
  func wait() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if !state.missing.isEmpty, !state.isStopping { state.waiters.append(continuation) }
        return state.missing.isEmpty || state.isStopping
      }
      if isOver { continuation.resume() }
    }
  }

  /// Notes that the end has begun.
  func stop() {
    let waiters = state.withLock { state in
      state.isStopping = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Whether everything is up and nothing ends.
  var isReady: Bool { state.withLock { $0.missing.isEmpty && !$0.isStopping } }
}
