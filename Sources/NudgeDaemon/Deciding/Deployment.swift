import NudgeCore
import NudgeStore

/// A rule set that is ready to decide, with what is kept of where it came from.
struct Deployment: Sendable {
  let rules: RuleSet
  /// The texts of all files, as a JSON object of path and text.
  let source: String
  let gitCommit: String?
  let zones: ZoneTable
  let messages: any MessageRenderer

  /// Stores the rule set as the one that decides, and makes its engine.
  ///
  /// An unchanged one is not stored again.
  func store(in store: Store, at now: Timestamp) throws -> Engine {
    if try store.currentRuleSet()?.hash != rules.hash {
      try store.deploy(
        RuleIndex(rules, zones: zones),
        source: source,
        gitCommit: gitCommit,
        at: now,
        zones: zones
      )
    }
    return try engine(in: store, at: now)
  }

  private func engine(in store: Store, at now: Timestamp) throws -> Engine {
    let deployed = try store.deployed()
    return Engine(
      rules: rules,
      zones: zones,
      deployments: deployed.instants,
      origins: deployed.origins,
      messages: messages,
      silences: try store.silences(at: now)
    )
  }
}
