extension Visit {
  /// Decides the first of the plans that are due; tells whether there was one.
  ///
  /// Higher priority goes first, then the earlier nominal instant, the campaign's name, the step's place (ruling 79).
  mutating func decideNextDue() -> Bool {
    var first: (campaign: Campaign, step: Step, plan: Plan)?
    for campaign in rules.campaigns where isInside(campaign) {
      for step in campaign.steps {
        guard let plan = record(campaign, step).plan else { continue }
        guard plan.due <= now || hasHoldEnded(plan, campaign, step) else {
          wake = min(wake, plan.due, muteChange(plan, campaign, step))
          continue
        }
        guard let other = first else {
          first = (campaign, step, plan)
          continue
        }
        // Campaigns come by priority and name, steps by place: only an earlier nominal instant overtakes.
        if campaign.priority == other.campaign.priority, plan.nominalAt < other.plan.nominalAt {
          first = (campaign, step, plan)
        }
      }
    }
    guard let first else { return false }
    decide(first.campaign, first.step, first.plan)
    if record(first.campaign, first.step).plan == nil { planWhatFollows(first.campaign) }
    return true
  }

  /// Stages 5 to 9 of `rules.md`, "From plan to send".
  private mutating func decide(_ campaign: Campaign, _ step: Step, _ plan: Plan) {
    if let waiting = plan.waiting, waiting.until > now, !hasHoldEnded(plan, campaign, step) {
      return finish(campaign, step, .dropped, .dropped(.expired), cause: waiting.cause)
    }
    if plan.isOutsideDays { return finish(campaign, step, .skipped, .skipped(.outsideDays)) }
    if campaign.mode == .off { return finish(campaign, step, .cancelled, .cancelled(.campaignOff)) }
    if let onlyIf = step.onlyIf, !lens(in: campaign).evaluate(onlyIf).holds {
      return finish(campaign, step, .skipped, .skipped(.condition))
    }
    guard let recipient = recipient(of: step, plan, campaign) else {
      return finish(campaign, step, .dropped, .dropped(.noRecipient))
    }
    if let mute = mutes(of: step, recipient, campaign).first {
      return wait(campaign, step, plan, .muted, cause: mute.name, until: .never)
    }
    if let silence = silence(of: step, recipient, campaign) {
      return wait(campaign, step, plan, .silenced, cause: silence.id, until: silence.until)
    }
    if isHeldOut(of: campaign) {
      return finish(campaign, step, .heldOut, .heldOut, to: recipient)
    }
    if let quiet = quietEnd(for: step, recipient, campaign) {
      return wait(campaign, step, plan, .quietHours, cause: "quiet_hours", until: quiet)
    }
    decideUnderCaps(campaign, step, plan, recipient)
  }

  private mutating func decideUnderCaps(
    _ campaign: Campaign,
    _ step: Step,
    _ plan: Plan,
    _ recipient: SubjectID
  ) {
    if isAtLimit(campaign, step) {
      return finish(campaign, step, .dropped, .dropped(.capped), cause: "at_most", to: recipient)
    }
    if let cap = holdingCap(for: step, recipient, campaign) {
      if rules.policy.onCap == .drop {
        return finish(campaign, step, .dropped, .dropped(.capped), cause: cap.name, to: recipient)
      }
      return wait(campaign, step, plan, .cap, cause: cap.name, until: cap.freeAt)
    }
    if now > plan.expiresAt { return finish(campaign, step, .dropped, .dropped(.expired)) }
    if campaign.mode == .shadow {
      return finish(campaign, step, .skipped, .skipped(.shadow), to: recipient)
    }
    send(campaign, step, plan, recipient)
  }

  /// Holds a plan back, unless it has expired (ruling 101).
  private mutating func wait(
    _ campaign: Campaign,
    _ step: Step,
    _ plan: Plan,
    _ reason: Reason.Wait,
    cause: String,
    until: Timestamp
  ) {
    if now >= plan.expiresAt {
      return finish(campaign, step, .dropped, .dropped(.expired), cause: cause)
    }
    update(campaign, step) {
      $0.plan?.waiting = Plan.Waiting(reason: reason, cause: cause, until: until)
    }
  }
}
