/// The same people under two rule sets, side by side.
struct Comparison {
  let edit: Edit
  let left: Prospect
  let right: Prospect

  /// What the deploy itself decides, and the running rules would not.
  private let brought: [SubjectID: [Decision]]

  init(edit: Edit, left: Prospect, right: Prospect) {
    self.edit = edit
    self.left = left
    self.right = right
    let known = Set(left.decided.map(Comparison.key))
    brought = Dictionary(
      grouping: right.decided.filter { !known.contains(Comparison.key($0)) },
      by: \.subject
    )
  }

  private static func key(_ decision: Decision) -> [String] {
    [decision.subject.description, decision.campaign, decision.step, decision.reason.code]
  }

  /// Counts what becomes of each of them.
  func add(_ subjects: [SubjectID], to effect: inout EditEffect) {
    for subject in subjects.sorted() {
      guard let old = left.standing[subject], let new = right.standing[subject] else { continue }
      let campaigns = edit.new.rules.set.campaigns
      var seen: Set<String> = []
      for campaign in campaigns {
        let name = campaign.was.flatMap { old.campaigns[$0] == nil ? nil : $0 } ?? campaign.name
        seen.insert(name)
        let pair = Pair(
          subject: subject,
          old: old.campaigns[name]?.enrolment.flatMap { $0.isOpen ? $0 : nil },
          new: new.campaigns[campaign.name]?.enrolment
        )
        compare(pair, in: campaign, &effect)
      }
      for (name, record) in old.campaigns where !seen.contains(name) {
        guard let enrolment = record.enrolment, enrolment.isOpen else { continue }
        remove(subject, enrolment, from: name, &effect)
      }
    }
  }

  private struct Pair {
    let subject: SubjectID
    let old: Enrolment?
    let new: Enrolment?
  }

  private func remove(
    _ subject: SubjectID,
    _ enrolment: Enrolment,
    from campaign: String,
    _ effect: inout EditEffect
  ) {
    effect.campaigns[campaign, default: CampaignEffect()].inside += 1
    effect.campaigns[campaign]?.leaves["removed", default: Heads()].add(subject)
    for (name, step) in enrolment.steps where step.plan != nil {
      effect.campaigns[campaign]?.plansEnded += 1
      effect.campaigns[campaign]?.steps[name, default: StepEffect()].planned += 1
    }
  }

  private func compare(_ pair: Pair, in campaign: Campaign, _ effect: inout EditEffect) {
    let name = campaign.name
    if pair.old != nil { effect.campaigns[name, default: CampaignEffect()].inside += 1 }
    let isIn = pair.new?.isOpen ?? false
    if let old = pair.old, !isIn || pair.new?.number != old.number {
      let reason = pair.new?.ending.map { $0.reason.map { Reason.left($0).code } ?? "finished" }
      effect.campaigns[name]?.leaves[reason ?? "finished", default: Heads()].add(pair.subject)
      endPlans(of: old, pair.subject, in: campaign, &effect)
    }
    if isIn, pair.new?.number != pair.old?.number {
      effect.campaigns[name, default: CampaignEffect()].enters.add(pair.subject)
    }
    if pair.old != nil, isIn { compareSteps(pair, in: campaign, &effect) }
    for decision in brought[pair.subject] ?? [] where decision.campaign == name {
      guard case .cancelled = decision.outcome else {
        note(decision, in: name, &effect)
        continue
      }
    }
  }

  /// Plans of steps that are gone are cancelled; those of others end with the passage.
  private func endPlans(
    of old: Enrolment,
    _ subject: SubjectID,
    in campaign: Campaign,
    _ effect: inout EditEffect
  ) {
    let kept = Set(campaign.steps.flatMap { [$0.name, $0.was].compactMap(\.self) })
    for (name, record) in old.steps where record.plan != nil {
      guard !kept.contains(name) else {
        effect.campaigns[campaign.name]?.plansEnded += 1
        continue
      }
      effect.campaigns[campaign.name]?.steps[name, default: StepEffect()].planned += 1
      effect.campaigns[campaign.name]?.steps[name]?.cancelled.add(subject)
    }
  }

  private func note(_ decision: Decision, in campaign: String, _ effect: inout EditEffect) {
    effect.campaigns[campaign, default: CampaignEffect()]
      .steps[decision.step, default: StepEffect()]
      .decided[decision.reason.code, default: Heads()].add(decision.subject)
  }

  private func compareSteps(_ pair: Pair, in campaign: Campaign, _ effect: inout EditEffect) {
    guard let old = pair.old, let new = pair.new else { return }
    var seen: Set<String> = []
    for step in campaign.steps {
      let was = step.was.flatMap { old.steps[$0] == nil ? nil : $0 } ?? step.name
      seen.insert(was)
      let plans = (old: old.steps[was]?.plan, new: new.steps[step.name]?.plan)
      if plans.old == nil, plans.new == nil { continue }
      var found =
        effect.campaigns[campaign.name, default: CampaignEffect()].steps[step.name] ?? StepEffect()
      compare(plans, of: step, pair.subject, campaign, &found)
      effect.campaigns[campaign.name]?.steps[step.name] = found
    }
    for (name, record) in old.steps where record.plan != nil && !seen.contains(name) {
      effect.campaigns[campaign.name]?.steps[name, default: StepEffect()].planned += 1
      effect.campaigns[campaign.name]?.steps[name]?.cancelled.add(pair.subject)
    }
  }

  private func compare(
    _ plans: (old: Plan?, new: Plan?),
    of step: Step,
    _ subject: SubjectID,
    _ campaign: Campaign,
    _ effect: inout StepEffect
  ) {
    if plans.old != nil { effect.planned += 1 }
    switch plans {
    case (nil, nil): break
    case (nil, _?): effect.gains.add(subject)
    case (_?, nil):
      let isDecided = (brought[subject] ?? []).contains {
        $0.campaign == campaign.name && $0.step == step.name && $0.outcome != .cancelled
      }
      if !isDecided { effect.cancelled.add(subject) }
    case (let old?, let new?):
      guard old.plannedAt != new.plannedAt else { return }
      let move = move(from: old.plannedAt, to: new.plannedAt, zone(of: subject, in: campaign))
      effect.moves[move, default: Heads()].add(subject)
    }
  }

  private func zone(of subject: SubjectID, in campaign: Campaign) -> Zone {
    guard let memory = right.standing[subject] else { return edit.new.rules.defaultZone }
    let account = memory.home(at: edit.now).flatMap {
      $0 == subject ? nil : right.world.memories[$0]
    }
    return edit.new.rules.zone(of: memory, account: account, campaign: campaign, now: edit.now)
  }

  private func move(from old: Timestamp, to new: Timestamp, _ zone: Zone) -> StepEffect.Move {
    let (from, to, today) = (zone.date(at: old), zone.date(at: new), zone.date(at: edit.now))
    let days = to.daysSinceEpoch - from.daysSinceEpoch
    return StepEffect.Move(
      days: days,
      minutes: days == 0 ? Int(new.milliseconds(since: old) / 60_000) : 0,
      isFromTodayToTomorrow: from == today && days == 1
    )
  }
}
