import Dispatch
import NudgeCore
import NudgeStore
import NudgeWeb
import NudgeWire
import ServiceLifecycle
import Synchronization

/// The one loop that reads, decides and commits: the only writer of events, progress and decisions.
///
/// It sleeps until an event comes or a timer is due. A class, since it owns the rules that decide now.
final class DecisionLoop: Service {
  /// What is told of each transaction, once it is durable.
  struct Report: Sendable {
    let processed: Processed
    let rejected: Int
    let duration: Duration
    /// How late the first timer was that it decided; zero when there was none.
    let timerLag: Duration
  }

  let store: Store
  let clock: any WallClock
  private let queue: IngestQueue
  let engine: Mutex<Engine>
  /// When the daemon started.
  private let start: Timestamp
  let filling = Mutex<FillProgress?>(nil)
  let deploying = Turn()
  let isStopping = Mutex(false)
  private let manager: ServiceManager
  private let onReady: @Sendable () async -> Void
  private let onReport: @Sendable (Report) -> Void
  /// A thread of its own: fsync must not hold up those that answer requests.
  private let writing = DispatchQueue(label: "nudged.writer")

  init(
    store: Store,
    clock: any WallClock,
    queue: IngestQueue,
    engine: Engine,
    start: Timestamp,
    manager: ServiceManager,
    onReady: @escaping @Sendable () async -> Void,
    onReport: @escaping @Sendable (Report) -> Void
  ) {
    self.store = store
    self.clock = clock
    self.queue = queue
    self.engine = Mutex(engine)
    self.start = start
    self.manager = manager
    self.onReady = onReady
    self.onReport = onReport
  }

  /// The rules that decide now.
  var current: Engine { engine.withLock { $0 } }

  func run() async throws {
    do {
      try await withGracefulShutdownHandler {
        try await decideUntilStopped()
      } onGracefulShutdown: {
        self.queue.stop()
      }
    } catch {
      await sendAway()
      throw error
    }
    await sendAway()
  }

  /// Nobody waits for a writer that has ended: the server that stops next waits for its open requests.
  private func sendAway() async {
    for task in queue.close() { await task() }
  }

  private func decideUntilStopped() async throws {
    var state = Progress(now: start)
    try await manager.extending { try await catchUp(&state) }
    await onReady()
    while true {
      let work = queue.next()
      for beat in work.beats { await beat() }
      if work.isEmpty, state.nextDue > clock.now {
        await sleep(until: state.nextDue)
        continue
      }
      do { try await decide(work, &state) } catch {
        // Who asked for them waits, and learns from them what is broken.
        for task in work.tasks { await task() }
        throw error
      }
      for task in work.tasks {
        await task()
        state.nextDue = .distantPast
      }
      // Whoever asked has an answer; after a failed write there is nothing more to do here.
      try store.checkSound()
      if work.isLast { break }
    }
    // Without room the log stays as it is.
    do { try store.checkpoint(truncating: true) } catch Store.Failure.full {}
  }

  /// Decides what became due while nobody was here.
  private func catchUp(_ state: inout Progress) async throws {
    let caughtUp = try await onWriter { try self.store.catchUp(at: self.start, by: self.current) }
    report(caughtUp, rejected: 0, since: .now)
    try await decide(IngestQueue.Work(), &state)
  }

  /// What the loop knows between two transactions.
  private struct Progress {
    /// Logical time, which never goes back.
    var now: Timestamp
    var nextDue = Timestamp.distantPast
  }

  /// Decides what is due, then the events of these submissions; answers their senders once all is durable.
  private func decide(_ work: IngestQueue.Work, _ state: inout Progress) async throws {
    guard store.hasRoom() else { return refuse(work, &state) }
    let events = work.submissions.flatMap(\.batch.events)
    let rejections = work.submissions.flatMap(\.batch.rejections)
    do {
      while true {
        state.now = max(state.now, clock.now)
        let now = state.now
        let began = ContinuousClock.now
        let processed = try await onWriter {
          try self.store.process(events, rejections: rejections, at: now, by: self.current)
        }
        state.nextDue = processed.nextDue
        report(processed, rejected: processed.hasMoreDue ? 0 : rejections.count, since: began)
        if !processed.hasMoreDue { break }
      }
    } catch {
      // A disk that is full may have room again; for anything else the next start knows what is durable.
      if store.isFull(error) { return refuse(work, &state) }
      for submission in work.submissions { submission.answer.resume(returning: .stopping) }
      throw error
    }
    for submission in work.submissions { submission.answer.resume(returning: .durable) }
  }

  /// Sends events away that have no room; what is due waits too.
  private func refuse(_ work: IngestQueue.Work, _ state: inout Progress) {
    for submission in work.submissions {
      submission.answer.resume(returning: .diskFull(retryAfterSeconds: 30))
    }
    state.nextDue = clock.now.adding(milliseconds: Limits.fullDiskPauseMilliseconds)
  }

  func report(_ processed: Processed, rejected: Int, since began: ContinuousClock.Instant) {
    onReport(
      Report(
        processed: processed,
        rejected: rejected,
        duration: ContinuousClock.now - began,
        timerLag: processed.firstDue.map { clock.now - $0 } ?? .zero
      )
    )
  }

  private func sleep(until due: Timestamp) async {
    let longest = clock.now.adding(milliseconds: Limits.longestSleepMilliseconds)
    await queue.wait(until: min(due, longest), by: clock)
  }

  private func onWriter<Value: Sendable>(
    _ body: @escaping @Sendable () throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      writing.async { continuation.resume(with: Result { try body() }) }
    }
  }

  /// Runs something on the writer between two transactions.
  func between<Value: Sendable>(
    _ body: @escaping @Sendable (Timestamp) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let isTaken = queue.run {
        do {
          let now = max(self.clock.now, try self.store.logicalNow())
          continuation.resume(returning: try await self.onWriter { try body(now) })
        } catch {
          continuation.resume(throwing: error)
        }
      }
      if !isTaken { continuation.resume(throwing: Deployment.Stopped()) }
    }
  }
}
