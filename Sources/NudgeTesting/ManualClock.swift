public import NudgeCore
import Synchronization

/// A clock that stands still until a test moves it.
///
/// A class, since the test moves the same clock that the tested code reads.
public final class ManualClock: WallClock {
  private struct Sleeper {
    let until: Timestamp
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now: Timestamp
    var sleepers: [Int: Sleeper] = [:]
    var nextSleeper = 0
  }

  private let state: Mutex<State>

  /// A clock that stands at this instant.
  public init(now: Timestamp) {
    state = Mutex(State(now: now))
  }

  /// Where it stands.
  public var now: Timestamp { state.withLock { $0.now } }

  /// Waits until the clock has been moved to this instant.
  ///
  /// - Throws: `CancellationError` when the task is cancelled first.
  public func sleep(until instant: Timestamp) async throws {
    let id = state.withLock { state in
      state.nextSleeper += 1
      return state.nextSleeper
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { enter($0, until: instant, as: id) }
    } onCancel: {
      leave(id)
    }
  }

  /// Moves the clock, never back, and wakes whom it passes.
  public func advance(to instant: Timestamp) {
    let woken = state.withLock { state in
      state.now = max(state.now, instant)
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }

  /// The instants that somebody waits for.
  public var awaited: Set<Timestamp> {
    state.withLock { Set($0.sleepers.values.map(\.until)) }
  }

  /// Moves the clock by so much.
  public func advance(by duration: Duration) {
    advance(to: now + duration)
  }

  private func enter(
    _ continuation: CheckedContinuation<Void, any Error>,
    until instant: Timestamp,
    as id: Int
  ) {
    let mustWait = state.withLock { state in
      guard state.now < instant, !Task.isCancelled else { return false }
      state.sleepers[id] = Sleeper(until: instant, continuation: continuation)
      return true
    }
    if !mustWait {
      continuation.resume(with: Task.isCancelled ? .failure(CancellationError()) : .success(()))
    } else if Task.isCancelled {
      // The handler may have run before the sleeper was there.
      leave(id)
    }
  }

  private func leave(_ id: Int) {
    let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
    sleeper?.continuation.resume(throwing: CancellationError())
  }
}
