import Logging
import NudgeCore
import NudgeDelivery
import NudgeStore
import NudgeWeb

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
