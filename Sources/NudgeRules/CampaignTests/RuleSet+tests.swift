import NudgeCore

extension RuleSet {
  /// The rules as a test plays them: nobody held out unless it says so, variants pinned where it names some.
  func played(in timeline: Timeline) -> RuleSet {
    let pinned = Set(timeline.variants.map(\.text))
    guard !timeline.holdsOut || !pinned.isEmpty else { return self }
    return RuleSet(
      hash: hash,
      models: models,
      campaigns: campaigns.map { campaign in
        campaign.changed(
          holdout: timeline.holdsOut ? campaign.holdout : nil,
          steps: campaign.steps.map { $0.pinned(to: pinned) }
        )
      },
      mutes: mutes,
      policy: policy,
      series: series
    )
  }
}

extension Campaign {
  fileprivate func changed(holdout: Number?, steps: [Step]) -> Campaign {
    Campaign(
      name: name,
      description: description,
      owner: owner,
      mode: mode,
      model: model,
      who: who,
      stays: stays,
      leaveWhen: leaveWhen,
      enterUntilDay: enterUntilDay,
      reEnter: reEnter,
      holdout: holdout,
      holdoutGroup: holdoutGroup,
      timezone: timezone,
      priority: priority,
      onFirstDeploy: onFirstDeploy,
      was: was,
      steps: steps
    )
  }
}

extension Step {
  /// The step with the one variant of these names that it has, if it has one.
  fileprivate func pinned(to names: Set<String>) -> Step {
    guard let variant = variants.first(where: { names.contains($0.name) }) else { return self }
    return Step(
      name: name,
      timing: timing,
      days: days,
      outsideDays: outsideDays,
      notBefore: notBefore,
      atMost: atMost,
      per: per,
      onlyIf: onlyIf,
      expires: expires,
      action: action,
      template: template,
      variants: [variant],
      recipient: recipient,
      assignTo: assignTo,
      groupBy: groupBy,
      data: data,
      ignoresQuietHours: ignoresQuietHours,
      capUse: capUse,
      isEnabled: isEnabled,
      was: was
    )
  }
}
