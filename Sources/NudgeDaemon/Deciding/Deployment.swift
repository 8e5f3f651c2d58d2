import NudgeCore
import NudgeStore

/// A rule set that is ready to decide, with what is kept of where it came from.
struct Deployment: Sendable {
  let rules: RuleSet
  /// The texts of all files, as a JSON object of path and text.
  let source: String
  /// What else they were read with: ``StoredRules``.
  let context: String
  let gitCommit: String?
  let zones: ZoneTable
  let messages: any MessageRenderer

  /// Stores the rule set as the one that decides, and makes its engine.
  ///
  /// An unchanged one is not stored again, unless its messages read differently.
  func store(in store: Store, at now: Timestamp) throws -> Engine {
    let current = try store.currentRuleSet()
    let isWordedAlike =
      StoredRules.templates(in: current?.context) == StoredRules.templates(in: context)
    if current?.hash != rules.hash || !isWordedAlike {
      try store.deploy(
        RuleIndex(rules, zones: zones),
        source: source,
        context: context,
        gitCommit: gitCommit,
        at: now,
        zones: zones
      )
    }
    return try engine(in: store, at: now)
  }

  private func engine(in store: Store, at now: Timestamp) throws -> Engine {
    Engine(
      rules: rules,
      zones: zones,
      deployments: try store.deployments(),
      messages: messages,
      silences: try store.silences(at: now)
    )
  }
}
