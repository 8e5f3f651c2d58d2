import Logging
import NudgeCore
import NudgeDelivery
import NudgeStore
import NudgeWeb
import NudgeWire
import ServiceLifecycle

/// Brings the figures up to date that are counted in the database, and says once a minute what was done.
struct Reporter: Service {
  let assembly: Assembly

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var reports = 0
      while !Task.isCancelled {
        do { try refresh() } catch {
          assembly.logger.warning("figures cannot be counted", [.error: "\(error)"])
        }
        if reports % Limits.reportsPerSummary == 0 { sumUp() }
        reports += 1
        // Cancelled at the end.
        try? await Task.sleep(for: .seconds(Limits.secondsBetweenReports))
      }
    }
    sumUp()
  }

  private func refresh() throws {
    let now = assembly.clock.now
    try assembly.store.expirePrompts(in: assembly.daemon.settings.inboxes, at: now)
    let gauges = try assembly.showGauges()
    assembly.prompts.ringAll()
    assembly.alerts.look(at: gauges.outboxes)
    guard assembly.readiness.isReady else { return }
    let people = try assembly.store.count(of: .user)
    assembly.manager.status(assembly.statusLine.text(gauges, people: people, at: now))
  }

  private func sumUp() {
    assembly.decisionLog.beginMinute()
    if let facts = assembly.tally.take() { assembly.logger.info("work summed up", facts) }
  }
}

/// Writes what the dispatcher reports to the log and the figures.
struct DispatchLog {
  let logger: Logger
  let metrics: DaemonMetrics

  func note(_ report: DispatchReport) {
    switch report {
    case .attempted(let channel, let id, let outcome, let answer):
      note(channel, id, outcome, answer)
    case .written(let channel, let lines):
      metrics.delivered(lines, channel: channel, result: .delivered)
      logger.debug("lines written", [.channel: "\(channel)", .count: "\(lines)"])
    case .paused(let channel, let until):
      logger.warning("channel paused", [.channel: "\(channel)", .until: "\(until.rfc3339)"])
    case .disabled(let channel):
      logger.error("channel disabled, its receiver is gone", [.channel: "\(channel)"])
    case .breaker(let channel, let isOpen):
      logger.warning(isOpen ? "breaker opened" : "breaker closed", [.channel: "\(channel)"])
    case .alarm(let channel, let alarm):
      logger.error(
        "outbox file was edited, a new segment begins",
        [.channel: "\(channel)", .error: "\(alarm)"]
      )
    case .fileFailed(let channel, let error, let retryAt):
      logger.error(
        "outbox file cannot be written",
        [.channel: "\(channel)", .error: "\(error)", .until: "\(retryAt.rfc3339)"]
      )
    }
  }

  private func note(_ channel: String, _ id: String, _ outcome: Delivery.Outcome, _ answer: String)
  {
    let facts: LogFacts = [.channel: "\(channel)", .delivery: "\(id)"]
    switch outcome {
    case .delivered:
      metrics.delivered(channel: channel, result: .delivered)
      logger.debug("delivery settled", facts)
    case .retried(let at):
      metrics.delivered(channel: channel, result: .retried)
      logger.warning(
        "delivery failed, it will be tried again",
        facts.merging([.until: "\(at.rfc3339)", .answer: "\(answer)"]) { $1 }
      )
    case .expired:
      metrics.delivered(channel: channel, result: .expired)
      logger.warning("delivery expired", facts)
    case .died:
      metrics.delivered(channel: channel, result: .dead)
      logger.error(
        "delivery given up",
        facts.merging([.answer: "\(answer)"]) { $1 }
      )
    case .cancelled:
      metrics.delivered(channel: channel, result: .cancelled)
      logger.info("delivery cancelled, its recipient has unsubscribed", facts)
    case .released(let due):
      logger.debug(
        "retry held through quiet hours",
        facts.merging([.until: "\(due.rfc3339)"]) { $1 }
      )
    }
  }
}

extension DaemonMetrics {
  /// Counts a transaction.
  func note(_ report: DecisionLoop.Report) {
    let processed = report.processed
    for (kind, count) in processed.taken { events(count, kind: kind, result: .taken) }
    if processed.repeated > 0 { events(processed.repeated, kind: nil, result: .duplicate) }
    if report.rejected > 0 { events(report.rejected, kind: nil, result: .rejected) }
    for decision in processed.decisions {
      decided(campaign: decision.campaign, outcome: decision.outcome)
    }
    if processed.timers > 0 { timersDecided(processed.timers, lag: report.timerLag) }
    committed(in: report.duration)
  }

  /// Counts a request.
  func note(_ report: WebService.Report) {
    if report.events > 0 { ingested(in: report.duration) }
    answered(route: report.route, status: report.status)
  }
}

extension Settings {
  /// The bounds of the listener.
  var webLimits: WebLimits {
    let standard = WebLimits()
    return WebLimits(
      wire: .init(
        bodyBytes: bodyBytes ?? standard.wire.bodyBytes,
        messageBytes: messageBytes ?? standard.wire.messageBytes
      ),
      connections: connections ?? standard.connections,
      requestsPerSecond: requestsPerSecond
    )
  }
}
