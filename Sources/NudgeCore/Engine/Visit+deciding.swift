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

  // MARK: Recipients

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

  /// Another subject, seen in this campaign.
  private func lens(of other: Memory, in campaign: Campaign) -> Lens {
    let home = other.account.flatMap { world.memories[.account($0)] }
    return Lens(
      rules: engine.rules,
      zones: engine.zones,
      now: now,
      memory: other,
      account: home,
      zone: engine.zones.zone(
        of: other,
        account: home,
        campaign: campaign,
        rules: engine.rules,
        now: now
      ),
      model: nil,
      progress: nil,
      campaign: nil,
      enrolment: nil
    )
  }

  /// The zone whose hours and days a message keeps: the recipient's if we know them, else the subject's (ruling 78).
  func zone(for recipient: SubjectID, _ campaign: Campaign) -> Zone {
    guard recipient != memory.subject, let known = world.memories[recipient], !known.isUnknown
    else { return lens(in: campaign).zone }
    return lens(of: known, in: campaign).zone
  }

  // MARK: What holds a message back

  func channel(of step: Step) -> Channel? {
    guard case .send(let name) = step.action else { return nil }
    return rules.policy.channels[name] ?? .builtIn(name)
  }

  func message(of step: Step) -> Channel? {
    channel(of: step).flatMap { $0.kind == .message ? $0 : nil }
  }

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
    let person = recipient == memory.subject ? memory : world.memories[recipient]
    let home = person.flatMap { $0.account.flatMap { world.memories[.account($0)] } }
    let account = memory.subject.kind == .account ? memory : home
    var verdicts: [Verdict] = []
    if let condition = mute.when, let person, recipient.kind == .user {
      verdicts.append(asked(person, home: home).evaluate(condition))
    }
    if let condition = mute.whenAccount, let account {
      verdicts.append(asked(account, home: nil).evaluate(condition))
    }
    return .any(verdicts)
  }

  /// A subject in its own calendar, outside of models and campaigns.
  private func asked(_ other: Memory, home: Memory?) -> Lens {
    Lens(
      rules: engine.rules,
      zones: engine.zones,
      now: now,
      memory: other,
      account: home,
      zone: engine.zones.zone(
        of: other,
        account: home,
        campaign: nil,
        rules: engine.rules,
        now: now
      ),
      model: nil,
      progress: nil,
      campaign: nil,
      enrolment: nil
    )
  }

  /// Whether what holds a plan back has ended before its time: mutes and silences alone do.
  private func hasHoldEnded(_ plan: Plan, _ campaign: Campaign, _ step: Step) -> Bool {
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
    for campaign in rules.campaigns where isInside(campaign) {
      for step in campaign.steps {
        guard let plan = record(campaign, step).plan, let waiting = plan.waiting,
          waiting.reason == .muted || waiting.reason == .silenced,
          let recipient = namedRecipient(of: step, plan), recipient != memory.subject
        else { continue }
        watch(recipient)
        if let home = world.memories[recipient]?.home { watch(home) }
      }
    }
  }

  private mutating func watch(_ other: SubjectID) {
    guard other != memory.subject, let watchers = world.memories[other]?.watchers,
      !watchers.contains(memory.subject)
    else { return }
    world.memories[other]?.watchers.insert(memory.subject)
    effects.touched.insert(other)
  }

  /// When time may end the mutes that hold a plan back.
  private func muteChange(_ plan: Plan, _ campaign: Campaign, _ step: Step) -> Timestamp {
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
  private func holdingCap(
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

  // MARK: Outcomes

  private mutating func send(
    _ campaign: Campaign,
    _ step: Step,
    _ plan: Plan,
    _ recipient: SubjectID
  ) {
    switch step.action {
    case .tag(let tag): memory.tags.insert(tag)
    case .untag(let tag): memory.tags.remove(tag)
    case .send(let channel):
      if message(of: step) != nil, step.capUse != .notCounted {
        count(
          Memory.SentMessage(at: now, channel: channel, from: place(of: step, campaign)),
          to: recipient,
          once: step.groupBy != nil
        )
      }
      guard hand(over: channel, campaign, step, plan, recipient) else {
        return finish(campaign, step, .dropped, .dropped(.template), to: recipient)
      }
    }
    finish(campaign, step, .sent, .sent, to: recipient)
  }

  private func place(of step: Step, _ campaign: Campaign) -> String {
    "\(campaign.name)/\(step.name)"
  }

  private mutating func count(
    _ message: Memory.SentMessage,
    to recipient: SubjectID,
    once: Bool
  ) {
    let known = recipient == memory.subject ? memory : world.memories[recipient]
    if once, known?.messages.contains(message) == true { return }
    if recipient == memory.subject {
      memory.messages.append(message)
    } else {
      world.memories[recipient, default: Memory(subject: recipient)].messages.append(message)
      effects.touched.insert(recipient)
    }
  }

  private mutating func hand(
    over channel: String,
    _ campaign: Campaign,
    _ step: Step,
    _ plan: Plan,
    _ recipient: SubjectID
  ) -> Bool {
    memory.sequence += 1
    let group = group(of: step, campaign, recipient)
    let payload = InterventionPayload(
      id: identity(campaign, step, plan),
      group: group,
      channel: channel,
      campaign: campaign,
      step: step,
      plan: plan,
      variant: variant(of: step, campaign, group),
      recipient: recipient,
      recipientMemory: recipient == memory.subject ? memory : world.memories[recipient],
      view: lens(in: campaign)
    )
    guard let bytes = payload.rendered(by: engine.messages) else { return false }
    effects.interventions.append(
      Intervention(
        id: payload.id,
        channel: channel,
        subject: memory.subject,
        decidedAt: now,
        expiresAt: plan.expiresAt,
        payload: bytes,
        group: group?.id
      )
    )
    return true
  }

  private func identity(_ campaign: Campaign, _ step: Step, _ plan: Plan) -> String {
    let number = memory.campaigns[campaign.name]?.enrolment?.number ?? 0
    return Decision.identity(
      campaign: campaign.name,
      step: step.name,
      subject: memory.subject,
      enrolment: number,
      occurrence: plan.occurrence
    )
  }

  /// The variant of a step for this subject, the same at each occurrence and under each name (ruling 75).
  func variant(
    of step: Step,
    _ campaign: Campaign,
    _ group: InterventionPayload.Group?
  ) -> Step.Variant? {
    let name = engine.origin(of: place(of: step, campaign))
    let unit = group?.value ?? memory.subject.id
    return Chance(of: name.split(separator: "/").map(String.init) + [unit])
      .choice(among: step.variants)
  }

  /// Makes the final decision of the open plan.
  mutating func finish(
    _ campaign: Campaign,
    _ step: Step,
    _ outcome: Decision.Outcome,
    _ reason: Reason,
    cause: String? = nil,
    to recipient: SubjectID? = nil
  ) {
    guard let plan = record(campaign, step).plan,
      let enrolment = memory.campaigns[campaign.name]?.enrolment
    else { preconditionFailure("a decision without a plan: \(campaign.name)/\(step.name)") }
    let group = group(of: step, campaign, recipient)
    let isDone = outcome == .sent || outcome == .heldOut || reason == .skipped(.shadow)
    let now = now
    update(campaign, step) { $0.settle(isDone: isDone, at: now) }
    if isDone, step.per != nil {
      memory.campaigns[campaign.name]?.doneAt[step.name, default: []].append(now)
    }
    effects.decisions.append(
      Decision(
        id: identity(campaign, step, plan),
        at: now,
        subject: memory.subject,
        campaign: campaign.name,
        step: step.name,
        enrolment: enrolment.number,
        occurrence: plan.occurrence,
        outcome: outcome,
        reason: reason,
        nominalAt: plan.nominalAt,
        channel: channel(of: step)?.name,
        to: recipient ?? (reason == .dropped(.noRecipient) ? nil : namedRecipient(of: step, plan)),
        variant: reason.picksVariant ? variant(of: step, campaign, group)?.name : nil,
        cause: cause,
        ruleSet: rules.hash,
        intervention: reason == .sent ? group?.id : nil
      )
    )
  }
}

extension Visit {
  /// What gathers a step of this subject with those of others at this instant; `nil`: it goes alone.
  ///
  /// Those who get it are told apart, so that nobody sees what is meant for another.
  fileprivate func group(
    of step: Step,
    _ campaign: Campaign,
    _ recipient: SubjectID?
  )
    -> InterventionPayload.Group?
  {
    let owner = memory.subject.kind == .account ? memory : account
    guard let trait = step.groupBy, case .send(let channel) = step.action,
      let value = owner?.trait(trait, at: now)?.plainText
    else { return nil }
    let to = step.recipient == .subject ? "" : recipient?.description ?? ""
    let digest = Digest.sha256(joining: [
      "group", campaign.name, step.name, channel, value, to, now.rfc3339,
    ])
    let id = "iv_" + Digest.hexadecimal(digest.prefix(16))
    return InterventionPayload.Group(id: id, trait: trait, value: value)
  }
}

extension JSONValue {
  /// A text, number or truth as text; `nil` for anything else, and for no text at all.
  fileprivate var plainText: String? {
    switch self {
    case .string(let text): text.isEmpty ? nil : text
    case .number, .bool: json.text
    case .null, .array, .object: nil
    }
  }
}

extension Reason {
  /// Whether the decision got as far as picking a variant; one held out is recorded as a send would be.
  var picksVariant: Bool {
    switch self {
    case .sent, .heldOut, .skipped(.shadow), .dropped(.template): true
    default: false
    }
  }
}

extension StepRecord {
  mutating func settle(isDone: Bool, at now: Timestamp) {
    plan = nil
    guard isDone else { return }
    done += 1
    firstDoneAt = firstDoneAt ?? now
    lastDoneAt = now
  }
}

extension Memory {
  /// Whether nothing was ever heard of the subject.
  var isUnknown: Bool { traits.isEmpty && series.isEmpty && memberships.isEmpty }
}

extension Decision {
  /// The id of a decision: the same in every replay.
  static func identity(
    campaign: String,
    step: String,
    subject: SubjectID,
    enrolment: Int,
    occurrence: Int
  ) -> String {
    let digest = Digest.sha256(joining: [
      campaign, step, subject.description, String(enrolment), String(occurrence),
    ])
    return "iv_" + Digest.hexadecimal(digest.prefix(16))
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
