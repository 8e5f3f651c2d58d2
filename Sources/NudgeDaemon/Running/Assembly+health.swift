import Logging
import NudgeCore
import NudgeStore
import NudgeWeb
import Synchronization

extension Assembly {
  /// Whether the database can be written, and what is degraded: `/healthz`.
  var health: WebService.Health {
    get async {
      let isGood = (try? await store.heartbeat(at: clock.now)) != nil
      return WebService.Health(isGood: isGood, json: state(isGood: isGood))
    }
  }

  /// Whether everything is up: `/readyz`.
  var readyState: WebService.Health {
    let isReady = readiness.isReady
    return WebService.Health(isGood: isReady, json: state(isGood: isReady))
  }

  private func state(isGood: Bool) -> [UInt8] {
    let problems = problems
    let word = !isGood ? "bad" : problems.isEmpty ? "ok" : "degraded"
    return JSONValue.object([
      .init("status", .string(word)),
      .init("degraded", .array(problems.map { .string($0.text) })),
      .init("problems", .array(problems.map(\.json))),
    ]).json.bytes
  }

  /// What a person should look at now.
  var problems: [Problem] {
    let rejected = rejectedRules.withLock { $0 }.map { report in
      Problem.rulesRejected(String(report.prefix { $0 != "\n" }))
    }
    var problems = [rejected].compactMap(\.self)
    // Not of the gauges, which are a second old: who enables a channel looks at once.
    problems += ((try? store.disabledChannels()) ?? []).map { .channelDisabled($0) }
    if let gauges = try? gauges.current(at: clock.now) {
      problems += [lateness(of: gauges)].compactMap(\.self)
    }
    problems += troubles.problems + storageProblems
    if let space = DiskSpace(at: store.path), space.isLow {
      problems.append(.lowSpace(space.freeBytes))
    }
    return problems
  }

  /// What is wrong with the disk and the clock.
  private var storageProblems: [Problem] {
    var problems: [Problem] = store.isDiskFull ? [.diskFull] : []
    if store.logBacklog > Limits.pagesOfLongLog { problems.append(.logHeld) }
    if let text = clockWatch.seen.text { problems.append(.clock(text)) }
    return problems
  }

  private func lateness(of gauges: Gauges) -> Problem? {
    guard readiness.isReady, let due = gauges.nextDue else { return nil }
    let seconds = Int((clock.now - due) / .seconds(1))
    return seconds >= Limits.secondsOfLateness ? .decisionsLate(seconds) : nil
  }

  /// Shows what stands in the database.
  @discardableResult
  func showGauges() throws -> Gauges {
    let found = try gauges.current(at: clock.now)
    metrics.standing.show(found, inboxes: daemon.settings.inboxes)
    return found
  }

  /// Shows zero for whatever the rules of now may count.
  func expectCounts() {
    let rules = loop.current.rules.set
    metrics.expect(
      campaigns: rules.campaigns.map(\.name),
      channels: Array(outboxes.names(in: rules))
    )
  }

  /// The page `/metrics`, with what stands in the database as it is now.
  var metricsPage: String {
    do { try showGauges() } catch {
      logger.warning("figures cannot be counted", [.error: "\(error)"])
    }
    metrics.standing.show(freeBytes: DiskSpace(at: store.path)?.freeBytes)
    metrics.standing.show(
      isReady: readiness.isReady,
      isClockHeld: clockWatch.seen != .trusted,
      waitingEvents: queue.depth,
      problems: problems
    )
    return metrics.text
  }
}
