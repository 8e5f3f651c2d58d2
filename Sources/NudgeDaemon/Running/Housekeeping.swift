import Logging
import NudgeCore
import NudgeStore
import ServiceLifecycle

/// Lets go of the past that is older than is to be kept: at the start and each hour, in slices between which events are
/// taken and decided.
struct Housekeeping: Service {
  let assembly: Assembly

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await assembly.readiness.wait()
      while !Task.isCancelled {
        do { try await tidy() } catch {
          assembly.logger.warning("the past cannot be tidied", [.error: "\(error)"])
        }
        // Cancelled at the end.
        try? await assembly.clock.sleep(until: assembly.clock.now + Limits.betweenTidyings)
      }
    }
  }

  private func tidy() async throws {
    let retention = assembly.daemon.settings.retention
    // While the disk is full nothing is begun, and a clock that is not trusted must not make anything old.
    guard assembly.store.hasRoom(), !assembly.outbox.isHeld else { return }
    while try await assembly.loop.dropEvents(retention), !Task.isCancelled {}
    let dropped = try await assembly.loop.dropDecisions(retention)
    if dropped > 0 {
      assembly.logger.info("old decisions dropped", [.decisions: "\(dropped)"])
    }
  }
}

extension DecisionLoop {
  /// Drops the next slice of old events between two transactions; tells whether there may be more.
  func dropEvents(_ retention: Retention) async throws -> Bool {
    try await between { now in try self.store.dropEvents(retention, at: now) }
  }

  /// Drops all old decisions, a slice between two transactions; tells how many.
  func dropDecisions(_ retention: Retention) async throws -> Int {
    var sweep = try store.beginSweep(retention, at: clock.now)
    while !sweep.isOver, !Task.isCancelled {
      let current = sweep
      sweep = try await between { _ in try self.store.sweep(current) }
    }
    return sweep.dropped
  }
}
