extension Visit {
  /// Carries records over renames, ends what the rules no longer have, and takes back plans whose timing was changed.
  mutating func followEdits() {
    for renamed in engine.rules.renames { follow(renamed) }
    for name in memory.campaigns.keys.sorted() {
      guard let enrolment = memory.campaigns[name]?.enrolment, enrolment.isOpen else { continue }
      let campaign = campaignHere(named: name)
      for step in enrolment.steps.keys.sorted() {
        guard let plan = enrolment.steps[step]?.plan else { continue }
        followEdit(of: step, plan, in: campaign, named: name, enrolment.number)
      }
      if campaign == nil { endRemoved(name) }
    }
  }

  /// The campaign of this name, if it is about this kind of subject; one whose model turned to the other kind is gone.
  private func campaignHere(named name: String) -> Campaign? {
    guard let place = engine.rules.campaignByName[name] else { return nil }
    let campaign = rules.campaigns[place]
    return rules.models[campaign.model].subject == memory.subject.kind ? campaign : nil
  }

  private mutating func endRemoved(_ name: String) {
    let ending = Enrolment.Ending(at: now, reason: nil)
    memory.campaigns[name]?.enrolment?.ending = ending
    noteEnrolment(in: name)
  }

  // MARK: Renames

  private mutating func follow(_ renamed: RuleIndex.Rename) {
    let campaign = rules.campaigns[renamed.campaign]
    if let was = renamed.was, memory.campaigns[campaign.name] == nil,
      let record = memory.campaigns.removeValue(forKey: was)
    {
      memory.campaigns[campaign.name] = record
      memory.passages[was] = record.enrolment?.number
      noteEnrolment(in: campaign.name, was: was)
    }
    guard !renamed.steps.isEmpty, var record = memory.campaigns[campaign.name] else { return }
    for (was, name) in renamed.steps { record.rename(was, to: name) }
    if record != memory.campaigns[campaign.name] { memory.campaigns[campaign.name] = record }
  }

  // MARK: One plan

  private mutating func followEdit(
    of name: String,
    _ plan: Plan,
    in campaign: Campaign?,
    named campaignName: String,
    _ enrolment: Int
  ) {
    let step = campaign?.steps.first { $0.name == name && $0.isEnabled }
    guard let campaign, let step else {
      return cancel(name, plan, campaignName, enrolment, .removed)
    }
    let timing = engine.rules.timingKeys[campaignName]?[name] ?? plan.timing
    if timing == plan.timing { return }
    let nominal = nominal(of: step, in: campaign, replacing: plan)
    if let nominal, plan.isAsPlanned(at: nominal, bounds(of: nominal, campaign, step)) {
      memory.campaigns[campaignName]?.enrolment?.steps[name]?.plan?.timing = timing
      return
    }
    cancel(name, plan, campaignName, enrolment, .rePlanned)
    // What has come due is due still; anything else is planned as if for the first time.
    if let nominal, step.timing.isRepeated, nominal <= now { self.plan(campaign, step, nominal) }
  }

  /// Where the step's timing, as it is now, puts an open plan; `nil` while it cannot say.
  private func nominal(of step: Step, in campaign: Campaign, replacing plan: Plan) -> Timestamp? {
    let view = planningLens(of: step, in: campaign)
    switch step.timing {
    case .immediately, .onDay, .after: return step.timing.onlyInstant(through: view)
    case .asSoonAs: return plan.nominalAt <= now ? plan.nominalAt : nil
    case .every(let interval, let time, let anchor):
      if plan.nominalAt <= now { return plan.nominalAt }
      guard let from = view.instant(of: anchor) else { return nil }
      var record = record(campaign, step)
      record.lastNominalAt = nil
      return nextOccurrence(of: interval, at: time, after: from, record, view)
    }
  }

  /// Takes a plan back; should the step come back, or has it another timing, it is planned once more.
  private mutating func cancel(
    _ step: String,
    _ plan: Plan,
    _ campaign: String,
    _ enrolment: Int,
    _ reason: Reason.Cancel
  ) {
    memory.campaigns[campaign]?.enrolment?.steps[step]?.plan = nil
    memory.campaigns[campaign]?.enrolment?.steps[step]?.isRePlanned = true
    memory.campaigns[campaign]?.enrolment?.steps[step]?.lastNominalAt = nil
    effects.decisions.append(
      Decision(
        id: Decision.identity(
          campaign: campaign,
          step: step,
          subject: memory.subject,
          enrolment: enrolment,
          occurrence: plan.occurrence
        ),
        at: now,
        subject: memory.subject,
        campaign: campaign,
        step: step,
        enrolment: enrolment,
        occurrence: plan.occurrence,
        outcome: .cancelled,
        reason: .cancelled(reason),
        nominalAt: plan.nominalAt,
        channel: nil,
        to: nil,
        variant: nil,
        cause: nil,
        ruleSet: rules.hash
      )
    )
  }
}

extension Plan {
  /// Whether a plan that is made now would be this one.
  fileprivate func isAsPlanned(at nominal: Timestamp, _ bounds: Visit.Bounds) -> Bool {
    nominalAt == nominal && plannedAt == bounds.plannedAt && isOutsideDays == bounds.isOutsideDays
      && expiresAt == bounds.expiresAt
  }
}

extension CampaignRecord {
  /// Carries what is known of a step over to its new name, unless that has a past of its own.
  fileprivate mutating func rename(_ was: String, to name: String) {
    if enrolment?.steps[name] == nil, let record = enrolment?.steps.removeValue(forKey: was) {
      enrolment?.steps[name] = record
      enrolment?.occurrences[was] = record.occurrences
    }
    if doneAt[name] == nil, let done = doneAt.removeValue(forKey: was) { doneAt[name] = done }
  }
}

extension Step.Timing {
  /// Whether it can be planned again and again.
  fileprivate var isRepeated: Bool {
    switch self {
    case .every, .asSoonAs: true
    case .immediately, .onDay, .after: false
    }
  }
}
