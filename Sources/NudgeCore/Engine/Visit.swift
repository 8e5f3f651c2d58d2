/// One look at one subject at one instant: progress first, then exits, entries and due steps until nothing changes.
///
/// While it lasts the subject's memory is here, and what the world has in its place says nothing.
struct Visit {
  let engine: Engine
  var world: World
  var memory: Memory
  let now: Timestamp
  let trigger: Trigger?
  var effects = Effects()
  /// The earliest instant at which time alone could change an answer that was given in this pass.
  var wake: Timestamp = .never
  /// The steps that the trigger of this look has been offered to, as `campaign/step`.
  var offered: Set<String> = []

  /// The subject's account, which does not change in a look; `nil` for an account itself and people without one.
  let account: Memory?
  /// The zone of their own or their account's; `nil`: the campaign's or the settings'.
  let personalZone: Zone?
  /// The zone outside of campaigns.
  private let zone: Zone

  var rules: RuleSet { engine.rules.set }

  /// A look at the subject of a memory; the world holds everybody else.
  init(engine: Engine, world: consuming World, memory: Memory, now: Timestamp, trigger: Trigger?) {
    account = memory.account(at: now).flatMap { world.memories[.account($0)] }
    self.engine = engine
    self.world = world
    self.memory = memory
    self.now = now
    self.trigger = trigger
    personalZone = engine.rules.personalZone(of: memory, account: account, now: now)
    zone = personalZone ?? engine.rules.defaultZone
  }

  mutating func run() {
    if memory.isNow != nil { return }
    memory.admitMembers(at: now)
    let reach = Reach(of: trigger, moving: readProgress(), before: memory.wake, now: now)
    trimSeries()
    if let reach, !engine.rules.touchesAny(reach) { return }
    if trigger?.isBroad ?? true { followEdits() }
    settle(reach.flatMap { engine.rules.touchesMutes($0) ? nil : $0 })
    noteLadders()
    watchMutes()
    for (_, progress) in memory.progress { wake = min(wake, progress.until) }
    for event in memory.coming { wake = min(wake, event.instant) }
    wake = min(wake, lens.zoneChange, memory.nextMember(after: now))
    memory.wake = max(wake, now.adding(milliseconds: 1))
    forgetOldMessages()
  }

  /// Works out the progress that may have changed; tells in which models it has.
  @discardableResult
  mutating func readProgress() -> [Int] {
    let isEarliest = isEarliest
    var changed: [Int] = []
    for (index, model) in rules.models.enumerated() where model.subject.isAbout(memory.subject) {
      guard isEarliest || mayHaveChanged(index) else { continue }
      let old = memory.progress[index]
      let new = progress(in: index, after: isEarliest ? nil : old)
      if new == old { continue }
      memory.progress[index] = new
      changed.append(index)
    }
    return changed
  }

  /// The progress in a model as it is now; `nil` before the start, unless time alone can bring it about.
  private func progress(in index: Int, after old: Progress?) -> Progress? {
    let view = lens.inModel(index)
    if let trigger, !trigger.isBroad, let old, old.startedAt != nil, old.until > now {
      return old.updated(by: trigger, index, through: view)
    }
    let progress = Progress.read(index, through: view)
    return progress.startedAt == nil && progress.until == .never ? nil : progress
  }

  /// Drops the events that nothing can need after this one.
  private mutating func trimSeries() {
    // What cannot be seen yet must not push out what can.
    guard let trigger, memory.expected.isEmpty else { return }
    let progress = memory.progress
    for place in trigger.series
    where (memory.series[place]?.all.count ?? 0) > Limits.occurrencesAlwaysKept {
      let keeping = engine.rules.keeping(of: place, by: memory.subject.kind)
      let now = now
      memory.series[place]?.trim(to: keeping, now: now) { progress[$0]?.startedAt }
    }
  }

  /// Whether the event is the first thing known: a start that no event brings about lies there.
  private var isEarliest: Bool {
    guard let trigger, let first = memory.firstKnown else { return false }
    return trigger.instant <= first
  }

  /// Whether the look's event, or time, can have changed the progress in a model.
  private func mayHaveChanged(_ model: Int) -> Bool {
    guard let trigger, !trigger.isBroad else { return true }
    // The one timer is no later than what each progress waits for.
    if memory.wake <= now, let until = memory.progress[model]?.until, until <= now { return true }
    return engine.rules.seriesByModel[model].containsAny(of: trigger.series)
  }

  /// Notes what the decisions of this look have made of ladders that read them, such as by a tag.
  private mutating func noteLadders() {
    for index in engine.rules.modelsReadingDecisions {
      guard var progress = memory.progress[index], progress.startedAt != nil else { continue }
      progress.readLadders(of: rules.models[index], old: progress, index, lens)
      memory.progress[index] = progress
    }
  }

  /// Exits first, then entries, then one due step at a time, again until nothing changes (rulings 46, 79 and 81).
  ///
  /// With a reach, all else is as it was when the timer was set: if nothing changes, that timer still stands.
  private mutating func settle(_ reach: Reach?) {
    if let reach, !moveThroughCampaigns(within: reach) {
      wake = min(wake, memory.wake)
      return
    }
    for _ in 0..<Limits.changesInOneLook {
      wake = .never
      if moveThroughCampaigns(within: nil) { continue }
      if !decideNextDue() { return }
    }
    preconditionFailure("\(memory.subject) does not settle at \(now.millisecondsSinceEpoch)")
  }

  /// Goes through the campaigns that an event reaches, and from the first change on through all that follow.
  private mutating func moveThroughCampaigns(within reach: Reach?) -> Bool {
    guard let reach else { return moveThroughCampaigns(from: 0) }
    for place in engine.rules.campaigns(askingAbout: reach) {
      let campaign = rules.campaigns[place]
      guard isAbout(campaign),
        engine.rules.touches(reach, campaign: place, isInside: { isInside(campaign) }),
        move(through: campaign)
      else { continue }
      _ = moveThroughCampaigns(from: place + 1)
      return true
    }
    return false
  }

  private mutating func moveThroughCampaigns(from first: Int) -> Bool {
    var hasChanged = false
    for campaign in rules.campaigns[first...] where isAbout(campaign) {
      if move(through: campaign) { hasChanged = true }
    }
    return hasChanged
  }

  /// Leaves, enters and plans; tells whether anything changed.
  private mutating func move(through campaign: Campaign) -> Bool {
    let hasLeft = leaveIfDue(campaign)
    let hasEntered = enterIfDue(campaign)
    return planWhatCanBe(campaign) || hasEntered || hasLeft
  }

  private func isAbout(_ campaign: Campaign) -> Bool {
    rules.models[campaign.model].subject == memory.subject.kind
  }

  // MARK: Views

  /// The subject as it is now, in the model's calendar.
  var lens: Lens {
    Lens(
      rules: engine.rules,
      now: now,
      memory: memory.seen(at: now),
      account: account,
      zone: zone
    )
  }

  /// The subject in a campaign, with its open enrolment.
  func lens(in campaign: Campaign) -> Lens {
    // No `??`: what stands behind it would take a copy of the whole visit.
    let zone = if let personalZone { personalZone } else { commonZone(of: campaign) }
    return Lens(
      rules: engine.rules,
      now: now,
      memory: memory.seen(at: now),
      account: account,
      zone: zone,
      model: campaign.model,
      progress: memory.progress[campaign.model],
      campaign: campaign,
      startedOver: startedOver(in: campaign)
    )
  }

  /// The zone of those who have none of their own.
  private func commonZone(of campaign: Campaign) -> Zone {
    campaign.timezone.flatMap { engine.zones[$0] } ?? engine.rules.defaultZone
  }

  /// The instant that is the start for this subject, where `start_over` sets it; `nil`: the model's.
  private func startedOver(in campaign: Campaign) -> Timestamp? {
    guard campaign.onFirstDeploy == .startOver, let deployed = engine.deployments[campaign.name],
      let start = memory.progress[campaign.model]?.startedAt, start < deployed
    else { return nil }
    return deployed
  }

  /// The view in which a step is planned: for one that is gathered, in the one zone that holds for all (ruling 5).
  func planningLens(of step: Step, in campaign: Campaign) -> Lens {
    let view = lens(in: campaign)
    return step.groupBy == nil ? view : view.inZone(commonZone(of: campaign))
  }

  /// Asks a condition through a view and remembers when to ask again.
  mutating func ask(_ condition: Condition, _ view: Lens) -> Bool {
    let verdict = view.evaluate(condition)
    wake = min(wake, verdict.until)
    return verdict.holds
  }

  private mutating func forgetOldMessages() {
    guard !memory.messages.isEmpty else { return }
    let reach = engine.rules.capReachMilliseconds
    let oldest = now.adding(milliseconds: -reach)
    memory.messages.removeAll { $0.at < oldest }
  }
}

extension SubjectKind {
  /// Whether a model for this kind measures this subject; people not known yet are measured like users.
  func isAbout(_ subject: SubjectID) -> Bool {
    self == subject.kind || (self == .user && subject.kind == .anonymous)
  }
}
