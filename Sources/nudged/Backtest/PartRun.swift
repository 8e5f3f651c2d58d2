import NudgeCore
import Synchronization

/// One part of the people on its way through history, by itself.
final class PartRun: Sendable {
  // Not contended: between two stretches one side uses it, in one the other.
  private let state: Mutex<State>

  private struct State {
    var rehearsal: Rehearsal
    /// What was decided and not taken away yet, in the order in which it is printed.
    var decided: [Decision] = []
  }

  /// A part in which nothing has happened; it is given no repeats.
  init(_ engine: Engine) {
    state = Mutex(State(rehearsal: Rehearsal(engine, knowsRepeats: true)))
  }

  /// Takes in events in the order of their arrival, and decides what is due by an instant.
  func run(_ events: [ArrivedEvent], through instant: Timestamp) {
    state.withLock { state in
      for event in events { state.rehearsal.take(event.event, at: event.arrival.instant) }
      state.rehearsal.advance(to: instant)
      let fresh = state.rehearsal.drain().decisions
      state.decided += fresh.sorted(by: Decision.isPrintedBefore)
    }
  }

  /// Lets go of everything.
  func forget() {
    state.withLock { $0.rehearsal = Rehearsal($0.rehearsal.engine, knowsRepeats: true) }
  }

  /// Takes the decisions away that were made before an instant.
  func decisions(before instant: Timestamp) -> ArraySlice<Decision> {
    state.withLock { state in
      let end = state.decided.firstIndex { $0.at >= instant } ?? state.decided.endIndex
      defer { state.decided.removeSubrange(..<end) }
      return state.decided[..<end]
    }
  }

  /// Everybody who is known, and the engine that decides for them.
  var everybody: (engine: Engine, world: World) {
    state.withLock { ($0.rehearsal.engine, $0.rehearsal.world) }
  }
}
