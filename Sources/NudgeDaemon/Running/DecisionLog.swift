import Logging
import NudgeCore
import NudgeStore
import Synchronization

/// Writes decisions to the log: each at `debug`, since the decision table has them, and at `info` what was dropped.
///
/// Of a flood of dropped ones the first are told, and the minute's summary counts the rest.
final class DecisionLog: Sendable {
  private let logger: Logger
  private let told = Mutex(0)

  init(_ logger: Logger) {
    self.logger = logger
  }

  /// Writes what a transaction has decided.
  func note(_ processed: Processed) {
    let isDetailed = logger.logLevel <= .debug
    for decision in processed.decisions where isDetailed || decision.outcome == .dropped {
      switch decision.outcome {
      case .dropped: noteDropped(decision)
      case .sent, .heldOut, .skipped, .cancelled: logger.debug("decision made", facts(of: decision))
      }
    }
  }

  /// A minute is over: as many may be told again.
  func beginMinute() { told.withLock { $0 = 0 } }

  private func noteDropped(_ decision: Decision) {
    let count = told.withLock { told in
      told += 1
      return told
    }
    if count <= Limits.droppedDecisionsTold {
      logger.info("decision dropped", facts(of: decision))
    } else {
      logger.debug("decision dropped", facts(of: decision))
    }
  }

  private func facts(of decision: Decision) -> LogFacts {
    [
      .campaign: "\(decision.campaign)", .step: "\(decision.step)",
      .subject: "\(decision.subject.id)", .outcome: "\(decision.outcome.rawValue)",
      .reason: "\(decision.reason.code)", .decision: "\(decision.id)",
      .ruleSet: "\(decision.ruleSet.prefix(12))",
    ]
  }
}
