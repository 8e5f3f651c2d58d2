extension RuleSet {
  /// What each campaign, and each step as `campaign/step`, was called before, by the name of now.
  ///
  /// `was:` counts as long as nothing has the old name.
  public var predecessors: [String: String] {
    let names = Set(campaigns.map(\.name))
    var predecessors: [String: String] = [:]
    for campaign in campaigns {
      let was = campaign.was.flatMap { names.contains($0) ? nil : $0 }
      if let was { predecessors[campaign.name] = was }
      let steps = Set(campaign.steps.map(\.name))
      for step in campaign.steps {
        let old = step.was.flatMap { steps.contains($0) ? nil : $0 }
        guard was != nil || old != nil else { continue }
        predecessors["\(campaign.name)/\(step.name)"] =
          "\(was ?? campaign.name)/\(old ?? step.name)"
      }
    }
    return predecessors
  }
}

extension RuleIndex {
  /// A campaign that was renamed, or some of whose steps were.
  struct Rename: Sendable {
    /// Its place in the rule set.
    let campaign: Int
    /// Its name before; `nil`: the same.
    let was: String?
    /// The steps' names before, and now.
    let steps: [(was: String, name: String)]
  }

  /// Every campaign of a rule set in which something was renamed.
  static func renames(in set: RuleSet) -> [Rename] {
    let predecessors = set.predecessors
    if predecessors.isEmpty { return [] }
    return set.campaigns.enumerated().compactMap { place, campaign in
      let steps = campaign.steps.compactMap { step -> (was: String, name: String)? in
        let old = predecessors["\(campaign.name)/\(step.name)"]?.split(separator: "/").last
        return old.map(String.init).flatMap { $0 == step.name ? nil : ($0, step.name) }
      }
      let was = predecessors[campaign.name]
      return was == nil && steps.isEmpty ? nil : Rename(campaign: place, was: was, steps: steps)
    }
  }
}

/// Since when the campaigns and steps of a rule set have been there, and under which name they began.
public struct Deployments: Hashable, Sendable {
  /// When each campaign, and each step as `campaign/step`, was first deployed, under whatever name.
  public private(set) var instants: [String: Timestamp]
  /// The first name of each that was renamed since; chance goes by it, so that a rename moves nobody.
  public private(set) var origins: [String: String]

  /// What is known of deploys so far.
  public init(instants: [String: Timestamp] = [:], origins: [String: String] = [:]) {
    self.instants = instants
    self.origins = origins
  }

  /// What will be known once a rule set is deployed at an instant.
  public func adding(_ rules: RuleSet, at now: Timestamp) -> Deployments {
    var next = self
    let predecessors = rules.predecessors
    let steps = rules.campaigns.flatMap { campaign in
      campaign.steps.map { "\(campaign.name)/\($0.name)" }
    }
    for name in rules.campaigns.map(\.name) + steps where instants[name] == nil {
      let was = predecessors[name].flatMap { instants[$0] == nil ? nil : $0 }
      next.instants[name] = was.flatMap { instants[$0] } ?? now
      next.origins[name] = was.map { origins[$0] ?? $0 }
    }
    return next
  }

  /// The campaigns of a rule set that were never deployed, by name.
  public func newCampaigns(of rules: RuleSet) -> [Campaign] {
    let predecessors = rules.predecessors
    return rules.campaigns.filter { campaign in
      instants[campaign.name] == nil
        && predecessors[campaign.name].flatMap { instants[$0] } == nil
    }
  }
}
