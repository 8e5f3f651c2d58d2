extension Visit {
  /// Plans every step whose anchor is known and whose turn it is, and ends an enrolment that has nothing left.
  ///
  /// Tells whether anything was planned, passed over or ended.
  mutating func planWhatCanBe(_ campaign: Campaign) -> Bool {
    guard isInside(campaign) else { return false }
    var hasChanged = false
    for step in campaign.steps where step.isEnabled {
      if planIfDue(campaign, step) { hasChanged = true }
    }
    if !hasChanged, !canMore(campaign) {
      end(campaign, nil)
      return true
    }
    return hasChanged
  }

  /// Plans what a decision makes possible, before exits are looked at again (rulings 53 and 58).
  mutating func planWhatFollows(_ campaign: Campaign) {
    for step in campaign.steps where step.isEnabled && !step.timing.isTriggered {
      _ = planIfDue(campaign, step)
    }
  }

  private mutating func planIfDue(_ campaign: Campaign, _ step: Step) -> Bool {
    guard record(campaign, step).plan == nil else {
      noteTruth(campaign, step)
      return false
    }
    guard let nominal = nextNominal(campaign, step) else { return false }
    plan(campaign, step, nominal)
    return true
  }

  /// The nominal instant of the next occurrence; `nil` when there is none, or none yet.
  private mutating func nextNominal(_ campaign: Campaign, _ step: Step) -> Timestamp? {
    let record = record(campaign, step)
    switch step.timing {
    case .immediately, .onDay, .after:
      return record.isUnplanned
        ? step.timing.onlyInstant(through: planningLens(of: step, in: campaign)) : nil
    case .every(let interval, let time, let anchor):
      if isOver(campaign, step) { return nil }
      let view = planningLens(of: step, in: campaign)
      guard let from = view.instant(of: anchor) else { return nil }
      return nextOccurrence(of: interval, at: time, after: from, record, view)
    case .asSoonAs(let condition):
      return isTriggered(campaign, step, by: condition) ? now : nil
    }
  }

  /// The first date of a repetition that is not past, after the last one and after the last send (ruling 58).
  func nextOccurrence(
    of interval: Step.Interval,
    at time: LocalTime,
    after anchor: Timestamp,
    _ record: StepRecord,
    _ view: Lens
  ) -> Timestamp? {
    let first = view.zone.date(at: anchor)
    let (days, begin) = Visit.rhythm(of: interval, after: first)
    let passed = max(0, (view.today.daysSinceEpoch - begin.daysSinceEpoch) / days - 1)
    var date = begin.adding(days: passed * days)
    while true {
      let instant = view.zone.instant(of: date, at: time)
      let isNew =
        instant >= now && instant > record.lastNominalAt ?? .distantPast
        && instant > record.lastDoneAt ?? .distantPast
        && instant >= view.enrolment?.enteredAt ?? .distantPast
      if isNew { return instant }
      date = date.adding(days: days)
    }
  }

  /// How many days lie between two occurrences, and the date of the first one (ruling 57).
  private static func rhythm(
    of interval: Step.Interval,
    after date: LocalDate
  ) -> (
    Int, LocalDate
  ) {
    switch interval {
    case .days(let days): return (days, date.adding(days: days))
    case .weekday(let weekday):
      let ahead = (weekday.rawValue - date.weekday.rawValue + 6) % 7 + 1
      return (7, date.adding(days: ahead))
    }
  }

  // MARK: Triggers

  /// Keeps the truth of `as_soon_as` while an occurrence is open, so that it is no edge later.
  private mutating func noteTruth(_ campaign: Campaign, _ step: Step) {
    guard case .asSoonAs(let condition) = step.timing else { return }
    let holds = ask(condition, lens(in: campaign))
    offered.insert("\(campaign.name)/\(step.name)")
    update(campaign, step) { $0.didHold = holds }
  }

  /// Whether `as_soon_as` triggers now: at becoming true, or at a further event that it counts (ruling 61).
  private mutating func isTriggered(
    _ campaign: Campaign,
    _ step: Step,
    by condition: Condition
  ) -> Bool {
    if isOver(campaign, step) { return false }
    let holds = ask(condition, lens(in: campaign))
    if isNewHere(campaign, step) { return noteNew(campaign, step, holds: holds) }
    let didHold = record(campaign, step).didHold
    if holds != didHold { update(campaign, step) { $0.didHold = holds } }
    let isFirstOffer = offered.insert("\(campaign.name)/\(step.name)").inserted
    guard holds, trigger?.isLate != true, !isAtLimit(campaign, step) else { return false }
    if !didHold { return true }
    guard isFirstOffer, let trigger else { return false }
    return lens(in: campaign).counts(trigger, in: condition)
  }

  /// Whether the subject was inside when the step was added, and the step is looked at for the first time.
  private func isNewHere(_ campaign: Campaign, _ step: Step) -> Bool {
    guard let enrolment = memory.campaigns[campaign.name]?.enrolment,
      let deployed = engine.deployments["\(campaign.name)/\(step.name)"]
    else { return false }
    return enrolment.enteredAt < deployed && enrolment.steps[step.name] == nil
  }

  /// Passes over an added step whose condition came true before the step was there.
  ///
  /// The look that follows a deploy has no event; with one, the condition may have become true just now.
  private mutating func noteNew(_ campaign: Campaign, _ step: Step, holds: Bool) -> Bool {
    update(campaign, step) { $0.didHold = holds }
    guard holds else { return false }
    if trigger != nil { return trigger?.isLate != true }
    plan(campaign, step, now)
    // Planning has passed over it already where the deploy lies ahead of the clock.
    guard record(campaign, step).plan != nil else { return false }
    finish(campaign, step, .skipped, .skipped(.addedLater))
    return false
  }

  /// Whether `at_most` without `per` has been used up in this enrolment (ruling 59).
  func isOver(_ campaign: Campaign, _ step: Step) -> Bool {
    guard let most = step.atMost, step.per == nil else { return false }
    return record(campaign, step).done >= most
  }

  /// Whether `at_most` with `per` is used up in its sliding window, over all enrolments (ruling 60).
  func isAtLimit(_ campaign: Campaign, _ step: Step) -> Bool {
    guard let most = step.atMost, let per = step.per else { return false }
    let zone = lens(in: campaign).zone
    let done = memory.campaigns[campaign.name]?.doneAt[step.name] ?? []
    return done.count { now < per.windowEnd(from: $0, in: zone) } >= most
  }

  // MARK: One plan

  /// Plans one occurrence: stages 1 to 4 of `rules.md`, "From plan to send".
  mutating func plan(_ campaign: Campaign, _ step: Step, _ nominal: Timestamp) {
    let bounds = bounds(of: nominal, campaign, step)
    let actor = actor
    let timing = engine.rules.timingKeys[campaign.name]?[step.name] ?? 0
    let last = lastOccurrence(campaign, step)
    update(campaign, step) { record in
      record.occurrences = last + 1
      record.isRePlanned = false
      record.lastNominalAt = nominal
      record.plan = Plan(
        occurrence: record.occurrences,
        nominalAt: nominal,
        plannedAt: bounds.plannedAt,
        isOutsideDays: bounds.isOutsideDays,
        expiresAt: bounds.expiresAt,
        actor: actor,
        timing: timing,
        waiting: nil
      )
    }
    if let reason = passedOver(nominal, campaign, step) {
      finish(campaign, step, .skipped, .skipped(reason))
    }
  }

  /// The last planned occurrence under the name of a step, as for campaigns.
  private func lastOccurrence(_ campaign: Campaign, _ step: Step) -> Int {
    let renamed = memory.campaigns[campaign.name]?.enrolment?.occurrences[step.name]
    return max(record(campaign, step).occurrences, renamed ?? 0)
  }

  /// Why a plan for an instant that lies behind the subject is passed over; `nil` if it is not.
  private func passedOver(
    _ nominal: Timestamp,
    _ campaign: Campaign,
    _ step: Step
  )
    -> Reason.Skip?
  {
    guard let entered = memory.campaigns[campaign.name]?.enrolment?.enteredAt else { return nil }
    if nominal < entered {
      let isJoining = campaign.onFirstDeploy == .joinInProgress
      let deployed = engine.deployments[campaign.name] ?? .distantPast
      return isJoining && nominal < deployed ? .beforeDeploy : .beforeEntry
    }
    guard let deployed = engine.deployments["\(campaign.name)/\(step.name)"] else { return nil }
    return entered < deployed && nominal < deployed ? .addedLater : nil
  }

  /// When a plan for an instant comes due and expires.
  struct Bounds {
    let plannedAt: Timestamp
    let isOutsideDays: Bool
    let expiresAt: Timestamp
  }

  /// Stages 3 and 4: what `not_before` and `days` make of an instant.
  func bounds(of nominal: Timestamp, _ campaign: Campaign, _ step: Step) -> Bounds {
    let view = planningLens(of: step, in: campaign)
    let moved = moved(nominal, campaign, step, view)
    return Bounds(
      plannedAt: moved.instant,
      isOutsideDays: moved.isOutsideDays,
      expiresAt: step.expiry(from: moved.instant, in: view.zone)
    )
  }

  private var actor: String? { trigger?.actor ?? ownActor }

  private func moved(
    _ nominal: Timestamp,
    _ campaign: Campaign,
    _ step: Step,
    _ view: Lens
  )
    -> (instant: Timestamp, isOutsideDays: Bool)
  {
    var instant = nominal
    var time: LocalTime? = step.timeOfDay
    if let notBefore = step.notBefore, let entered = view.enrolment?.enteredAt {
      instant = max(instant, notBefore.windowEnd(from: entered, in: view.zone))
    }
    let date = view.zone.date(at: instant)
    guard let days = step.days, !days.contains(date.weekday) else { return (instant, false) }
    if step.outsideDays == .skip { return (instant, true) }
    time = time ?? LocalTime(minuteOfDay: view.zone.minuteOfDay(at: instant))
    let allowed = (1...7).lazy.map(date.adding(days:)).first { days.contains($0.weekday) }
    guard let allowed, let time else { return (instant, false) }
    let seconds = instant.millisecondsSinceEpoch - view.zone.minuteStart(at: instant)
    let moved = view.zone.instant(of: allowed, at: time)
    return (step.timeOfDay == nil ? moved.adding(milliseconds: seconds) : moved, false)
  }

  // MARK: The end

  /// Whether any step of the enrolment is open or can still come (ruling 48).
  private func canMore(_ campaign: Campaign) -> Bool {
    campaign.steps.contains { step in
      let record = record(campaign, step)
      if record.plan != nil { return true }
      guard step.isEnabled else { return false }
      switch step.timing {
      case .immediately: return record.isUnplanned
      case .onDay(_, _, let anchor), .after(_, let anchor):
        return record.isUnplanned && canCome(anchor, campaign)
      case .every(_, _, let anchor):
        return !isOver(campaign, step) && canCome(anchor, campaign)
      case .asSoonAs: return !isOver(campaign, step)
      }
    }
  }

  func canCome(_ anchor: Anchor, _ campaign: Campaign) -> Bool {
    switch anchor {
    case .start, .entering, .date, .milestone: return true
    case .step(let index): return canBeDone(campaign.steps[index], campaign, depth: 0)
    }
  }

  /// Whether a step has been sent or can still be; steps that wait for each other in a ring cannot.
  private func canBeDone(_ step: Step, _ campaign: Campaign, depth: Int) -> Bool {
    let record = record(campaign, step)
    if record.firstDoneAt != nil || record.plan != nil { return true }
    guard step.isEnabled, depth < campaign.steps.count else { return false }
    switch step.timing {
    case .immediately: return record.isUnplanned
    case .asSoonAs, .every: return !isOver(campaign, step)
    case .onDay(_, _, let anchor), .after(_, let anchor):
      guard record.isUnplanned else { return false }
      guard case .step(let index) = anchor else { return true }
      return canBeDone(campaign.steps[index], campaign, depth: depth + 1)
    }
  }
}

extension StepRecord {
  /// Whether a step that is planned once is still to be planned.
  var isUnplanned: Bool { occurrences == 0 || isRePlanned }
}

extension Step.Timing {
  /// Whether something that happens plans it, rather than an anchor.
  var isTriggered: Bool {
    if case .asSoonAs = self { true } else { false }
  }

  /// The nominal instant of a step that is planned once; `nil` while its anchor does not exist, and for repetitions.
  func onlyInstant(through view: Lens) -> Timestamp? {
    switch self {
    case .immediately: return view.enrolment?.enteredAt
    case .onDay(let day, let time, let anchor):
      guard let from = view.instant(of: anchor) else { return nil }
      return view.zone.instant(of: view.zone.date(at: from).adding(days: day), at: time)
    case .after(let milliseconds, let anchor):
      return view.instant(of: anchor)?.adding(milliseconds: milliseconds)
    case .every, .asSoonAs: return nil
    }
  }
}

extension Step {
  /// The `at:` of the step; `nil` for timings without one.
  var timeOfDay: LocalTime? {
    switch timing {
    case .onDay(_, let time, _), .every(_, let time, _): time
    case .after, .immediately, .asSoonAs: nil
    }
  }

  /// When a plan for an instant loses its meaning; `never` if it does not.
  ///
  /// Calendar days keep the wall-clock time: `2 days` from Monday 09:00 is Wednesday 09:00.
  func expiry(from instant: Timestamp, in zone: Zone) -> Timestamp {
    switch expires {
    case nil: return .never
    case .clock(let milliseconds): return instant.adding(milliseconds: milliseconds)
    case .calendar(let days):
      let rest = instant.millisecondsSinceEpoch - zone.minuteStart(at: instant)
      guard let time = LocalTime(minuteOfDay: zone.minuteOfDay(at: instant)) else { return .never }
      return zone.instant(of: zone.date(at: instant).adding(days: days), at: time)
        .adding(milliseconds: rest)
    }
  }
}

extension Zone {
  /// The beginning of the local minute that holds an instant, in milliseconds since the epoch.
  func minuteStart(at instant: Timestamp) -> Int64 {
    let local = instant.millisecondsSinceEpoch + Int64(offset(at: instant)) * 1000
    return instant.millisecondsSinceEpoch - ((local % 60_000) + 60_000) % 60_000
  }
}
