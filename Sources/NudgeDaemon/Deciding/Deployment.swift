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

  /// A campaign says `start_over`, and would take in more than somebody has confirmed.
  struct Unconfirmed: Error {
    let campaigns: [String]
    let count: Int

    /// What is the case and what to do, for people.
    var message: String {
      """
      \(campaigns.joined(separator: ", ")): on_first_deploy is start_over, and \(count) would be taken in now, \
      as if they began today; `nudged reload --confirm-count \(count)` says that this is meant
      """
    }
  }

  /// Another rule set is on its way.
  struct UnderWay: Error {}

  /// The daemon stops.
  struct Stopped: Error {}

  /// The rules with their tables.
  var index: RuleIndex { RuleIndex(rules, zones: zones) }

  /// Stores the rule set as the one that decides, and makes its engine, all at once.
  ///
  /// An unchanged one is not stored again.
  func store(in store: Store, at now: Timestamp) throws -> Engine {
    if try store.currentRuleSet()?.hash != rules.hash {
      try store.deploy(index, source: source, gitCommit: gitCommit, at: now, zones: zones)
    }
    return try engine(in: store, at: now)
  }

  /// Whether letting it decide takes time, or somebody's word.
  func needsPreparation(in store: Store) throws -> Bool {
    guard try store.currentRuleSet().map({ $0.hash != rules.hash }) ?? false else { return false }
    return try store.takesTimeToFill(index) || !startingOver(try store.deployed()).isEmpty
  }

  /// The new campaigns that take in people as if they began today.
  private func startingOver(_ deployed: Deployments) -> [Campaign] {
    deployed.newCampaigns(of: rules).filter { $0.onFirstDeploy == .startOver && $0.mode != .off }
  }

  /// Makes sure that somebody has confirmed how many would start over.
  ///
  /// - Throws: ``Unconfirmed``.
  func check(confirmed: Int, _ fill: Fill, in store: Store, at now: Timestamp) throws {
    let deployed = try store.deployed()
    let campaigns = startingOver(deployed)
    guard !campaigns.isEmpty else { return }
    let engine = try engine(in: store, deployed.adding(rules, at: now), at: now)
    let count = try store.joiners(of: campaigns, fill, by: engine, at: now)
    guard count > confirmed else { return }
    throw Unconfirmed(campaigns: campaigns.map(\.name), count: count)
  }

  /// Stores the rule set as the one that decides, once its facts are filled.
  func takeOver(_ fill: Fill, in store: Store, at now: Timestamp) throws {
    try store.takeOver(fill, source: source, gitCommit: gitCommit, at: now)
  }

  /// The engine of these rules, as the store knows their past.
  func engine(in store: Store, at now: Timestamp) throws -> Engine {
    try engine(in: store, try store.deployed(), at: now)
  }

  private func engine(in store: Store, _ deployed: Deployments, at now: Timestamp) throws -> Engine {
    Engine(
      rules: rules,
      zones: zones,
      deployments: deployed.instants,
      origins: deployed.origins,
      messages: messages,
      silences: try store.silences(at: now)
    )
  }
}
