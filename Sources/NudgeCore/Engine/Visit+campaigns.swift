extension Visit {
  // MARK: Leaving

  /// Ends the open enrolment if a way out is open; tells whether it did.
  mutating func leaveIfDue(_ campaign: Campaign) -> Bool {
    guard isInside(campaign), let reason = wayOut(of: campaign) else { return false }
    end(campaign, reason)
    return true
  }

  func isInside(_ campaign: Campaign) -> Bool {
    memory.isInside(campaign.name)
  }

  /// The first way out that is open: unsubscribed, `while`, then `leave_when` from the top (ruling 45).
  private mutating func wayOut(of campaign: Campaign) -> Reason.Leave? {
    let view = lens(in: campaign)
    if ask(rules.policy.unsubscribedWhen, view) { return .unsubscribed }
    if let stays = campaign.stays, !ask(stays, view) { return .whileEnded }
    for exit in campaign.leaveWhen where ask(exit.when, view) { return .named(exit.name) }
    return nil
  }

  /// Ends the enrolment; every open plan ends with it, at this instant (ruling 47).
  mutating func end(_ campaign: Campaign, _ reason: Reason.Leave?) {
    if let reason {
      let open = campaign.steps.filter { record(campaign, $0).plan != nil }
      for step in open.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
        finish(campaign, step, .cancelled, .left(reason))
      }
    }
    let ending = Enrolment.Ending(at: now, reason: reason)
    memory.campaigns[campaign.name]?.enrolment?.ending = ending
    memory.campaigns[campaign.name]?.wasClosedSince = false
    noteEnrolment(in: campaign.name)
  }

  /// Tells how the enrolment stands; one that another name began is known by the new one from now on.
  mutating func noteEnrolment(in campaign: String, was: String? = nil) {
    guard let enrolment = memory.campaigns[campaign]?.enrolment else { return }
    effects.enrolments.append(
      EnrolmentChange(
        subject: memory.subject,
        campaign: campaign,
        was: was,
        number: enrolment.number,
        enteredAt: enrolment.enteredAt,
        endedAt: enrolment.ending?.at,
        ending: enrolment.ending.map { $0.reason.map { Reason.left($0).code } ?? "finished" }
      )
    )
  }

  // MARK: Entering

  /// Whether the subject would enter now.
  func wouldEnter(_ campaign: Campaign) -> Bool {
    var visit = self
    return visit.enterIfDue(campaign)
  }

  /// Begins an enrolment if the way in is open; tells whether it did.
  mutating func enterIfDue(_ campaign: Campaign) -> Bool {
    guard !isInside(campaign), memory.subject.kind != .anonymous, campaign.mode != .off,
      mayEver(enter: campaign), !isOverForGood(campaign)
    else { return false }
    guard isWayInOpen(to: campaign) else {
      memory.campaigns[campaign.name]?.wasClosedSince = true
      return false
    }
    guard mayAgain(enter: campaign), isEarlyEnough(for: campaign) else { return false }
    begin(campaign)
    return true
  }

  /// Whether the subject has left, and nobody enters this campaign twice.
  private func isOverForGood(_ campaign: Campaign) -> Bool {
    campaign.reEnter == .never && memory.campaigns[campaign.name]?.enrolment?.ending != nil
  }

  /// Whether the subject is one of the model's, and one whom the deploy of the campaign takes in.
  func mayEver(enter campaign: Campaign) -> Bool {
    guard let start = memory.progress[campaign.model]?.startedAt else { return false }
    guard let deployed = engine.deployments[campaign.name] else { return true }
    switch campaign.onFirstDeploy {
    case .newStartsOnly: return start >= deployed
    case .joinInProgress, .startOver: return true
    }
  }

  private mutating func isWayInOpen(to campaign: Campaign) -> Bool {
    let view = lens(in: campaign)
    let verdict = Verdict.all(
      [campaign.who, campaign.stays].lazy.compactMap(\.self),
      view.evaluate
    )
    let mayMatter = campaign.reEnter != .never || memory.campaigns[campaign.name] == nil
    if mayMatter { wake = min(wake, verdict.until) }
    return verdict.holds
  }

  private mutating func mayAgain(enter campaign: Campaign) -> Bool {
    guard let record = memory.campaigns[campaign.name], let ended = record.enrolment?.ending else {
      return true
    }
    switch campaign.reEnter {
    case .never: return false
    case .always: return record.wasClosedSince
    case .after(let span):
      let allowed = span.windowEnd(from: ended.at, in: lens(in: campaign).zone)
      if now < allowed { wake = min(wake, allowed) }
      return now >= allowed
    }
  }

  private func isEarlyEnough(for campaign: Campaign) -> Bool {
    guard let last = campaign.enterUntilDay else { return true }
    return lens(in: campaign).day.map { $0 <= last } ?? false
  }

  private mutating func begin(_ campaign: Campaign) {
    var record = memory.campaigns[campaign.name] ?? CampaignRecord()
    record.enrolment = Enrolment(
      number: lastNumber(in: campaign) + 1,
      enteredAt: now,
      actor: trigger?.actor ?? ownActor,
      ending: nil
    )
    record.wasClosedSince = false
    memory.campaigns[campaign.name] = record
    noteEnrolment(in: campaign.name)
  }

  /// The number of the last passage under the name of a campaign: one that was renamed and has its old name again
  /// without `was:` begins anew, and its decisions must not take the ids of those that were made.
  private func lastNumber(in campaign: Campaign) -> Int {
    max(
      memory.campaigns[campaign.name]?.enrolment?.number ?? 0,
      memory.passages[campaign.name] ?? 0
    )
  }

  /// On a user's campaign the user acts, where no event says otherwise (ruling 105).
  var ownActor: String? {
    memory.subject.kind == .user ? memory.subject.id : nil
  }

  // MARK: Records

  func record(_ campaign: Campaign, _ step: Step) -> StepRecord {
    memory.campaigns[campaign.name]?.enrolment?.steps[step.name] ?? StepRecord()
  }

  /// Changes what is noted of a step of the open enrolment.
  mutating func update(_ campaign: Campaign, _ step: Step, _ change: (inout StepRecord) -> Void) {
    var record = record(campaign, step)
    change(&record)
    memory.campaigns[campaign.name]?.enrolment?.steps[step.name] = record
  }
}
