import NudgeCore

/// Writes the deliveries of one file channel: plan, write, settle, and again while anything is due.
struct FileWorker: Sendable {
  let clock: any WallClock
  let store: any DeliveryStore
  let channel: FileChannel
  let report: @Sendable (DispatchReport) -> Void
  let mailbox = Mailbox<Never>()

  /// What one look came to.
  private enum Look {
    /// A plan was written, or given up: there may be more.
    case worked
    /// Nothing is due before this instant.
    case idle(until: Timestamp?)
    /// The disk refused.
    case failed(String)
  }

  /// How long nothing is tried after the disk has refused.
  private struct Refusal {
    private(set) var until = Timestamp.distantPast
    private var wait = Limits.fileRetry

    mutating func again(at now: Timestamp) {
      until = now + wait
      wait = min(wait * 2, Limits.fileRetryLongest)
    }
  }

  /// Works until the task is cancelled.
  func run() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      var alarm = Alarm.none
      var refusal = Refusal()
      mailbox.ring()
      for await _ in mailbox.bell {
        // That there are more lines makes no room on a disk that has refused.
        let next = clock.now < refusal.until ? refusal.until : try await drain(&refusal)
        guard !Task.isCancelled else { break }
        guard let later = alarm.earlier(next, now: clock.now) else { continue }
        alarm = later
        group.addTask { await ring(at: later) }
      }
      group.cancelAll()
    }
  }

  /// Works until nothing is due, and says when to look again.
  private func drain(_ refusal: inout Refusal) async throws -> Timestamp? {
    while !Task.isCancelled {
      switch try await look() {
      case .worked:
        refusal = Refusal()
      case .idle(let until):
        let now = clock.now
        return until.map { $0 > now ? $0 : now + Limits.idle }
      case .failed(let error):
        refusal.again(at: clock.now)
        report(.fileFailed(channel: channel.name, error: error, retryAt: refusal.until))
        return refusal.until
      }
    }
    return nil
  }

  private func look() async throws -> Look {
    let work = try await store.planFile(
      channel: channel.name,
      rotation: channel.rotation,
      limit: Limits.fileLines,
      now: clock.now
    )
    guard let plan = work.plan else { return .idle(until: work.nextDue) }
    let mark: FileMark
    do {
      mark = try await channel.outbox.write(plan)
    } catch .alarm(let alarm) {
      try await store.restartFile(channel: channel.name, now: clock.now)
      report(.alarm(channel: channel.name, alarm))
      return .worked
    } catch {
      return .failed("\(error)")
    }
    try await store.settleFile(channel: channel.name, mark: mark, now: clock.now)
    report(.written(channel: channel.name, lines: plan.lines.count))
    return .worked
  }

  private func ring(at alarm: Alarm) async {
    // Cancelled: nobody listens any more.
    try? await clock.sleep(until: alarm.at)
    mailbox.ring()
  }
}
