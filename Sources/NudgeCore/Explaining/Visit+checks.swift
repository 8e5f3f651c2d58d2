extension Visit {
  /// What is asked before a plan goes out, as it stands now: stages 5 to 8 of `rules.md`, "From plan to send".
  ///
  /// What cannot hold a step of this kind back is left out.
  func checks(
    of plan: Plan,
    _ step: Step,
    _ campaign: Campaign,
    _ teller: ConditionTeller
  )
    -> [PlanExplanation.Check]
  {
    let recipient = recipient(of: step, plan, campaign)
    let early = [
      onlyIfCheck(step, teller), recipientCheck(recipient, step, plan),
      muteCheck(step, recipient, campaign), silenceCheck(step, recipient, campaign),
      holdoutCheck(campaign), quietCheck(step, recipient, campaign), limitCheck(step, campaign),
    ]
    return early.compactMap(\.self) + capChecks(step, recipient, campaign)
  }

  private func check(
    _ kind: PlanExplanation.Kind,
    _ passes: Bool,
    _ text: Phrase,
    _ condition: ConditionTree? = nil,
    users: [String] = []
  ) -> PlanExplanation.Check {
    PlanExplanation.Check(
      kind: kind,
      passes: passes,
      text: text,
      condition: condition,
      users: users
    )
  }

  private func onlyIfCheck(_ step: Step, _ teller: ConditionTeller) -> PlanExplanation.Check {
    guard let tree = step.onlyIf.map(teller.tree) else { return check(.onlyIf, true, "no only_if") }
    return check(.onlyIf, tree.holds, "only_if \(tree.holds ? "✓" : "✗") \(tree.brief)", tree)
  }

  private func recipientCheck(
    _ recipient: SubjectID?,
    _ step: Step,
    _ plan: Plan
  )
    -> PlanExplanation.Check?
  {
    if let recipient {
      guard recipient != memory.subject else { return nil }
      return check(.recipient, true, "to \(recipient)")
    }
    guard let named = namedRecipient(of: step, plan) else {
      return check(.recipient, false, "nobody to send it to: \(step.recipient.absence)")
    }
    return check(.recipient, false, "\(named) has unsubscribed")
  }

  private func muteCheck(
    _ step: Step,
    _ recipient: SubjectID?,
    _ campaign: Campaign
  )
    -> PlanExplanation.Check?
  {
    let names = mutes(of: step, recipient ?? memory.subject, campaign).map(\.name)
    guard message(of: step) != nil || !names.isEmpty else { return nil }
    guard let first = names.first else { return check(.mute, true, "no mute") }
    let told = names.map { name in
      let description = rules.mutes.first { $0.name == name }?.description
      return name + (description.map { " (\($0))" } ?? "")
    }
    let holding = holding(first, recipient ?? memory.subject)
    return check(.mute, false, "muted by \(told.joined(by: "and"))", holding)
  }

  /// The condition of a mute that holds now, with what would end it.
  private func holding(_ name: String, _ recipient: SubjectID) -> ConditionTree? {
    rules.mutes.first { $0.name == name }.flatMap { mute in
      questions(of: mute, for: recipient).lazy
        .map { ConditionTeller(lens: $0.view, wanted: false).tree(of: $0.condition) }
        .first { $0.holds }
    }
  }

  private func silenceCheck(
    _ step: Step,
    _ recipient: SubjectID?,
    _ campaign: Campaign
  )
    -> PlanExplanation.Check?
  {
    guard let silence = silence(of: step, recipient ?? memory.subject, campaign) else { return nil }
    if silence.isPause { return check(.silence, false, "paused (\(silence.comment))") }
    let until = silence.until
    return check(.silence, false, "silenced by \(silence.id) (\(silence.comment)) until \(until)")
  }

  private func holdoutCheck(_ campaign: Campaign) -> PlanExplanation.Check {
    guard let text = holdoutText(campaign) else { return check(.holdout, true, "no holdout") }
    let isHeldOut = isHeldOut(of: campaign)
    return check(.holdout, !isHeldOut, isHeldOut ? "held out \(text)" : "not held out \(text)")
  }

  /// The subject's number beside the share: `(0.731 ≥ 0.10)`; `nil` without a holdout.
  func holdoutText(_ campaign: Campaign) -> Phrase? {
    campaign.holdout.map { share in
      let chance = holdoutChance(of: campaign)
      let sign = chance.isBelow(share) ? "<" : "≥"
      return "(\(chance.text) \(sign) \(share.shareText))"
    }
  }

  private func quietCheck(
    _ step: Step,
    _ recipient: SubjectID?,
    _ campaign: Campaign
  )
    -> PlanExplanation.Check?
  {
    guard message(of: step) != nil, rules.policy.quietHours != nil else { return nil }
    let recipient = recipient ?? memory.subject
    guard let end = quietEnd(for: step, recipient, campaign) else {
      return check(.quietHours, true, "not quiet")
    }
    return check(.quietHours, false, "quiet until \(end)")
  }

  private func limitCheck(_ step: Step, _ campaign: Campaign) -> PlanExplanation.Check? {
    guard isAtLimit(campaign, step), let most = step.atMost, let per = step.per else { return nil }
    return check(.atMost, false, "at_most \(most) per \(per) is used up")
  }

  // MARK: Caps

  private func capChecks(
    _ step: Step,
    _ recipient: SubjectID?,
    _ campaign: Campaign
  )
    -> [PlanExplanation.Check]
  {
    guard let channel = message(of: step), step.capUse != .exempt else { return [] }
    return rules.policy.caps
      .filter { $0.channels?.contains(channel.name) ?? true }
      .map { capCheck($0, counted(under: $0, recipient ?? memory.subject, campaign)) }
  }

  private func capCheck(
    _ cap: Cap,
    _ counted: [(message: Memory.SentMessage, until: Timestamp)]
  ) -> PlanExplanation.Check {
    let free = cap.freeing(counted)
    let used = "\(cap.name): \(counted.count) of \(cap.atMost) used" as Phrase
    let latest = counted.suffix(Limits.messagesTold).map { entry -> Phrase in
      "\(entry.message.from), sent \(entry.message.at)"
    }
    let by: Phrase = latest.isEmpty ? "" : " by \(latest.joined(by: "; "))"
    let freeing: Phrase = free.map { "; free \($0)" } ?? ""
    let users = counted.compactMap { $0.message.from.split(separator: "/").first.map(String.init) }
    return check(.cap, free == nil, used + by + freeing, users: users)
  }
}

extension Step.Recipient {
  /// Why there is nobody.
  fileprivate var absence: String {
    switch self {
    case .subject: "the subject is not known"
    case .accountTrait(let name): "account.\(name) is not set"
    case .actor: "no member's event triggered it"
    }
  }
}

extension Chance {
  /// The number to three decimals, the rest cut off so that it never seems to reach a share it lies below.
  var text: String {
    let thousandths = Int(numerator.multipliedFullWidth(by: 1000).high)
    return "0.\(thousandths.padded(to: 3))"
  }
}

extension Number {
  /// A share with at least two decimals: `0.10`.
  fileprivate var shareText: String {
    let text = description
    guard let point = text.firstIndex(of: ".") else { return text + ".00" }
    return text.distance(from: point, to: text.endIndex) < 3 ? text + "0" : text
  }
}
