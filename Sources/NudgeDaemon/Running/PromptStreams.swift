import NudgeCore
import NudgeStore
import Synchronization

/// The clients that read somebody's prompts as they come, each with a bell of its own.
///
/// A class, since requests join and the writer rings; a mutex guards what is small.
final class PromptStreams: Sendable {
  /// One client's place.
  struct Seat: Sendable {
    let number: Int
    /// Rings when there may be something new, and ends with the daemon.
    ///
    /// Many rings before a look are one.
    let bell: AsyncStream<Void>
  }

  private struct State {
    var seats: [Int: (subject: SubjectID, ringer: AsyncStream<Void>.Continuation)] = [:]
    var next = 0
    var isStopping = false
  }

  private let state = Mutex(State())

  /// A place at somebody's inbox; `nil` when all are taken, or at the end.
  func join(_ subject: SubjectID) -> Seat? {
    state.withLock { state in
      guard !state.isStopping, state.seats.count < Limits.promptStreams else { return nil }
      let (bell, ringer) = AsyncStream.makeStream(
        of: Void.self,
        bufferingPolicy: .bufferingNewest(1)
      )
      ringer.yield()
      state.next += 1
      state.seats[state.next] = (subject, ringer)
      return Seat(number: state.next, bell: bell)
    }
  }

  /// Gives a place back.
  func leave(_ seat: Seat) {
    state.withLock { _ = $0.seats.removeValue(forKey: seat.number) }
  }

  /// Says that there may be something new for these.
  func ring(_ subjects: Set<SubjectID>) {
    state.withLock { state in
      for seat in state.seats.values where subjects.contains(seat.subject) { seat.ringer.yield() }
    }
  }

  /// Says that there may be something new for anybody, and lets the connections show that they live.
  func ringAll() {
    state.withLock { state in
      for seat in state.seats.values { seat.ringer.yield() }
    }
  }

  /// Rings for those who got a prompt in a transaction.
  func ring(for processed: Processed, in inboxes: Set<String>) {
    let prompts = processed.interventions.filter { inboxes.contains($0.channel) }
    guard !prompts.isEmpty else { return }
    let recipients = Dictionary(processed.decisions.map { ($0.id, $0.to) }) { first, _ in first }
    // What was gathered was decided in transactions before this one.
    guard prompts.allSatisfy({ recipients[$0.id] != nil }) else { return ringAll() }
    ring(Set(prompts.compactMap { recipients[$0.id] ?? nil }))
  }

  /// Ends all streams, and lets nobody in any more.
  func stop() {
    state.withLock { state in
      state.isStopping = true
      for seat in state.seats.values { seat.ringer.finish() }
    }
  }
}
