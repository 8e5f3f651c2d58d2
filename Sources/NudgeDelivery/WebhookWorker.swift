import NudgeCore

/// Sends the deliveries of one channel: claims as many as may start, starts them, and settles what has ended.
///
/// A place is free again when its delivery is settled, not before. So a killed daemon leaves at most as many deliveries
/// sent and unsettled as the channel's concurrency.
struct WebhookWorker: Sendable {
  /// A claimed delivery, and what came of it.
  struct Ended: Sendable {
    /// What came of a claim.
    enum End: Sendable {
      case tried(AttemptResult)
      /// Not tried, since it had expired.
      case expired
      /// Not tried, since it may not go out now, or not any more.
      case withheld(RetryPermit)
    }

    let delivery: Delivery
    let end: End

    /// What an attempt came to; `nil` when there was none.
    var result: AttemptResult? {
      if case .tried(let result) = end { result } else { nil }
    }
  }

  let clock: any WallClock
  let store: any DeliveryStore
  let channel: WebhookChannel
  let random: any RandomNumberGenerator & Sendable
  let report: @Sendable (DispatchReport) -> Void
  let mailbox = Mailbox<Ended>()
  /// Told that the receiver is there again.
  let revival = Mailbox<Void>()

  /// Lets the channel send again, if its receiver had said that it is gone.
  func enable() {
    revival.put(())
    mailbox.ring()
  }

  /// Works until the task is cancelled.
  func run() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      var run = Run(self)
      mailbox.ring()
      for await _ in mailbox.bell {
        let ended = mailbox.take()
        // What a cancelled attempt says means nothing: it stays in flight for the next start.
        guard !Task.isCancelled else { break }
        let started = try await run.turn(ended)
        for delivery in started.deliveries {
          group.addTask { mailbox.put(await attempt(delivery, now: started.now)) }
        }
        if let alarm = run.setAlarm(started) {
          group.addTask { await ring(at: alarm) }
        }
      }
      group.cancelAll()
    }
  }

  private func attempt(_ delivery: Delivery, now: Timestamp) async -> Ended {
    guard !delivery.isExpired(at: now) else { return Ended(delivery: delivery, end: .expired) }
    if delivery.isRetry, let permit = await channel.gate?(delivery, now), permit != .granted {
      return Ended(delivery: delivery, end: .withheld(permit))
    }
    let result = await channel.sender.attempt(delivery, now: clock.now)
    return Ended(delivery: delivery, end: .tried(result))
  }

  private func ring(at alarm: Alarm) async {
    // Cancelled: nobody listens any more.
    try? await clock.sleep(until: alarm.at)
    mailbox.ring()
  }
}

extension WebhookWorker {
  /// What the store has handed out in one turn.
  struct Started {
    let deliveries: [Delivery]
    let nextDue: Timestamp?
    let now: Timestamp
  }

  /// The state of a worker while it runs.
  struct Run {
    private let worker: WebhookWorker
    private var random: any RandomNumberGenerator & Sendable
    private var flow: ChannelFlow
    private var inFlight = 0
    private var alarm = Alarm.none

    init(_ worker: WebhookWorker) {
      self.worker = worker
      self.random = worker.random
      self.flow = ChannelFlow(
        breaker: worker.channel.breaker.map { Breaker($0) },
        pace: worker.channel.pace
      )
    }

    /// Settles what has ended, and claims what may start.
    mutating func turn(_ ended: [Ended]) async throws -> Started {
      let now = worker.clock.now
      if !worker.revival.take().isEmpty { flow = flow.enabled() }
      let before = flow
      let settled = ended.map { settlement(of: $0, now: now) }
      try await disableIfTold(ended, before: before, now: now)
      inFlight -= ended.count
      let limit = limit(now: now)
      guard limit > 0 || !settled.isEmpty else {
        return Started(deliveries: [], nextDue: nil, now: now)
      }
      let batch = try await worker.store.settle(
        settled.map(\.delivery),
        thenClaim: request(limit, now: now)
      )
      inFlight += batch.deliveries.count
      flow = flow.starting(batch.deliveries.filter { !$0.isExpired(at: now) }, now: now)
      tell(settled, before: before)
      return Started(deliveries: batch.deliveries, nextDue: batch.nextDue, now: now)
    }

    /// The alarm that must be set now, so that nothing that is due waits for somebody to ring.
    mutating func setAlarm(_ started: Started) -> Alarm? {
      let now = started.now
      let wanted: Timestamp? =
        switch flow.room(now: now, inFlight: inFlight) {
        case .none(let until): until
        case .some: started.nextDue.map { $0 > now ? $0 : now + Limits.idle }
        }
      guard let next = alarm.earlier(wanted, now: now) else { return nil }
      alarm = next
      return next
    }

    private func limit(now: Timestamp) -> Int {
      switch flow.room(now: now, inFlight: inFlight) {
      case .some(let count): count
      case .none: 0
      }
    }

    private func request(_ limit: Int, now: Timestamp) -> ClaimRequest {
      ClaimRequest(
        channel: worker.channel.name,
        limit: limit,
        retriesFirst: flow.share.places(of: limit),
        now: now
      )
    }

    private func disableIfTold(
      _ ended: [Ended],
      before: ChannelFlow,
      now: Timestamp
    ) async throws {
      guard flow.isDisabled, !before.isDisabled else { return }
      let answer = ended.last { $0.result?.verdict.effect == .disable }?.result?.answer ?? ""
      try await worker.store.disable(channel: worker.channel.name, at: now, answer: answer)
    }
  }
}

extension WebhookWorker.Run {
  private typealias Settlement = (delivery: Delivery, outcome: Delivery.Outcome)

  private mutating func settlement(of ended: WebhookWorker.Ended, now: Timestamp) -> Settlement {
    switch ended.end {
    case .tried(let result):
      flow = flow.recording(result.verdict, now: now)
      let outcome = outcome(of: ended.delivery, result.verdict, now: now)
      return (ended.delivery.settled(by: outcome, answer: result.answer), outcome)
    case .expired: return withheld(ended.delivery, .expired(at: now))
    case .withheld(.cancelled(let reason)):
      return withheld(ended.delivery, .cancelled(at: now), answer: reason)
    case .withheld(.held(let until)): return withheld(ended.delivery, .released(due: until))
    case .withheld(.granted): preconditionFailure("withheld although it was granted")
    }
  }

  /// What was claimed and not tried says nothing of the receiver; a breaker that waits for it must not wait for ever.
  private mutating func withheld(
    _ delivery: Delivery,
    _ outcome: Delivery.Outcome,
    answer: String? = nil
  ) -> Settlement {
    flow = flow.withdrawing()
    return (delivery.settled(by: outcome, answer: answer), outcome)
  }

  private mutating func outcome(
    of delivery: Delivery,
    _ verdict: Verdict,
    now: Timestamp
  ) -> Delivery.Outcome {
    switch verdict.fate {
    case .delivered: return .delivered(at: now)
    case .dead: return .died(at: now)
    case .retry:
      let next = worker.channel.schedule.next(
        afterAttempts: delivery.attempts + 1,
        now: now,
        expiresAt: delivery.expiresAt,
        using: &random
      )
      switch next {
      case .retry(let due): return .retried(at: due)
      case .expired: return .expired(at: now)
      case .dead: return .died(at: now)
      }
    }
  }

  private func tell(_ settled: [Settlement], before: ChannelFlow) {
    let (name, report) = (worker.channel.name, worker.report)
    for (delivery, outcome) in settled {
      let answer = delivery.lastAnswer ?? ""
      report(.attempted(channel: name, id: delivery.id, outcome: outcome, answer: answer))
    }
    if flow.isDisabled, !before.isDisabled { report(.disabled(channel: name)) }
    if flow.pace.pausedUntil > before.pace.pausedUntil {
      report(.paused(channel: name, until: flow.pace.pausedUntil))
    }
    let isOpen = flow.breaker?.isOpen ?? false
    if isOpen != before.breaker?.isOpen ?? false {
      report(.breaker(channel: name, isOpen: isOpen))
    }
  }
}
