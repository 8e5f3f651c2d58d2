extension Visit {
  /// Who gets the intervention; `nil` when nobody can be found, or the one found has unsubscribed.
  func recipient(of step: Step, _ plan: Plan, _ campaign: Campaign) -> SubjectID? {
    let found = namedRecipient(of: step, plan)
    guard let found, found != memory.subject, found.kind == .user else { return found }
    guard let known = world.memories[found] else { return found }
    let view = lens(of: known, in: campaign)
    return view.evaluate(rules.policy.unsubscribedWhen).holds ? nil : found
  }

  func namedRecipient(of step: Step, _ plan: Plan) -> SubjectID? {
    switch step.recipient {
    case .subject: return memory.subject
    case .actor: return plan.actor.map(SubjectID.user)
    case .accountTrait(let name):
      let owner = memory.subject.kind == .account ? memory : account
      return owner?.trait(name, at: now)?.text.map(SubjectID.user)
    }
  }

  /// The account whose traits count for somebody else; the one that is looked at is here and not in the world.
  func home(of other: Memory) -> Memory? {
    guard let account = other.account(at: now).map(SubjectID.account) else { return nil }
    return account == memory.subject ? memory : world.memories[account]
  }

  /// Another subject, seen in this campaign.
  private func lens(of other: Memory, in campaign: Campaign) -> Lens {
    let home = home(of: other)
    let zone = engine.rules.zone(of: other, account: home, campaign: campaign, now: now)
    return Lens(rules: engine.rules, now: now, memory: other, account: home, zone: zone)
  }

  /// The zone whose hours and days a message keeps: the recipient's if we know them, else the subject's (ruling 78).
  func zone(for recipient: SubjectID, _ campaign: Campaign) -> Zone {
    guard recipient != memory.subject, let known = world.memories[recipient], !known.isUnknown
    else { return lens(in: campaign).zone }
    return lens(of: known, in: campaign).zone
  }

  func channel(of step: Step) -> Channel? {
    guard case .send(let name) = step.action else { return nil }
    return rules.policy.channels[name] ?? .builtIn(name)
  }

  func message(of step: Step) -> Channel? {
    channel(of: step).flatMap { $0.kind == .message ? $0 : nil }
  }
}

extension Memory {
  /// Whether nothing was ever heard of the subject.
  var isUnknown: Bool { traits.isEmpty && series.isEmpty && memberships.isEmpty }
}
