extension Engine {
  /// Explains where a subject stands in every campaign about it, or in one.
  ///
  /// - Parameters:
  ///   - subject: whom to explain.
  ///   - campaign: the name of the only campaign to explain; `nil` for all.
  ///   - world: holds the subject, its accounts and its recipients, as `missing(for:in:)` asks for a timer.
  ///   - decisions: those of the subject, in the order in which they were made.
  ///   - now: the instant as of which everything is asked; timers up to it have run.
  ///   - gitCommit: where the rules came from; `nil` from none.
  /// - Returns: what there is to say; of one who is not in the world, that nothing is known.
  public func explanation(
    of subject: SubjectID,
    campaign: String? = nil,
    in world: World,
    decisions: [Decision],
    now: Timestamp,
    gitCommit: String? = nil
  ) -> Explanation {
    let visit =
      Visit(looking: self, at: subject, in: world, now: now)
      ?? Visit(
        engine: self,
        world: world,
        memory: Memory(subject: subject),
        now: now,
        trigger: nil
      )
    return visit.explanation(only: campaign, decisions, gitCommit)
  }

  /// Whether a subject would enter a campaign now.
  public func wouldEnter(
    _ campaign: Campaign,
    _ subject: SubjectID,
    in world: World,
    now: Timestamp
  ) -> Bool {
    guard rules.set.models[campaign.model].subject == subject.kind else { return false }
    return Visit(looking: self, at: subject, in: world, now: now)?.wouldEnter(campaign) ?? false
  }

  /// Tells a condition of a campaign for a subject; `nil` for one who is not in the world.
  public func tree(
    of condition: Condition,
    in campaign: Campaign,
    for subject: SubjectID,
    world: World,
    now: Timestamp
  ) -> ConditionTree? {
    Visit(looking: self, at: subject, in: world, now: now).map {
      ConditionTeller(lens: $0.lens(in: campaign)).tree(of: condition)
    }
  }
}

extension Visit {
  fileprivate func explanation(
    only name: String?,
    _ decisions: [Decision],
    _ gitCommit: String?
  )
    -> Explanation
  {
    let campaigns = rules.campaigns.filter { campaign in
      name.map { $0 == campaign.name } ?? (rules.models[campaign.model].subject == kind)
    }
    let told = campaigns.map { explanation(of: $0, decisions.filter(of: names(of: $0))) }
    let gone = goneCampaigns(decisions).filter { name == nil || $0 == name }
    let isSingle = name != nil && campaigns.count == 1
    return Explanation(
      subject: memory.subject,
      now: now,
      zone: isSingle ? lens(in: campaigns[0]).zone : lens.zone,
      isKnown: !memory.isUnknown,
      starts: isSingle
        ? [campaigns[0].model].compactMap(start) : rules.models.indices.compactMap(start),
      campaigns: told + gone.map { removed($0, decisions.filter(of: [$0])) },
      ruleSet: rules.hash,
      gitCommit: gitCommit
    )
  }

  /// People not known yet are measured like users.
  private var kind: SubjectKind {
    memory.subject.kind == .anonymous ? .user : memory.subject.kind
  }

  private func start(in model: Int) -> Explanation.Start? {
    let view = lens.inModel(model)
    guard let startedAt = view.progress?.startedAt, let day = view.day else { return nil }
    return Explanation.Start(model: rules.models[model].name, startedAt: startedAt, day: day)
  }

  private func goneCampaigns(_ decisions: [Decision]) -> [String] {
    let names = Set(memory.campaigns.keys).union(decisions.map(\.campaign))
    let known = Set(rules.campaigns.flatMap { self.names(of: $0) })
    return names.subtracting(known).sorted()
  }

  /// The names that a campaign has had, as far as the rules and the deploys tell.
  private func names(of campaign: Campaign) -> [String] {
    [campaign.name, engine.origin(of: campaign.name)] + [campaign.was].compactMap(\.self)
  }

  private func names(of step: Step, in campaign: Campaign) -> [String] {
    let origin = engine.origin(of: "\(campaign.name)/\(step.name)").split(separator: "/").last
    return [step.name] + [step.was, origin.map(String.init)].compactMap(\.self)
  }

  private func removed(_ name: String, _ decisions: [Decision]) -> CampaignExplanation {
    CampaignExplanation(
      name: name,
      model: nil,
      mode: nil,
      zone: lens.zone,
      standing: .removed,
      hindrances: [],
      who: nil,
      stays: nil,
      exits: [],
      steps: goneSteps(decisions, known: [])
    )
  }

  // MARK: One campaign

  private func explanation(of campaign: Campaign, _ decisions: [Decision]) -> CampaignExplanation {
    let view = lens(in: campaign)
    let teller = ConditionTeller(lens: view)
    let standing = standing(in: campaign)
    let own = decisions.filter { $0.enrolment == standing.enrolment ?? $0.enrolment }
    return CampaignExplanation(
      name: campaign.name,
      model: rules.models[campaign.model].name,
      mode: campaign.mode,
      zone: view.zone,
      standing: standing,
      hindrances: isInside(campaign) ? [] : hindrances(to: campaign, teller),
      who: campaign.who.map(teller.tree),
      stays: campaign.stays.map(teller.tree),
      exits: campaign.leaveWhen.map { .init(name: $0.name, condition: teller.tree(of: $0.when)) },
      steps: standing == .outside
        ? []
        : campaign.steps.map {
          explanation(of: $0, campaign, own.filter(ofStep: names(of: $0, in: campaign)), teller)
        } + goneSteps(own, known: Set(campaign.steps.flatMap { names(of: $0, in: campaign) }))
    )
  }

  private func standing(in campaign: Campaign) -> CampaignExplanation.Standing {
    guard let enrolment = memory.campaigns[campaign.name]?.enrolment else { return .outside }
    guard let ending = enrolment.ending else {
      return .inside(enrolment: enrolment.number, since: enrolment.enteredAt)
    }
    return .left(
      enrolment: enrolment.number,
      entered: enrolment.enteredAt,
      at: ending.at,
      as: ending.reason.map { Reason.left($0).code } ?? "finished"
    )
  }

  // MARK: What keeps the subject out

  /// In the order in which the engine asks; what cannot be asked yet is left out.
  private func hindrances(
    to campaign: Campaign,
    _ teller: ConditionTeller
  )
    -> [CampaignExplanation.Hindrance]
  {
    let first = [anonymity, switchedOff(campaign), otherSubject(campaign)].compactMap(\.self)
    guard let start = teller.lens.progress?.startedAt else {
      return first + [notStarted(campaign)]
    }
    let deploy = beforeDeploy(campaign, start)
    let conditions = [closed("who", campaign.who, teller), closed("while", campaign.stays, teller)]
    let others = [deploy] + conditions + [again(campaign, teller), tooLate(campaign, teller)]
    return first + others.compactMap(\.self)
  }

  private var anonymity: CampaignExplanation.Hindrance? {
    guard memory.subject.kind == .anonymous else { return nil }
    return .init(
      code: "anonymous",
      text: "not known yet: only an identified subject enters",
      condition: nil
    )
  }

  private func switchedOff(_ campaign: Campaign) -> CampaignExplanation.Hindrance? {
    guard campaign.mode == .off else { return nil }
    return .init(code: "off", text: "the campaign is off: nobody enters", condition: nil)
  }

  private func otherSubject(_ campaign: Campaign) -> CampaignExplanation.Hindrance? {
    let subject = rules.models[campaign.model].subject
    guard subject != kind else { return nil }
    return .init(
      code: "not-started",
      text: "the campaign is about \(subject.rawValue)s",
      condition: nil
    )
  }

  private func notStarted(_ campaign: Campaign) -> CampaignExplanation.Hindrance {
    let model = rules.models[campaign.model]
    let tree = ConditionTeller(lens: lens.inModel(campaign.model)).tree(of: model.starts)
    return .init(
      code: "not-started",
      text: "not started in \(model.name): \(tree.brief)",
      condition: tree
    )
  }

  private func beforeDeploy(
    _ campaign: Campaign,
    _ start: Timestamp
  )
    -> CampaignExplanation.Hindrance?
  {
    guard !mayEver(enter: campaign), let deployed = engine.deployments[campaign.name] else {
      return nil
    }
    return .init(
      code: "before-deploy",
      text: """
        started \(start), before the campaign was deployed \(deployed): on_first_deploy is \
        \(campaign.onFirstDeploy.rawValue)
        """,
      condition: nil
    )
  }

  private func closed(
    _ name: String,
    _ condition: Condition?,
    _ teller: ConditionTeller
  )
    -> CampaignExplanation.Hindrance?
  {
    guard let tree = condition.map(teller.tree), !tree.holds else { return nil }
    return .init(code: name, text: "\(name) ✗ \(tree.brief)", condition: tree)
  }

  private func again(
    _ campaign: Campaign,
    _ teller: ConditionTeller
  )
    -> CampaignExplanation.Hindrance?
  {
    guard let record = memory.campaigns[campaign.name], let ended = record.enrolment?.ending else {
      return nil
    }
    switch campaign.reEnter {
    case .never:
      return .init(code: "left", text: "left already, and re_enter is never", condition: nil)
    case .always:
      guard !record.wasClosedSince else { return nil }
      return .init(
        code: "left",
        text: "re_enter is always: once who and while have been false since leaving",
        condition: nil
      )
    case .after(let span):
      let allowed = span.windowEnd(from: ended.at, in: teller.lens.zone)
      guard now < allowed else { return nil }
      return .init(
        code: "left",
        text: "re_enter is after \(span): from \(allowed) on",
        condition: nil
      )
    }
  }

  private func tooLate(
    _ campaign: Campaign,
    _ teller: ConditionTeller
  )
    -> CampaignExplanation.Hindrance?
  {
    guard let last = campaign.enterUntilDay, let day = teller.lens.day, day > last else {
      return nil
    }
    return .init(
      code: "too-late",
      text: "enter_until_day \(last) has passed: it is day \(day)",
      condition: nil
    )
  }

  // MARK: Steps

  private func goneSteps(_ decisions: [Decision], known: Set<String>) -> [StepExplanation] {
    let names = Set(decisions.map(\.step)).subtracting(known).sorted()
    return names.map { name in
      StepExplanation(
        campaign: decisions.last?.campaign ?? "",
        name: name,
        action: "no longer in the rules",
        decisions: decisions.filter(ofStep: [name]),
        outlook: .over,
        heldOut: nil,
        unmet: nil
      )
    }
  }

  private func explanation(
    of step: Step,
    _ campaign: Campaign,
    _ decisions: [Decision],
    _ teller: ConditionTeller
  ) -> StepExplanation {
    StepExplanation(
      campaign: campaign.name,
      name: step.name,
      action: step.action.words,
      decisions: decisions,
      outlook: isInside(campaign) ? outlook(of: step, campaign, teller) : .over,
      heldOut: decisions.last?.outcome == .heldOut ? holdoutText(campaign) : nil,
      unmet: unmet(of: step, in: campaign, by: decisions.last)
    )
  }

  private func outlook(
    of step: Step,
    _ campaign: Campaign,
    _ teller: ConditionTeller
  )
    -> StepExplanation.Outlook
  {
    if let plan = record(campaign, step).plan {
      return .planned(explanation(of: plan, step, campaign, teller))
    }
    guard step.isEnabled else {
      return .unplanned(.init(text: "off: `enabled: false`", condition: nil))
    }
    return absence(of: step, campaign, teller).map { .unplanned($0) } ?? .over
  }

  /// Why a step has no plan; `nil` when none can come any more.
  private func absence(
    of step: Step,
    _ campaign: Campaign,
    _ teller: ConditionTeller
  )
    -> StepExplanation.Absence?
  {
    switch step.timing {
    case .immediately, .onDay, .after: if !record(campaign, step).isUnplanned { return nil }
    case .every, .asSoonAs: if isOver(campaign, step) { return nil }
    }
    if case .asSoonAs(let condition) = step.timing {
      return untriggered(step, campaign, teller.tree(of: condition))
    }
    guard let anchor = step.timing.anchor, teller.lens.instant(of: anchor) == nil else {
      return .init(text: "will be planned at the next look", condition: nil)
    }
    return unanchored(anchor, campaign, teller)
  }

  private func untriggered(
    _ step: Step,
    _ campaign: Campaign,
    _ tree: ConditionTree
  )
    -> StepExplanation.Absence
  {
    if isAtLimit(campaign, step), let most = step.atMost, let per = step.per {
      return .init(text: "at_most \(most) per \(per) is used up", condition: tree)
    }
    guard tree.holds else { return .init(text: "waits for its `as_soon_as`", condition: tree) }
    return .init(
      text: "its `as_soon_as` holds already, and triggers again at the next event that it counts",
      condition: tree
    )
  }

  private func unanchored(
    _ anchor: Anchor,
    _ campaign: Campaign,
    _ teller: ConditionTeller
  )
    -> StepExplanation.Absence
  {
    let name = teller.names.anchor(anchor)
    switch anchor {
    case .milestone(let place):
      let tree = teller.milestone(place, isReached: true)
      return .init(text: "waits for milestone \(name)", condition: tree)
    case .step:
      return canCome(anchor, campaign)
        ? .init(text: "waits for step \(name) to be sent", condition: nil)
        : .init(text: "cannot come: step \(name) was not sent", condition: nil)
    case .start, .entering, .date:
      return .init(text: "waits for \(name)", condition: nil)
    }
  }

  // MARK: A plan

  private func explanation(
    of plan: Plan,
    _ step: Step,
    _ campaign: Campaign,
    _ teller: ConditionTeller
  ) -> PlanExplanation {
    let again = step.timing.onlyInstant(through: planningLens(of: step, in: campaign))
    return PlanExplanation(
      occurrence: plan.occurrence,
      timing: step.timingWords(teller.names),
      nominalAt: plan.nominalAt,
      plannedAt: plan.plannedAt,
      movedBy: movers(of: plan, step, teller.lens),
      wouldBeAt: again.flatMap { $0 == plan.nominalAt ? nil : $0 },
      dueAt: plan.due,
      expiresAt: plan.expiresAt,
      waiting: plan.waiting.map {
        .init(code: ReasonCode(.waiting($0.reason)), cause: $0.cause, until: $0.until)
      },
      checks: checks(of: plan, step, campaign, teller)
    )
  }

  private func movers(of plan: Plan, _ step: Step, _ view: Lens) -> [String] {
    guard plan.plannedAt != plan.nominalAt else { return [] }
    var movers: [String] = []
    var instant = plan.nominalAt
    if let notBefore = step.notBefore, let entered = view.enrolment?.enteredAt {
      let least = notBefore.windowEnd(from: entered, in: view.zone)
      if least > instant { movers.append("not_before") }
      instant = max(instant, least)
    }
    return instant == plan.plannedAt ? movers : movers + ["days"]
  }
}

extension CampaignExplanation.Standing {
  /// The number of the enrolment; `nil` for none.
  var enrolment: Int? {
    switch self {
    case .outside, .removed: nil
    case .inside(let number, _), .left(let number, _, _, _): number
    }
  }
}

extension Step.Action {
  var words: String {
    switch self {
    case .send(let channel): channel
    case .tag(let tag): "tag \(tag)"
    case .untag(let tag): "untag \(tag)"
    }
  }
}

extension [Decision] {
  fileprivate func filter(of campaigns: [String]) -> [Decision] {
    filter { campaigns.contains($0.campaign) }
  }

  fileprivate func filter(ofStep steps: [String]) -> [Decision] {
    filter { steps.contains($0.step) }
  }
}
