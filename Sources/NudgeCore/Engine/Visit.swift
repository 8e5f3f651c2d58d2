/// One look at one subject at one instant: progress first, then exits, entries and due steps until nothing changes.
///
/// While it lasts the subject's memory is here and not in the world.
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

  var rules: RuleSet { engine.rules.set }

  /// A look at the subject of a memory; the world holds everybody else.
  init(engine: Engine, world: consuming World, memory: Memory, now: Timestamp, trigger: Trigger?) {
    account = memory.account.flatMap { world.memories[.account($0)] }
    self.engine = engine
    self.world = world
    self.memory = memory
    self.now = now
    self.trigger = trigger
    personalZone = engine.zones.personalZone(of: memory, account: account, now: now)
  }

  mutating func run() {
    if memory.isNow != nil { return }
    let before = memory.progress
    readProgress()
    if isUntouched(before) { return }
    if trigger?.isBroad ?? true { followEdits() }
    settle()
    noteLadders()
    watchMutes()
    for progress in memory.progress.values { wake = min(wake, progress.until) }
    for event in memory.coming { wake = min(wake, event.instant) }
    wake = min(wake, lens.zoneChange)
    memory.wake = max(wake, now.adding(milliseconds: 1))
    forgetOldMessages()
  }

  /// Whether the event can have changed no answer of a campaign: what stands, its timer included, is still right.
  private func isUntouched(_ before: [Int: Progress]) -> Bool {
    guard let trigger, !trigger.isBroad, now < memory.wake else { return false }
    return engine.rules.seriesOfCampaigns.isDisjoint(with: trigger.series)
      && memory.progress == before
  }

  mutating func readProgress() {
    let isEarliest = isEarliest
    for (index, model) in rules.models.enumerated() where model.subject.isAbout(memory.subject) {
      guard isEarliest || mayHaveChanged(index) else { continue }
      let progress = Progress.read(index, through: lens.inModel(index))
      let isNothing = progress.startedAt == nil && progress.until == .never
      memory.progress[index] = isNothing ? nil : progress
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
    if let until = memory.progress[model]?.until, until <= now { return true }
    return !engine.rules.seriesByModel[model].isDisjoint(with: trigger.series)
  }

  /// Notes what the decisions of this look have made of ladders that read them, such as by a tag.
  private mutating func noteLadders() {
    for index in engine.rules.modelsReadingDecisions {
      guard var progress = memory.progress[index], progress.startedAt != nil else { continue }
      progress.readLadders(of: rules.models[index], old: progress, index, lens)
      memory.progress[index] = progress
    }
  }

  /// Exits first, then entries, then one due step, again until nothing changes (rulings 46, 79 and 81).
  private mutating func settle() {
    for _ in 0..<Limits.changesInOneLook {
      wake = .never
      if moveThroughCampaigns() { continue }
      if !decideNextDue() { return }
    }
    preconditionFailure("\(memory.subject) does not settle at \(now.millisecondsSinceEpoch)")
  }

  private mutating func moveThroughCampaigns() -> Bool {
    var hasChanged = false
    for campaign in rules.campaigns where isAbout(campaign) {
      if leaveIfDue(campaign) { hasChanged = true }
      if enterIfDue(campaign) { hasChanged = true }
      if planWhatCanBe(campaign) { hasChanged = true }
    }
    return hasChanged
  }

  private func isAbout(_ campaign: Campaign) -> Bool {
    rules.models[campaign.model].subject == memory.subject.kind
  }

  // MARK: Views

  /// The subject as it is now, in the model's calendar.
  var lens: Lens {
    Lens(
      rules: engine.rules,
      zones: engine.zones,
      now: now,
      memory: memory,
      account: account,
      zone: personalZone ?? engine.rules.defaultZone,
      model: nil,
      progress: nil,
      campaign: nil,
      enrolment: nil
    )
  }

  /// The subject in a campaign, with its open enrolment.
  func lens(in campaign: Campaign) -> Lens {
    let enrolment = memory.campaigns[campaign.name]?.enrolment
    let zone =
      personalZone ?? campaign.timezone.flatMap { engine.zones[$0] } ?? engine.rules.defaultZone
    return lens.inCampaign(
      campaign,
      zone: zone,
      enrolment: enrolment?.isOpen == true ? enrolment : nil,
      startedOver: startedOver(in: campaign)
    )
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
    guard step.groupBy != nil else { return view }
    let zone = campaign.timezone.flatMap { engine.zones[$0] } ?? engine.rules.defaultZone
    return view.inCampaign(
      campaign,
      zone: zone,
      enrolment: view.enrolment,
      startedOver: view.startedOver
    )
  }

  /// Asks a condition in a campaign and remembers when to ask again.
  mutating func ask(_ condition: Condition, in campaign: Campaign) -> Bool {
    let verdict = lens(in: campaign).evaluate(condition)
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
