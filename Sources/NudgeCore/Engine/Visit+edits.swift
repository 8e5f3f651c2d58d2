extension Visit {
  /// Ends what the rules no longer have, and takes back plans whose timing was changed.
  mutating func followEdits() {
    for name in memory.campaigns.keys.sorted() {
      guard let enrolment = memory.campaigns[name]?.enrolment, enrolment.isOpen else { continue }
      let campaign = engine.rules.campaignByName[name].map { rules.campaigns[$0] }
      for step in enrolment.steps.keys.sorted() where enrolment.steps[step]?.plan != nil {
        followEdit(of: step, in: campaign, named: name, enrolment)
      }
      if campaign == nil {
        let ending = Enrolment.Ending(at: now, reason: nil)
        memory.campaigns[name]?.enrolment?.ending = ending
        effects.enrolments.append(
          EnrolmentChange(
            subject: memory.subject,
            campaign: name,
            number: enrolment.number,
            enteredAt: enrolment.enteredAt,
            endedAt: now,
            ending: "finished"
          )
        )
      }
    }
  }

  private mutating func followEdit(
    of name: String,
    in campaign: Campaign?,
    named campaignName: String,
    _ enrolment: Enrolment
  ) {
    guard let plan = enrolment.steps[name]?.plan else { return }
    let step = campaign?.steps.first { $0.name == name && $0.isEnabled }
    if step != nil, engine.rules.timingKeys[campaignName]?[name] == plan.timing { return }
    memory.campaigns[campaignName]?.enrolment?.steps[name]?.plan = nil
    memory.campaigns[campaignName]?.enrolment?.steps[name]?.isRePlanned = step != nil
    effects.decisions.append(
      Decision(
        id: Decision.identity(
          campaign: campaignName,
          step: name,
          subject: memory.subject,
          enrolment: enrolment.number,
          occurrence: plan.occurrence
        ),
        at: now,
        subject: memory.subject,
        campaign: campaignName,
        step: name,
        enrolment: enrolment.number,
        occurrence: plan.occurrence,
        outcome: .cancelled,
        reason: .cancelled(step == nil ? .removed : .rePlanned),
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
