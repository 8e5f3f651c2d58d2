extension Visit {
  /// The mutes that hold now and keep the step's channel quiet, by name, and when time may end each.
  func mutes(
    of step: Step,
    _ recipient: SubjectID,
    _ campaign: Campaign
  )
    -> [(name: String, until: Timestamp)]
  {
    guard let channel = channel(of: step) else { return [] }
    return rules.mutes.compactMap { mute in
      guard mute.covers(channel, campaign.name) else { return nil }
      let verdict = verdict(of: mute, for: recipient)
      return verdict.holds ? (mute.name, verdict.until) : nil
    }
  }

  /// Whether a mute holds for the recipient or for the account: either is enough (ruling 91).
  private func verdict(of mute: Mute, for recipient: SubjectID) -> Verdict {
    .any(questions(of: mute, for: recipient)) { $0.view.evaluate($0.condition) }
  }

  /// What a mute asks, of the recipient and of the account.
  func questions(
    of mute: Mute,
    for recipient: SubjectID
  )
    -> [(view: Lens, condition: Condition)]
  {
    let person = recipient == memory.subject ? memory : world.memories[recipient]
    let home = person.flatMap { self.home(of: $0) }
    let account = memory.subject.kind == .account ? memory : home
    var questions: [(view: Lens, condition: Condition)] = []
    if let condition = mute.when, let person, recipient.kind == .user {
      questions.append((asked(person, home: home), condition))
    }
    if let condition = mute.whenAccount, let account {
      questions.append((asked(account, home: nil), condition))
    }
    return questions
  }

  /// A subject in its own calendar, outside of models and campaigns.
  private func asked(_ other: Memory, home: Memory?) -> Lens {
    let zone = engine.rules.zone(of: other, account: home, campaign: nil, now: now)
    return Lens(
      rules: engine.rules,
      now: now,
      memory: other.seen(at: now),
      account: home,
      zone: zone
    )
  }

  /// Whether what holds a plan back has ended before its time: mutes and silences alone do.
  func hasHoldEnded(_ plan: Plan, _ campaign: Campaign, _ step: Step) -> Bool {
    switch plan.waiting?.reason {
    case .muted: holdingMute(plan, campaign, step) == nil
    case .silenced: hasSilenceEnded(plan, campaign, step)
    case .quietHours, .cap, .days, nil: false
    }
  }

  /// The mute that a plan waits for, while it holds.
  private func holdingMute(
    _ plan: Plan,
    _ campaign: Campaign,
    _ step: Step
  )
    -> (name: String, until: Timestamp)?
  {
    guard let recipient = recipient(of: step, plan, campaign) else { return nil }
    return mutes(of: step, recipient, campaign).first { $0.name == plan.waiting?.cause }
  }

  /// Leaves word with everybody else whose change may end a mute or a silence that holds a plan back.
  mutating func watchMutes() {
    if rules.mutes.isEmpty || !memory.hasWaitingPlan { return }
    for campaign in rules.campaigns where isInside(campaign) {
      for step in campaign.steps {
        guard let plan = record(campaign, step).plan, let waiting = plan.waiting,
          waiting.reason == .muted || waiting.reason == .silenced,
          let recipient = namedRecipient(of: step, plan)
        else { continue }
        watch(recipient)
        let known = recipient == memory.subject ? memory : world.memories[recipient]
        if let home = known?.home(at: now) { watch(home) }
      }
    }
  }

  private mutating func watch(_ other: SubjectID) {
    guard other != memory.subject, let watchers = world.memories[other]?.watchers,
      !watchers.contains(memory.subject)
    else { return }
    world.memories[other]?.watchers.insert(memory.subject)
    effects.touches.append(other)
  }

  /// When time may end the mutes that hold a plan back.
  func muteChange(_ plan: Plan, _ campaign: Campaign, _ step: Step) -> Timestamp {
    guard plan.waiting?.reason == .muted else { return .never }
    return holdingMute(plan, campaign, step)?.until ?? .never
  }

  func isHeldOut(of campaign: Campaign) -> Bool {
    campaign.holdout.map(holdoutChance(of: campaign).isBelow) ?? false
  }

  /// The number that is compared with the holdout's share (ruling 74).
  func holdoutChance(of campaign: Campaign) -> Chance {
    Chance(of: [campaign.holdoutGroup ?? engine.origin(of: campaign.name), memory.subject.id])
  }

  func quietEnd(
    for step: Step,
    _ recipient: SubjectID,
    _ campaign: Campaign
  ) -> Timestamp? {
    guard let channel = message(of: step), !channel.ignoresQuietHours, !step.ignoresQuietHours
    else { return nil }
    return rules.policy.quietHours?.end(ifQuietAt: now, in: zone(for: recipient, campaign))
  }

  /// The cap that frees up last among those that are used up; `nil` when none is (ruling 77).
  func holdingCap(
    for step: Step,
    _ recipient: SubjectID,
    _ campaign: Campaign
  ) -> (name: String, freeAt: Timestamp)? {
    guard let channel = message(of: step), step.capUse != .exempt else { return nil }
    // What is gathered now is one message, however many subjects it is about.
    let own = step.groupBy.map { _ in place(of: step, campaign) }
    return rules.policy.caps
      .filter { $0.channels?.contains(channel.name) ?? true }
      .compactMap { cap in
        let counted = counted(under: cap, recipient, campaign)
          .filter { $0.message.at != now || $0.message.from != own }
        return cap.freeing(counted).map { (cap.name, $0) }
      }
      .max { $0.1 < $1.1 }
  }

  /// The messages to a recipient that a cap counts now, with the instant at which each frees its place, by it.
  func counted(
    under cap: Cap,
    _ recipient: SubjectID,
    _ campaign: Campaign
  )
    -> [(message: Memory.SentMessage, until: Timestamp)]
  {
    let zone = zone(for: recipient, campaign)
    let sent = (recipient == memory.subject ? memory : world.memories[recipient])?.messages ?? []
    return sent.filter { cap.channels?.contains($0.channel) ?? true }
      .map { ($0, cap.per.windowEnd(from: $0.at, in: zone)) }
      .filter { now < $0.1 }
      .sorted { $0.1 < $1.1 }
  }
}

extension Memory {
  /// Whether something holds a plan back.
  fileprivate var hasWaitingPlan: Bool {
    campaigns.hasValue { record in
      record.enrolment?.steps.hasValue { $0.plan?.waiting != nil } ?? false
    }
  }
}

extension Cap {
  /// When the cap frees up, from what it counts; `nil` if it is free.
  func freeing(_ counted: [(message: Memory.SentMessage, until: Timestamp)]) -> Timestamp? {
    counted.count >= atMost ? counted[counted.count - atMost].until : nil
  }
}

extension Mute {
  /// Whether it keeps a channel quiet in a campaign: one that it names, or else any for messages.
  func covers(_ channel: Channel, _ campaign: String) -> Bool {
    (channels?.contains(channel.name) ?? (channel.kind == .message))
      && campaigns?.contains(campaign) ?? true
  }
}
