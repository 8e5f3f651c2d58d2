extension Progress {
  /// Works out a subject's progress in a model from everything that is known of it.
  ///
  /// A milestone's instant is the earliest one at which its condition holds over the events known now, each
  /// at its own time (ruling 22), so the order of arrival cannot matter. Only the ladders' `held_for` remembers
  /// what was seen when.
  static func read(_ index: Int, through view: Lens) -> Progress {
    let model = view.rules.set.models[index]
    var progress = Progress(of: model)
    let old = view.memory.progress[index]
    guard let begin = view.memory.firstKnown else { return progress }
    let start = progress.firstInstant(of: model.starts, from: begin, index, view)
    progress.until = start.until
    guard let startedAt = start.instant else { return progress }
    progress.startedAt = startedAt
    progress.readMilestones(of: model, index, view)
    if let activatedWhen = model.activatedWhen {
      let activation = progress.firstInstant(of: activatedWhen, from: startedAt, index, view)
      progress.activatedAt = activation.instant
      progress.until = min(progress.until, activation.until)
    }
    if model.hasHeldRungs { progress.readLadders(of: model, old: old, index, view) }
    return progress
  }

  /// The progress after one event at its own time, where nothing else has changed: only what the event can have
  /// changed is worked out anew.
  ///
  /// What time alone may change is asked again no later than before.
  func updated(by event: Trigger, _ index: Int, through view: Lens) -> Progress {
    let needs = view.rules.needs[index]
    guard let startedAt, needs.starts.stands(startedAt, after: event), !needs.milestonesInterlock
    else { return Progress.read(index, through: view) }
    let model = view.rules.set.models[index]
    var next = self
    for place in model.milestones.indices {
      if needs.milestones[place].stands(milestones[place], after: event) { continue }
      let condition = model.milestones[place].reachedWhen
      let found = next.firstInstant(of: condition, from: startedAt, index, view)
      next.milestones[place] = found.instant
      next.until = min(next.until, found.until)
    }
    let isActivationKept =
      needs.activation.stands(activatedAt, after: event)
      && (!needs.activation.readsMilestones || next.milestones == milestones)
    if let activatedWhen = model.activatedWhen, !isActivationKept {
      let found = next.firstInstant(of: activatedWhen, from: startedAt, index, view)
      next.activatedAt = found.instant
      next.until = min(next.until, found.until)
    }
    if model.hasHeldRungs { next.readLadders(of: model, old: self, index, view) }
    return next
  }

  /// Milestones may refer to each other, so they are read again until nothing changes.
  private mutating func readMilestones(of model: Model, _ index: Int, _ view: Lens) {
    guard let startedAt else { return }
    let interlocks = view.rules.needs[index].milestonesInterlock
    for _ in 0...model.milestones.count {
      let before = milestones
      var until = Timestamp.never
      for (place, milestone) in model.milestones.enumerated() {
        let found = firstInstant(of: milestone.reachedWhen, from: startedAt, index, view)
        milestones[place] = found.instant
        until = min(until, found.until)
      }
      if !interlocks || milestones == before {
        self.until = min(self.until, until)
        return
      }
    }
  }

  /// The earliest instant up to now at which a condition holds, or else when to look again.
  ///
  /// Steps from one instant at which the answer can change to the next, known events included.
  private func firstInstant(
    of condition: Condition,
    from begin: Timestamp,
    _ index: Int,
    _ view: Lens
  ) -> (instant: Timestamp?, until: Timestamp) {
    var lens = view.asOf(begin, model: index, progress: self)
    while lens.now <= view.now {
      let verdict = lens.evaluate(condition)
      if verdict.holds { return (lens.now, .never) }
      // Where a clock goes back over midnight, a date's beginning can lie behind: never step back.
      lens.now = max(verdict.until, lens.now.adding(milliseconds: 1))
    }
    return (nil, lens.now)
  }

  /// Notes since when each rung with `held_for` has been seen to hold, and when to look again.
  mutating func readLadders(of model: Model, old: Progress?, _ index: Int, _ view: Lens) {
    // One ladder may read the other, as it has been seen up to now.
    segmentSince = old?.segmentSince ?? segmentSince
    healthSince = old?.healthSince ?? healthSince
    let lens = view.asOf(view.now, model: index, progress: self)
    let segments = Progress.seen(model.segments, since: old?.segmentSince, lens)
    let health = Progress.seen(model.health, since: old?.healthSince, lens)
    segmentSince = segments.since
    healthSince = health.since
    until = min(until, segments.until, health.until)
  }

  /// Since when the condition of each rung with `held_for` has been seen to hold.
  private static func seen(
    _ entries: [LadderEntry],
    since old: [Timestamp?]?,
    _ lens: Lens
  )
    -> (since: [Timestamp?], until: Timestamp)
  {
    var until = Timestamp.never
    let since = entries.enumerated().map { place, entry -> Timestamp? in
      guard entry.heldFor != nil, let condition = entry.when else { return nil }
      let verdict = lens.evaluate(condition)
      until = min(until, verdict.until)
      guard verdict.holds else { return nil }
      return (old.flatMap { place < $0.count ? $0[place] : nil }) ?? lens.now
    }
    return (since, until)
  }
}

extension Model {
  /// Whether some milestone is defined by other milestones.
  var hasMilestonesOnMilestones: Bool {
    milestones.contains { $0.reachedWhen.readsMilestones }
  }
}

extension Condition {
  var readsMilestones: Bool {
    switch self {
    case .reached, .missing, .milestonesReached, .categoriesReached, .score, .segment, .health,
      .pace:
      true
    case .did(let fact, _, _), .members(_, let fact, _): fact.window.isFromMilestone
    case .all, .any, .none, .not, .audience, .trait, .accountTrait, .tagged, .activated, .day,
      .metric, .inCampaign:
      parts.contains(where: \.readsMilestones)
    }
  }
}

extension Window {
  fileprivate var isFromMilestone: Bool {
    switch self {
    case .since(.milestone), .withinFirst(_, .milestone): true
    case .since, .withinFirst, .always, .within: false
    }
  }
}
