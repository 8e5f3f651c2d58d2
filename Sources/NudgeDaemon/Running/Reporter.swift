import Logging
import NudgeCore
import NudgeStore
import ServiceLifecycle

/// Looks at the outboxes once a minute, tells the service manager how everything stands, and says what was done.
struct Reporter: Service {
  let assembly: Assembly

  func run() async throws {
    await cancelWhenGracefulShutdown {
      await assembly.readiness.wait()
      while !Task.isCancelled {
        do { try refresh() } catch {
          assembly.logger.warning("figures cannot be counted", [.error: "\(error)"])
        }
        sumUp()
        // Cancelled at the end.
        try? await Pulse.next(every: Limits.betweenReports)
      }
    }
    sumUp()
  }

  private func refresh() throws {
    try assembly.store.moveHeldLog()
    if assembly.alerts.isUsed { assembly.alerts.look(at: try assembly.showGauges().outboxes) }
    guard assembly.readiness.isReady, assembly.manager.isPresent else { return }
    assembly.manager.status(assembly.statusText)
  }

  private func sumUp() {
    assembly.decisionLog.beginMinute()
    if let facts = assembly.tally.take() { assembly.logger.info("work summed up", facts) }
  }
}

/// Takes prompts away that nobody may fetch any more, and lets those who read prompts as they come see that we live.
struct PromptWatch: Service {
  let assembly: Assembly

  func run() async throws {
    let inboxes = assembly.daemon.settings.inboxes
    let pause = inboxes.isEmpty ? Limits.betweenReports : Limits.betweenLooksAtPrompts
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do { try await assembly.store.expirePrompts(in: inboxes, at: assembly.clock.now) } catch {
          assembly.logger.warning("prompts cannot be looked at", [.error: "\(error)"])
        }
        assembly.prompts.ringAll()
        // Cancelled at the end.
        try? await Pulse.next(every: pause)
      }
    }
  }
}
