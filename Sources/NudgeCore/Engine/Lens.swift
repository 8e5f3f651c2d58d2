/// One subject, looked at as of one instant: what conditions, metrics and scores are read through.
///
/// Events and traits after `now` are unseen but known, so that answers can say when they change. Made for every look
/// at a campaign, so it holds few references: what a memory knows is read from there.
struct Lens: Sendable {
  let rules: RuleIndex
  var now: Timestamp
  let memory: Memory
  /// The memory of the person's account, where they have one.
  let account: Memory?
  /// The zone in which days are counted.
  let zone: Zone
  /// The model at hand; `nil` in mutes and settings.
  let model: Int?
  let progress: Progress?
  /// The campaign at hand.
  let campaign: Campaign?
  /// The first deploy of the campaign, for those who began before it where it says `start_over`; `nil` for others.
  let startedOver: Timestamp?

  /// A view of a subject in these days, outside of models and campaigns unless one is named.
  init(
    rules: RuleIndex,
    now: Timestamp,
    memory: Memory,
    account: Memory?,
    zone: Zone,
    model: Int? = nil,
    progress: Progress? = nil,
    campaign: Campaign? = nil,
    startedOver: Timestamp? = nil
  ) {
    self.rules = rules
    self.now = now
    self.memory = memory
    self.account = account
    self.zone = zone
    self.model = model
    self.progress = progress
    self.campaign = campaign
    self.startedOver = startedOver
  }

  /// The same view in a model, in the model's own calendar (ruling 3).
  func inModel(_ index: Int) -> Lens {
    asOf(now, model: index, progress: memory.progress[index])
  }

  /// The same view in the calendar of its model, where a campaign's zone has taken its place; `nil` elsewhere.
  var inModelsCalendar: Lens? {
    guard let model, let campaign, campaign.timezone != nil else { return nil }
    return Lens(
      rules: rules,
      now: now,
      memory: memory,
      account: account,
      zone: rules.zone(of: memory, account: account, campaign: nil, now: now),
      model: model,
      progress: progress,
      startedOver: startedOver
    )
  }

  /// The same view with a progress that is being worked out, as of another instant.
  func asOf(_ instant: Timestamp, model index: Int, progress: Progress?) -> Lens {
    Lens(
      rules: rules,
      now: instant,
      memory: memory,
      account: account,
      zone: zone,
      model: index,
      progress: progress
    )
  }

  /// The same view where another zone holds.
  func inZone(_ zone: Zone) -> Lens {
    Lens(
      rules: rules,
      now: now,
      memory: memory,
      account: account,
      zone: zone,
      model: model,
      progress: progress,
      campaign: campaign,
      startedOver: startedOver
    )
  }

  /// The open passage through the campaign at hand; `nil` outside of it.
  var enrolment: Enrolment? {
    guard let campaign, let enrolment = memory.campaigns[campaign.name]?.enrolment,
      enrolment.isOpen
    else { return nil }
    return enrolment
  }

  /// Today, where the subject is.
  var today: LocalDate { zone.date(at: now) }

  /// When a `timezone` that is known already takes effect, or an event from ahead that may move a person.
  var zoneChange: Timestamp {
    let own = memory.traits["timezone"]?.nextChange(after: now) ?? .never
    let moving = memory.nextNaming(after: now)
    return min(own, moving, account?.traits["timezone"]?.nextChange(after: now) ?? .never)
  }

  /// The start, as the campaign at hand sees it.
  var start: Timestamp? { startedOver ?? progress?.startedAt }

  /// The local dates since the start's, in the model's own calendar; `nil` before the start.
  var day: Int? {
    if let view = inModelsCalendar { return view.day }
    guard let start else { return nil }
    return today.daysSinceEpoch - zone.date(at: start).daysSinceEpoch
  }

  /// The instant of an anchor; `nil` while it does not exist, or lies after `now`.
  func instant(of anchor: Anchor) -> Timestamp? {
    guard let instant = knownInstant(of: anchor) else { return nil }
    if case .date = anchor { return instant }
    return instant <= now ? instant : nil
  }

  /// The instant of an anchor, also one after `now`.
  func knownInstant(of anchor: Anchor) -> Timestamp? {
    switch anchor {
    case .start: start
    case .entering: enrolment?.enteredAt
    case .milestone(let index): progress?.milestones[index]
    case .step(let index): step(at: index)
    case .date(let date): zone.startOfDay(date)
    }
  }

  private func step(at index: Int) -> Timestamp? {
    guard let campaign else { return nil }
    return enrolment?.steps[campaign.steps[index].name]?.firstDoneAt
  }
}

extension RuleIndex {
  /// The zone of a subject: their trait `timezone`, their account's, the campaign's, the settings'.
  func zone(of memory: Memory, account: Memory?, campaign: Campaign?, now: Timestamp) -> Zone {
    personalZone(of: memory, account: account, now: now)
      ?? campaign?.timezone.flatMap { zones[$0] } ?? defaultZone
  }

  /// The zone of a subject's own or their account's trait; `nil` when neither has one.
  func personalZone(of memory: Memory, account: Memory?, now: Timestamp) -> Zone? {
    zone(inTraitsOf: memory, now: now) ?? account.flatMap { zone(inTraitsOf: $0, now: now) }
  }

  /// The zone that the trait `timezone` names; `nil` when unset or not known.
  private func zone(inTraitsOf memory: Memory, now: Timestamp) -> Zone? {
    guard let name = memory.trait("timezone", at: now)?.text else { return nil }
    return zones[name]
  }
}
