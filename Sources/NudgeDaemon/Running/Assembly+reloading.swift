import Logging
import NudgeCore
import NudgeStore
import Synchronization

extension Assembly {
  /// What a reload came to.
  enum ReloadOutcome: Sendable {
    case loaded(hash: String, isChanged: Bool, report: String)
    case rejected(report: String)
  }

  /// Loads the rules again, all or nothing; with a hash, nothing but the rule set of this hash.
  func reload(only planned: String? = nil) async -> ReloadOutcome {
    _ = manager.reloading()
    let outcome = await load(only: planned)
    switch outcome {
    case .loaded(let hash, let isChanged, _):
      rejectedRules.withLock { $0 = nil }
      metrics.ruleSet(hash: hash)
      metrics.rulesLoaded(successfully: true, at: clock.now)
      logger.info(
        isChanged ? "rules loaded" : "rules unchanged",
        [.ruleSet: "\(hash.prefix(12))"]
      )
      _ = manager.ready(status: "rules loaded, set \(hash.prefix(12))")
    case .rejected(let report):
      rejectedRules.withLock { $0 = report }
      metrics.rulesLoaded(successfully: false, at: clock.now)
      logger.error(
        "rules rejected, the running set stays",
        [.error: "\(report.prefix { $0 != "\n" })"]
      )
      _ = manager.ready(status: "rules rejected: \(report.prefix { $0 != "\n" })")
    }
    return outcome
  }

  private func load(only planned: String?) async -> ReloadOutcome {
    do {
      let configuration = try Configuration.read(
        settingsPath: daemon.settings.file,
        zones: daemon.zones,
        today: Zone.utc.date(at: clock.now)
      )
      guard !configuration.hasErrors, let deployment = daemon.deployment(of: configuration) else {
        return .rejected(report: configuration.report)
      }
      if let planned, deployment.rules.hash != planned {
        return .rejected(report: "the rules were edited while they were applied")
      }
      let before = loop.current.rules.set.hash
      let channels = try outboxes.channels(
        for: deployment.rules,
        disabled: Set(try store.disabledChannels())
      )
      _ = try await loop.deploy(deployment)
      outbox.use(channels)
      let hash = deployment.rules.hash
      return .loaded(hash: hash, isChanged: hash != before, report: configuration.report)
    } catch let failure as DaemonFailure {
      return .rejected(report: failure.message)
    } catch {
      return .rejected(report: "\(error)")
    }
  }
}
