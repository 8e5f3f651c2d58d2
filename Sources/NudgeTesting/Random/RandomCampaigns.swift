import NudgeCore

/// A random campaign of one model.
struct RandomCampaigns {
  var conditions: RandomConditions
  let model: Int
  let subject: SubjectKind
  let parts: RandomScope.Parts
  /// All campaigns' names.
  let names: [String]
  /// Whether its conditions may ask about tags.
  var readsTags = true

  /// A campaign that people enter, mostly.
  mutating func campaign(_ name: String, onlyInternal: Bool = false) -> Campaign {
    let stepCount = conditions.dice.number(1...5)
    let outside = scope(hasEntered: false, steps: 0)
    let inside = scope(hasEntered: true, steps: stepCount)
    return Campaign(
      name: name,
      description: nil,
      owner: nil,
      mode: conditions.dice.chance(12) ? .shadow : .live,
      model: model,
      who: maybe(35, outside),
      stays: maybe(25, inside),
      leaveWhen: exits(inside),
      enterUntilDay: conditions.dice.maybe(15) { $0.number(3...20) },
      reEnter: reEntry(),
      holdout: conditions.dice.maybe(40) { .literal($0.pick(["0.1", "0.3"])) },
      holdoutGroup: conditions.dice.maybe(20) { _ in "shared" },
      timezone: conditions.dice.maybe(30) { $0.pick(Array(Vocabulary.zones.dropLast())) },
      priority: conditions.dice.pick([50, 50, 50, 60, 40]),
      onFirstDeploy: .joinInProgress,
      was: nil,
      steps: (0..<stepCount).map { step($0, of: stepCount, inside, onlyInternal) }
    )
  }

  private func scope(hasEntered: Bool, steps: Int) -> RandomScope {
    var anchors: [Anchor] = [.start] + (0..<parts.milestones).map { .milestone($0) }
    if hasEntered { anchors += [.entering] + (0..<steps).map { .step($0) } }
    return RandomScope(
      subject: subject,
      parts: parts,
      anchors: anchors,
      campaigns: names,
      readsTags: readsTags
    )
  }

  private mutating func maybe(_ percent: Int, _ scope: RandomScope) -> Condition? {
    conditions.dice.chance(percent) ? conditions.condition(scope) : nil
  }

  private mutating func exits(_ scope: RandomScope) -> [Campaign.Exit] {
    guard conditions.dice.chance(30) else { return [] }
    return ["bought", "gone"].prefix(conditions.dice.number(1...2)).map { name in
      Campaign.Exit(name: name, when: conditions.condition(scope, depth: 1))
    }
  }

  private mutating func reEntry() -> Campaign.ReEntry {
    switch conditions.dice.number(0...4) {
    case 0...1: .never
    case 2...3: .always
    default: .after(conditions.span())
    }
  }

  // MARK: Steps

  private mutating func step(
    _ place: Int,
    of count: Int,
    _ scope: RandomScope,
    _ onlyInternal: Bool
  ) -> Step {
    let action = action(onlyInternal)
    let timing = timing(place, of: count, scope)
    let isLimited = conditions.dice.chance(timing.isRepeated ? 70 : 10)
    let days = conditions.dice.maybe(25) { dice -> Set<Weekday> in
      dice.chance(50) ? [.saturday, .sunday] : Set(Weekday.allCases.prefix(5))
    }
    return Step(
      name: "s\(place)",
      timing: timing,
      days: days,
      outsideDays: conditions.dice.chance(30) ? .skip : .wait,
      notBefore: conditions.dice.chance(15) ? conditions.span() : nil,
      atMost: isLimited ? conditions.dice.number(1...3) : nil,
      per: isLimited && conditions.dice.chance(40) ? conditions.span() : nil,
      onlyIf: maybe(20, scope),
      expires: expires(action),
      action: action,
      template: "hello",
      variants: variants(),
      recipient: recipient(),
      assignTo: nil,
      groupBy: groupBy(action),
      data: .empty,
      ignoresQuietHours: conditions.dice.chance(10),
      capUse: capUse(),
      isEnabled: true,
      was: nil
    )
  }

  private mutating func action(_ onlyInternal: Bool) -> Step.Action {
    if onlyInternal { return .send(channel: "crm") }
    switch conditions.dice.number(0...9) {
    case 0...4: return .send(channel: "email")
    case 5...6: return .send(channel: "in-app")
    case 7: return .send(channel: "cs-task")
    case 8: return .tag(conditions.dice.pick(Vocabulary.tags))
    default: return .untag(conditions.dice.pick(Vocabulary.tags))
    }
  }

  private mutating func expires(_ action: Step.Action) -> Span? {
    guard case .send = action else { return nil }
    return conditions.dice.chance(60) ? .hours(24) : conditions.span()
  }

  private mutating func groupBy(_ action: Step.Action) -> String? {
    guard case .send = action else { return nil }
    return conditions.dice.maybe(12) { $0.pick(["owner", "plan"]) }
  }

  private mutating func timing(_ place: Int, of count: Int, _ scope: RandomScope) -> Step.Timing {
    let anchor = anchor(besides: place, of: count)
    switch conditions.dice.number(0...9) {
    case 0...1: return .onDay(conditions.dice.number(0...9), at: time(), since: anchor)
    case 2...3:
      let hours = conditions.dice.pick([0, 1, 24, 71, 168] as [Int64])
      return .after(milliseconds: hours * 3_600_000, since: anchor)
    case 4: return .every(.days(conditions.dice.pick([1, 2, 7])), at: time(), since: anchor)
    case 5:
      return .every(.weekday(conditions.dice.pick(Weekday.allCases)), at: time(), since: anchor)
    case 6: return .immediately
    case 7...8 where subject == .account: return .asSoonAs(.trait([ownerOrPlan()]))
    default: return .asSoonAs(conditions.condition(scope, depth: 1))
    }
  }

  /// Something that a group call sets.
  private mutating func ownerOrPlan() -> NamedTest {
    conditions.dice.chance(50)
      ? NamedTest(name: "owner", matches: [.exists(true)])
      : NamedTest(name: "plan", matches: [.anyOf([.text(conditions.dice.pick(Vocabulary.plans))])])
  }

  private mutating func anchor(besides place: Int, of count: Int) -> Anchor {
    let others = (0..<count).filter { $0 != place }
    switch conditions.dice.number(0...9) {
    case 0...3: return .start
    case 4...6: return .entering
    case 7 where parts.milestones > 0:
      return .milestone(conditions.dice.number(0...(parts.milestones - 1)))
    case 8 where !others.isEmpty: return .step(conditions.dice.pick(others))
    case 9: return .date(conditions.date())
    default: return .entering
    }
  }

  private mutating func time() -> LocalTime {
    let minute = conditions.dice.pick([0, 30, 150, 540, 543, 1290, 1439])
    return LocalTime(minuteOfDay: minute) ?? .midnight
  }

  private mutating func variants() -> [Step.Variant] {
    guard conditions.dice.chance(30) else { return [] }
    return ["a", "b"].map {
      Step.Variant(name: $0, weight: Number(conditions.dice.number(1...3)), template: nil)
    }
  }

  private mutating func recipient() -> Step.Recipient {
    switch conditions.dice.number(0...9) {
    case 0: .accountTrait("owner")
    case 1: .actor
    case 2...4 where subject == .account: .accountTrait("owner")
    case 5 where subject == .account: .actor
    default: .subject
    }
  }

  private mutating func capUse() -> Step.CapUse {
    conditions.dice.pick([.counted, .counted, .counted, .counted, .exempt, .notCounted])
  }
}

extension Step.Timing {
  /// Whether it can be due more than once.
  fileprivate var isRepeated: Bool {
    switch self {
    case .every, .asSoonAs: true
    case .onDay, .after, .immediately: false
    }
  }
}
