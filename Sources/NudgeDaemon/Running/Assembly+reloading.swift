import Logging
import NudgeCore
import NudgeStore
import Synchronization

extension Assembly {
  /// What a reload came to.
  enum ReloadOutcome: Sendable {
    case loaded(hash: String, isChanged: Bool, report: String)
    case rejected(report: String)
    /// Nothing is wrong with the rules.
    case refused(Refusal)
  }

  /// Why rules without a mistake do not decide.
  enum Refusal: Sendable {
    /// Somebody must say that it is meant: what it would do, and how to say so.
    case unconfirmed(String)
    /// Another reload is at it; once that has ended it may be asked again.
    case underWay
    /// The daemon stops.
    case stopping

    /// The word that programs know it by.
    var code: String {
      switch self {
      case .unconfirmed: "unconfirmed"
      case .underWay: "under-way"
      case .stopping: "stopping"
      }
    }

    /// What is the case and what to do, for people.
    var message: String {
      switch self {
      case .unconfirmed(let message): message
      case .underWay: "another reload is under way; wait for its end"
      case .stopping: "the daemon stops; its next start goes on with this"
      }
    }
  }

  /// Loads the rules again, all or nothing; with a hash, nothing but the rule set of this hash.
  ///
  /// At most `confirmed` people may start over in new campaigns.
  func reload(only planned: String? = nil, confirmed: Int = 0) async -> ReloadOutcome {
    _ = manager.reloading()
    let outcome = await load(only: planned, confirmed: confirmed)
    switch outcome {
    case .loaded(let hash, let isChanged, _): noteLoaded(hash, isChanged: isChanged)
    case .rejected(let report):
      noteRejected(report)
      logger.error(
        "rules rejected, the running set stays",
        [.error: "\(report.prefix { $0 != "\n" })"]
      )
    case .refused(.unconfirmed(let message)):
      noteRejected(message)
      logger.warning("rules not loaded, the running set stays", [.error: "\(message)"])
    // Says nothing of the rules; whoever is at it tells the manager when it is over.
    case .refused(.underWay), .refused(.stopping): return outcome
    }
    manager.ready(status: statusText)
    return outcome
  }

  private func noteLoaded(_ hash: String, isChanged: Bool) {
    rejectedRules.withLock { $0 = nil }
    metrics.ruleSet(hash: hash)
    expectCounts()
    troubles.keep(only: outboxes.names(in: loop.current.rules.set))
    gauges.forget()
    metrics.rulesLoaded(successfully: true, at: clock.now)
    logger.info(
      isChanged ? "rules loaded" : "rules unchanged",
      [.ruleSet: "\(hash.prefix(12))"]
    )
  }

  private func noteRejected(_ report: String) {
    rejectedRules.withLock { $0 = report }
    metrics.rulesLoaded(successfully: false, at: clock.now)
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
      return .refused(.unconfirmed(unconfirmed.message))
    } catch is Deployment.UnderWay {
      return .refused(.underWay)
    } catch is Deployment.Stopped {
      return .refused(.stopping)
    } catch let failure as DaemonFailure {
      return .rejected(report: failure.message)
    } catch {
      return .rejected(report: "\(error)")
    }
  }
}
