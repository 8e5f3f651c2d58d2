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

  var rules: RuleSet { engine.rules.set }

  init(engine: Engine, world: World, memory: Memory, now: Timestamp, trigger: Trigger?) {
    self.engine = engine
    self.world = world
    self.memory = memory
    self.now = now
    self.trigger = trigger
  }

  mutating func run() {
    if memory.isNow != nil { return }
    readProgress()
    followEdits()
    settle()
    for progress in memory.progress.values { wake = min(wake, progress.until) }
    for event in memory.coming { wake = min(wake, event.instant) }
    memory.wake = max(wake, now.adding(milliseconds: 1))
    forgetOldMessages()
  }

  mutating func readProgress() {
    for (index, model) in rules.models.enumerated() where model.subject.isAbout(memory.subject) {
      let progress = Progress.read(index, through: lens.inModel(index))
      let isNothing = progress.startedAt == nil && progress.until == .never
      memory.progress[index] = isNothing ? nil : progress
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

  /// The subject's account; `nil` for an account itself and for people without one.
  var account: Memory? {
    memory.account.flatMap { world.memories[.account($0)] }
  }

  /// The subject as it is now, in the model's calendar.
  var lens: Lens {
    Lens(
      rules: engine.rules, zones: engine.zones, now: now, memory: memory, account: account,
      zone: engine.zones.zone(
        of: memory, account: account, campaign: nil, rules: engine.rules, now: now),
      model: nil, progress: nil, campaign: nil, enrolment: nil)
  }

  /// The subject in a campaign, with its open enrolment.
  func lens(in campaign: Campaign) -> Lens {
    let enrolment = memory.campaigns[campaign.name]?.enrolment
    return lens.inCampaign(campaign, enrolment: enrolment?.isOpen == true ? enrolment : nil)
  }

  /// Asks a condition in a campaign and remembers when to ask again.
  mutating func ask(_ condition: Condition, in campaign: Campaign) -> Bool {
    let verdict = lens(in: campaign).evaluate(condition)
    wake = min(wake, verdict.until)
    return verdict.holds
  }

  private mutating func forgetOldMessages() {
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
