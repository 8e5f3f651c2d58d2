import NudgeCore
import NudgeStore
import Synchronization

/// What changes who is decided about, or by which rules, between two transactions.
extension DecisionLoop {
  /// Lets an operator's act take effect between two transactions.
  func act(
    _ make: @escaping @Sendable (Timestamp) throws -> SilenceAct
  ) async throws -> SilenceAct {
    try await between { now in
      let act = try make(now)
      let engine = self.current
      try self.store.record(act, at: now, rules: engine.rules)
      let silences = try self.store.silences(at: now)
      self.engine.withLock { $0 = $0.silenced(by: silences) }
      return act
    }
  }

  /// Takes a person out of everything between two transactions; `nil` for one never seen.
  ///
  /// - Throws: `Erasure.Busy` when asking again helps.
  func erase(_ id: String, newKey: [UInt8], by name: String) async throws -> Erasure? {
    try await between { now in
      try self.decideDue(through: now)
      let engine = self.current
      let erasure = try self.store.erase(id, by: engine, at: now, newKey: newKey, operator: name)
      let silences = try self.store.silences(at: now)
      self.engine.withLock { $0 = $0.silenced(by: silences) }
      return erasure
    }
  }

  /// What is due by an edit or an operator's act is decided by the rules before it.
  private func decideDue(through now: Timestamp) throws {
    while true {
      let processed = try store.process([], at: now, by: current)
      report(processed, rejected: 0, since: .now)
      if !processed.hasMoreDue { return }
    }
  }

  /// Lets another rule set decide; everybody is looked at once.
  ///
  /// What it needs of the past is filled first, in parts between which the rules of now go on deciding.
  ///
  /// - Returns: when it was deployed.
  /// - Throws: ``Deployment/Unconfirmed`` when more people would start over than somebody has confirmed.
  func deploy(_ deployment: Deployment, confirmed: Int) async throws -> Timestamp {
    guard deploying.begin() else { throw Deployment.UnderWay() }
    defer {
      filling.withLock { $0 = nil }
      deploying.end()
    }
    guard try store.currentRuleSet()?.hash != deployment.rules.hash else {
      return try await use(deployment)
    }
    let fill = try await between { _ in
      try self.store.beginFill(deployment.index, zones: deployment.zones)
    }
    while true {
      if isStopping.withLock({ $0 }) { throw Deployment.Stopped() }
      let progress = try await between { _ in try self.store.fillMore(fill) }
      filling.withLock { $0 = progress }
      if progress.isNearEnd { break }
    }
    // To the end of the log as of now, so that the count is of all that is known.
    _ = try await between { _ in try self.store.fillMore(fill) }
    try deployment.check(confirmed: confirmed, fill, in: store, at: clock.now)
    return try await between { now in
      try self.decideDue(through: now)
      try deployment.takeOver(fill, in: self.store, at: now)
      let engine = try deployment.engine(in: self.store, at: now)
      self.engine.withLock { $0 = engine }
      return now
    }
  }

  /// Lets the same rules decide on, with what may be new beside them.
  private func use(_ deployment: Deployment) async throws -> Timestamp {
    try await between { now in
      try self.decideDue(through: now)
      let engine = try deployment.store(in: self.store, at: now)
      self.engine.withLock { $0 = engine }
      return now
    }
  }

  /// How far the fill of rules that are about to decide has come; `nil` when there is none.
  var fillProgress: FillProgress? { filling.withLock { $0 } }

  /// Waits until no rule set is on its way to decide.
  func deploymentEnd() async { await deploying.ended() }

  /// Gives up what is being filled; the next start goes on with it.
  func stopDeploying() { isStopping.withLock { $0 = true } }
}
