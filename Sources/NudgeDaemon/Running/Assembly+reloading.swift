import Logging
import NudgeCore
import NudgeStore
import Synchronization

extension Assembly {
  /// What a reload came to.
  enum ReloadOutcome: Sendable {
    case loaded(hash: String, isChanged: Bool, report: String)
    case rejected(report: String)
    /// Nothing is wrong, but somebody must say that it is meant, or the time is not right.
    case refused(code: String, message: String)
  }

  /// Loads the rules again, all or nothing; with a hash, nothing but the rule set of this hash.
  ///
  /// At most `confirmed` people may start over in new campaigns.
  func reload(only planned: String? = nil, confirmed: Int = 0) async -> ReloadOutcome {
    _ = manager.reloading()
    let outcome = await load(only: planned, confirmed: confirmed)
    defer { manager.ready(status: statusLine.text) }
    switch outcome {
    case .loaded(let hash, let isChanged, _):
      rejectedRules.withLock { $0 = nil }
      metrics.ruleSet(hash: hash)
      expectCounts()
      gauges.forget()
      metrics.rulesLoaded(successfully: true, at: clock.now)
      logger.info(
        isChanged ? "rules loaded" : "rules unchanged",
        [.ruleSet: "\(hash.prefix(12))"]
      )
    case .rejected(let report):
      rejectedRules.withLock { $0 = report }
      metrics.rulesLoaded(successfully: false, at: clock.now)
      logger.error(
        "rules rejected, the running set stays",
        [.error: "\(report.prefix { $0 != "\n" })"]
      )
    case .refused(_, let message):
      rejectedRules.withLock { $0 = message }
      metrics.rulesLoaded(successfully: false, at: clock.now)
      logger.warning("rules not loaded, the running set stays", [.error: "\(message)"])
    }
    return outcome
  }

  /// Lets a channel send that the database does not know as disabled any more.
  func enable(_ channel: String) throws {
    let disabled = Set(try store.disabledChannels())
    outbox.use(try outboxes.channels(for: loop.current.rules.set, disabled: disabled))
    outbox.enable(channel)
  }

  private func load(only planned: String?, confirmed: Int) async -> ReloadOutcome {
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
      _ = try await manager.extending {
        try await loop.deploy(deployment, confirmed: confirmed)
      }
      outbox.use(channels)
      let hash = deployment.rules.hash
      return .loaded(hash: hash, isChanged: hash != before, report: configuration.report)
    } catch let unconfirmed as Deployment.Unconfirmed {
      return .refused(code: "unconfirmed", message: unconfirmed.message)
    } catch is Deployment.UnderWay {
      return .refused(code: "under-way", message: "another reload is under way; wait for its end")
    } catch is Deployment.Stopped {
      return .refused(
        code: "stopping",
        message: "the daemon stops; its next start goes on with this"
      )
    } catch let failure as DaemonFailure {
      return .rejected(report: failure.message)
    } catch {
      return .rejected(report: "\(error)")
    }
  }
}
