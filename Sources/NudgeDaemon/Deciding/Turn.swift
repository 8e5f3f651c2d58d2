import Synchronization

/// Something that only one may do at a time; others are turned away, and may wait for its end.
///
/// A class, since those who do it and those who wait share it; a mutex guards what is small.
final class Turn: Sendable {
  private struct State {
    var isTaken = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())

  /// Takes the turn; `false` while somebody has it.
  func begin() -> Bool {
    state.withLock { state in
      defer { state.isTaken = true }
      return !state.isTaken
    }
  }

  /// Gives the turn back.
  func end() {
    let waiters = state.withLock { state in
      defer { state.waiters = [] }
      state.isTaken = false
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Waits until nobody has the turn; at once when nobody has it now.
  func ended() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        if state.isTaken { state.waiters.append(continuation) }
        return !state.isTaken
      }
      if isFree { continuation.resume() }
    }
  }
}
