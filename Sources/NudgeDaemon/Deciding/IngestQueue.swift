import NudgeCore
import NudgeWeb
import NudgeWire
import Synchronization

/// What waits for the one writer: batches of events with somebody who wants to know that they are durable,
/// and tasks that must run between two transactions.
///
/// A class, since senders and the writer share it; a mutex guards what is small.
final class IngestQueue: IngestSink {
  /// A batch with its sender.
  struct Submission: Sendable {
    let batch: WireBatch
    let answer: CheckedContinuation<IngestAnswer, Never>
  }

  /// What the writer takes at once.
  struct Work: Sendable {
    var submissions: [Submission] = []
    var tasks: [@Sendable () async -> Void] = []
    /// What shows that the writer lives; it changes nothing that is decided by.
    var beats: [@Sendable () async -> Void] = []
    /// Whether nothing more will come.
    var isLast = false

    var isEmpty: Bool { submissions.isEmpty && tasks.isEmpty && !isLast }
  }

  private struct State {
    var submissions: [Submission] = []
    var waitingEvents = 0
    var tasks: [@Sendable () async -> Void] = []
    var beats: [@Sendable () async -> Void] = []
    var isStopping = false
    var isClosed = false
    /// Whether somebody rang while nobody waited.
    var isRung = false
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func take(_ batch: WireBatch, receivedAt: Timestamp) async -> IngestAnswer {
    await withCheckedContinuation { continuation in
      let refused = state.withLock { state -> IngestAnswer? in
        if state.isStopping { return .stopping }
        let count = max(1, batch.events.count + batch.rejections.count)
        guard state.waitingEvents + count <= Limits.waitingEvents || state.waitingEvents == 0 else {
          return .overCapacity(retryAfterSeconds: 1)
        }
        state.waitingEvents += count
        state.submissions.append(Submission(batch: batch, answer: continuation))
        return nil
      }
      if let refused { continuation.resume(returning: refused) } else { ring() }
    }
  }

  /// Runs a task between two transactions of the writer; `false`: there is no writer any more.
  @discardableResult
  func run(_ task: @escaping @Sendable () async -> Void) -> Bool {
    let isTaken = state.withLock { state in
      if !state.isClosed { state.tasks.append(task) }
      return !state.isClosed
    }
    ring()
    return isTaken
  }

  /// Runs between two transactions what shows that the writer lives, without letting it decide anything.
  func beat(_ task: @escaping @Sendable () async -> Void) {
    state.withLock { state in
      if !state.isClosed { state.beats.append(task) }
    }
    ring()
  }

  /// Refuses what comes from now on; what waits is still done.
  func stop() {
    state.withLock { $0.isStopping = true }
    ring()
  }

  /// Sends away whoever waits, since nobody takes anything any more; the tasks that wait are for the caller to run.
  func close() -> [@Sendable () async -> Void] {
    let (submissions, tasks) = state.withLock { state in
      defer {
        state.submissions = []
        state.tasks = []
        state.beats = []
        state.waitingEvents = 0
      }
      state.isStopping = true
      state.isClosed = true
      return (state.submissions, state.tasks)
    }
    for submission in submissions { submission.answer.resume(returning: .stopping) }
    return tasks
  }

  /// How many events wait.
  var depth: Int { state.withLock { $0.waitingEvents } }

  /// Wakes the writer.
  func ring() {
    state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard let waiter = state.waiter else {
        state.isRung = true
        return nil
      }
      state.waiter = nil
      return waiter
    }?.resume()
  }

  /// Waits until there is work, `ring` was called, or an instant has come.
  func wait(until instant: Timestamp, by clock: any WallClock) async {
    await withTaskGroup { group in
      group.addTask {
        // Cancelled when something came first: a ring now would end the next wait, and so on for ever.
        guard (try? await clock.sleep(until: instant)) != nil else { return }
        self.ring()
      }
      await wait()
      group.cancelAll()
    }
  }

  /// Whether the next wait ends at once although no work is there.
  var isRung: Bool { state.withLock { $0.isRung } }

  private func wait() async {
    await withCheckedContinuation { continuation in
      let isReady = state.withLock { state -> Bool in
        let isReady =
          state.isRung || !state.submissions.isEmpty || !state.tasks.isEmpty
          || !state.beats.isEmpty || state.isStopping
        state.isRung = false
        if !isReady { state.waiter = continuation }
        return isReady
      }
      if isReady { continuation.resume() }
    }
  }

  /// Takes whole submissions from the front, up to the bound of one transaction, and all tasks.
  func next() -> Work {
    state.withLock { state in
      var work = Work()
      var events = 0
      while let first = state.submissions.first,
        events == 0 || events + first.batch.events.count <= Limits.eventsPerTransaction
      {
        events += first.batch.events.count
        state.waitingEvents -= max(1, first.batch.events.count + first.batch.rejections.count)
        work.submissions.append(state.submissions.removeFirst())
      }
      work.tasks = state.tasks
      state.tasks = []
      work.beats = state.beats
      state.beats = []
      work.isLast = state.isStopping && state.submissions.isEmpty
      return work
    }
  }
}
