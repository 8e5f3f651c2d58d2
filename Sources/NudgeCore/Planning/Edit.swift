/// A change from one rule set to another, as of an instant: a pure function of memories to what becomes of them.
public struct Edit: Sendable {
  /// The rules that run.
  public let old: Engine
  /// The rules that are to run, with the deployments as they will be.
  public let new: Engine
  /// When they are deployed.
  public let now: Timestamp
  /// The new rules, as if people in the middle of their days were taken in; `nil` where nobody would be kept out.
  private let joining: Engine?

  /// A change of rules; what is new in it counts as deployed at `now`.
  public init(
    from old: Engine,
    to rules: RuleSet,
    zones: ZoneTable,
    deployments: [String: Timestamp],
    now: Timestamp
  ) {
    let known = deployments.merging(rules.definedNames.map { ($0, now) }) { first, _ in first }
    let isClosed = rules.campaigns.filter {
      deployments[$0.name] == nil && $0.was == nil && $0.onFirstDeploy == .newStartsOnly
    }
    self.old = old
    self.new = Engine(rules: rules, zones: zones, deployments: known)
    self.now = now
    joining =
      isClosed.isEmpty
      ? nil
      : Engine(
        rules: rules,
        zones: zones,
        deployments: known.filter { name, _ in !isClosed.contains { $0.name == name } }
      )
  }

  /// The subjects that a look at this one needs and the world does not hold, under either rule set.
  public func missing(for subject: SubjectID, in world: World) -> [SubjectID] {
    let stimulus = Stimulus.timer(subject, at: now)
    return Set(old.missing(for: stimulus, in: world) + new.missing(for: stimulus, in: world))
      .sorted()
  }

  /// What becomes of these subjects.
  ///
  /// `before` holds their memories and those that `missing(for:in:)` asks for as the old rules read them, `after` the
  /// same memories as the new rules read them, with new facts filled.
  public func effect(on subjects: [SubjectID], before: World, after: World) -> EditEffect {
    let left = Prospect(of: subjects, in: before, by: old, now: now, isDeploy: false)
    let right = Prospect(of: subjects, in: after, by: new, now: now, isDeploy: true)
    var effect = EditEffect()
    effect.subjects = subjects.count
    effect.before = left.forecast
    effect.after = right.forecast
    for (sending, count) in right.sends {
      effect.newSends += max(0, count - (left.sends[renamed(sending)] ?? left.sends[sending] ?? 0))
    }
    Comparison(edit: self, left: left, right: right).add(subjects, to: &effect)
    countJoining(subjects, after, right, &effect)
    return effect
  }

  private func renamed(_ sending: Prospect.Sending) -> Prospect.Sending {
    let campaign = new.rules.campaign(named: sending.campaign)
    let step = campaign?.steps.first { $0.name == sending.step }
    return Prospect.Sending(
      subject: sending.subject,
      campaign: campaign?.was ?? sending.campaign,
      step: step?.was ?? sending.step
    )
  }

  private func countJoining(
    _ subjects: [SubjectID],
    _ world: World,
    _ right: Prospect,
    _ effect: inout EditEffect
  ) {
    guard let joining else { return }
    let closed = new.rules.set.campaigns.map(\.name).filter {
      joining.deployments[$0] == nil && new.deployments[$0] != nil
    }
    var world = world
    for subject in subjects.sorted() {
      _ = joining.handle(.timer(subject, at: now), in: &world)
      for name in closed where world.memories[subject]?.campaigns[name]?.enrolment != nil {
        let isIn = right.standing[subject]?.campaigns[name]?.enrolment != nil
        if !isIn { effect.campaigns[name, default: CampaignEffect()].wouldJoin.add(subject) }
      }
    }
  }
}

extension RuleIndex {
  /// The campaign of this name.
  func campaign(named name: String) -> Campaign? { campaignByName[name].map { set.campaigns[$0] } }
}

extension RuleSet {
  /// The names under which deployments are noted: the campaigns, and the steps as `campaign/step`.
  var definedNames: [String] {
    campaigns.flatMap { campaign in
      [campaign.name] + campaign.steps.map { "\(campaign.name)/\($0.name)" }
    }
  }
}
