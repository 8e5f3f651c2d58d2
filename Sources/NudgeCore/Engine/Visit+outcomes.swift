extension Visit {
  mutating func send(
    _ campaign: Campaign,
    _ step: Step,
    _ plan: Plan,
    _ recipient: SubjectID
  ) {
    let id = identity(campaign, step, plan)
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
      guard hand(over: channel, campaign, step, plan, recipient, id) else {
        return finish(campaign, step, .dropped, .dropped(.template), to: recipient, id: id)
      }
    }
    finish(campaign, step, .sent, .sent, to: recipient, id: id)
  }

  func place(of step: Step, _ campaign: Campaign) -> String {
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
      effects.touches.append(recipient)
    }
  }

  private mutating func hand(
    over channel: String,
    _ campaign: Campaign,
    _ step: Step,
    _ plan: Plan,
    _ recipient: SubjectID,
    _ id: String
  ) -> Bool {
    memory.sequence += 1
    let group = group(of: step, campaign, recipient)
    let payload = InterventionPayload(
      id: id,
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
    if step.variants.isEmpty { return nil }
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
    to recipient: SubjectID? = nil,
    id: String? = nil
  ) {
    guard let plan = record(campaign, step).plan,
      let number = memory.campaigns[campaign.name]?.enrolment?.number
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
        id: id ?? identity(campaign, step, plan),
        at: now,
        subject: memory.subject,
        campaign: campaign.name,
        step: step.name,
        enrolment: number,
        occurrence: plan.occurrence,
        outcome: outcome,
        reason: reason,
        nominalAt: plan.nominalAt,
        channel: channel(of: step)?.name,
        to: recipient ?? namedRecipient(of: step, plan),
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
