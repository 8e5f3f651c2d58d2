import NudgeCore

/// One change that somebody makes to a campaign.
enum RandomEdit: CaseIterable {
  case renamedCampaign
  case renamedStep
  case timing
  case furtherStep
  case off
  case closed

  /// The campaign after the change.
  func applied(to campaign: Campaign, using dice: inout Dice) -> Campaign {
    let place = dice.number(0...(campaign.steps.count - 1))
    switch self {
    case .renamedCampaign: return campaign.edited(name: "new-\(campaign.name)", was: campaign.name)
    case .renamedStep:
      let step = campaign.steps[place]
      return campaign.replacing(place, with: step.edited(name: "new-\(step.name)", was: step.name))
    case .timing:
      let timing = Step.Timing.after(milliseconds: hours(&dice), since: .start)
      return campaign.replacing(place, with: campaign.steps[place].edited(timing: timing))
    case .furtherStep:
      let timing = Step.Timing.after(milliseconds: hours(&dice), since: .entering)
      let step = campaign.steps[place].edited(name: "further", timing: timing)
      return campaign.edited(steps: campaign.steps + [step])
    case .off: return campaign.edited(mode: .off)
    case .closed: return campaign.edited(holdout: .literal("0.9"))
    }
  }

  private func hours(_ dice: inout Dice) -> Int64 {
    Int64(dice.number(1...400)) * 3_600_000
  }
}

extension Campaign {
  fileprivate func replacing(_ place: Int, with step: Step) -> Campaign {
    var steps = steps
    steps[place] = step
    return edited(steps: steps)
  }

  /// The same campaign with some parts changed.
  func edited(
    name: String? = nil,
    was: String? = nil,
    mode: Mode? = nil,
    holdout: Number? = nil,
    onFirstDeploy: FirstDeploy? = nil,
    steps: [Step]? = nil
  ) -> Campaign {
    Campaign(
      name: name ?? self.name,
      description: description,
      owner: owner,
      mode: mode ?? self.mode,
      model: model,
      who: who,
      stays: stays,
      leaveWhen: leaveWhen,
      enterUntilDay: enterUntilDay,
      reEnter: reEnter,
      holdout: holdout ?? self.holdout,
      holdoutGroup: holdoutGroup,
      timezone: timezone,
      priority: priority,
      onFirstDeploy: onFirstDeploy ?? self.onFirstDeploy,
      was: was ?? self.was,
      steps: steps ?? self.steps
    )
  }
}

extension Step {
  /// The same step with some parts changed.
  fileprivate func edited(
    name: String? = nil,
    was: String? = nil,
    timing: Timing? = nil
  )
    -> Step
  {
    Step(
      name: name ?? self.name,
      timing: timing ?? self.timing,
      days: days,
      outsideDays: outsideDays,
      notBefore: notBefore,
      atMost: atMost,
      per: per,
      onlyIf: onlyIf,
      expires: expires,
      action: action,
      template: template,
      variants: variants,
      recipient: recipient,
      assignTo: assignTo,
      groupBy: groupBy,
      data: data,
      ignoresQuietHours: ignoresQuietHours,
      capUse: capUse,
      isEnabled: isEnabled,
      was: was ?? self.was
    )
  }
}
