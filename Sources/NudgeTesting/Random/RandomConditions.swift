import NudgeCore

/// What a random condition may speak of at its place.
struct RandomScope {
  /// How many of a model's parts are there to name, and which ladders.
  struct Parts {
    var milestones = 0
    var categories = 0
    var metrics = 0
    var scores = 0
    var isActivatable = false
    var pace: [String] = []
    var segments: [String] = []
    var health: [String] = []
  }

  var subject: SubjectKind
  var parts = Parts()
  /// The anchors that events can be counted from.
  var anchors: [Anchor] = []
  /// Whether events before the start are left out, as in all that a model defines.
  var isFromStart = false
  /// The campaigns that it may ask about being inside; empty where decisions must not matter.
  var campaigns: [String] = []
  /// Whether it may ask about tags.
  var readsTags = false
}

/// Random conditions, with the series that they need.
struct RandomConditions {
  var dice: Dice
  private(set) var series: [Series] = []

  init(dice: Dice) {
    self.dice = dice
  }

  // MARK: Trees

  /// A condition of up to so many levels.
  mutating func condition(_ scope: RandomScope, depth: Int = 2) -> Condition {
    guard depth > 0, dice.chance(35) else { return leaf(scope) }
    switch dice.number(0...9) {
    case 0...3: return .all(branches(scope, depth))
    case 4...6: return .any(branches(scope, depth))
    case 7: return .none(branches(scope, depth))
    case 8: return .not(condition(scope, depth: depth - 1))
    default:
      var own = scope
      own.isFromStart = false
      return .audience("audience", condition(own, depth: depth - 1))
    }
  }

  private mutating func branches(_ scope: RandomScope, _ depth: Int) -> [Condition] {
    (0..<dice.number(1...3)).map { _ in condition(scope, depth: depth - 1) }
  }

  private mutating func leaf(_ scope: RandomScope) -> Condition {
    let makers = eventMakers(scope) + traitMakers(scope) + progressMakers(scope.parts)
    return dice.pick(weighted: makers)(&self)
  }

  private typealias Maker = (weight: Int, item: (inout RandomConditions) -> Condition)

  private func eventMakers(_ scope: RandomScope) -> [Maker] {
    var makers: [Maker] = [
      (10, { $0.did(scope) }),
      (4, { .did($0.fact(scope, isWindowed: true), .one(.atMost(.zero)), isDidNot: true) }),
    ]
    if scope.subject == .account {
      makers.append((6, { .members($0.count(1...2), $0.fact(scope), $0.count(1...2)) }))
    }
    return makers
  }

  private func traitMakers(_ scope: RandomScope) -> [Maker] {
    var makers: [Maker] = [(5, { .trait($0.traits()) })]
    if scope.subject == .user { makers.append((4, { .accountTrait($0.traits()) })) }
    if scope.readsTags { makers.append((2, { .tagged($0.dice.some(of: Vocabulary.tags)) })) }
    if !scope.campaigns.isEmpty {
      makers.append((2, { .inCampaign($0.dice.some(of: scope.campaigns)) }))
    }
    return makers
  }

  private func progressMakers(_ parts: RandomScope.Parts) -> [Maker] {
    var makers: [Maker] = []
    let milestones = Array(0..<parts.milestones)
    if !milestones.isEmpty {
      makers.append((3, { .reached($0.dice.some(of: milestones)) }))
      makers.append((4, { .missing($0.dice.some(of: milestones)) }))
      makers.append((2, { .milestonesReached($0.count(0...parts.milestones)) }))
    }
    if parts.categories > 0 {
      makers.append((1, { .categoriesReached($0.count(0...parts.categories)) }))
    }
    if parts.isActivatable { makers.append((2, { .activated($0.dice.chance(40)) })) }
    if parts.metrics > 0 { makers.append((3, { .metric([$0.indexed(parts.metrics, 0...4)]) })) }
    if parts.scores > 0 { makers.append((3, { .score([$0.indexed(parts.scores, 0...100)]) })) }
    return makers + ladderMakers(parts)
  }

  private func ladderMakers(_ parts: RandomScope.Parts) -> [Maker] {
    var makers: [Maker] = []
    if !parts.pace.isEmpty {
      makers.append((2, { .pace($0.dice.some(of: parts.pace + ["pending"])) }))
      makers.append((2, { .day($0.count(0...12)) }))
    }
    if !parts.segments.isEmpty {
      makers.append((3, { .segment($0.dice.some(of: parts.segments)) }))
    }
    if !parts.health.isEmpty { makers.append((2, { .health($0.dice.some(of: parts.health)) })) }
    return makers
  }

  // MARK: Events

  private mutating func did(_ scope: RandomScope) -> Condition {
    let isDistinct = dice.chance(25)
    let fact = fact(scope, property: isDistinct ? "email" : nil)
    let test = dice.chance(50) ? NumberTest.atLeast(1) : count(0...4)
    return .did(fact, test, isDidNot: false)
  }

  /// Events of one name inside a window; `property` is kept with them.
  mutating func fact(
    _ scope: RandomScope,
    property: String? = nil,
    isWindowed: Bool = false,
    event: String? = nil
  ) -> EventFact {
    let filter = dice.chance(25) ? [propertyTest()] : []
    let one = Series(
      event: event ?? dice.pick(Vocabulary.events),
      filter: filter,
      property: property
    )
    return EventFact(
      series: place(of: one),
      window: window(scope, isNeeded: isWindowed),
      isFromStart: scope.isFromStart,
      property: property
    )
  }

  private mutating func place(of one: Series) -> Int {
    if let place = series.firstIndex(of: one) { return place }
    series.append(one)
    return series.count - 1
  }

  private mutating func propertyTest() -> NamedTest {
    dice.chance(50)
      ? NamedTest(name: "plan", matches: [.anyOf([.text(dice.pick(Vocabulary.plans))])])
      : NamedTest(name: "amount", matches: [.number(.atLeast(Number(2)))])
  }

  private mutating func window(_ scope: RandomScope, isNeeded: Bool) -> Window {
    switch dice.number((isNeeded ? 4 : 0)...9) {
    case 0...3: return .always
    case 4...6: return .within(span())
    case 7 where !scope.anchors.isEmpty: return .withinFirst(span(), dice.pick(scope.anchors))
    case 8 where !scope.anchors.isEmpty: return .since(dice.pick(scope.anchors))
    case 9: return .since(.date(date()))
    default: return .within(span())
    }
  }

  /// From an hour to two weeks.
  mutating func span() -> Span {
    dice.chance(50)
      ? .calendar(days: dice.pick([1, 2, 3, 7, 14]))
      : .hours(dice.pick([1, 12, 24, 48, 72, 168]))
  }

  mutating func date() -> LocalDate {
    let origin = LocalDate(dice.pick(Vocabulary.origins)) ?? LocalDate(daysSinceEpoch: 20_500)
    return origin.adding(days: dice.number(-3...30))
  }

  /// A test of a whole number that lies somewhere near this range.
  mutating func count(_ range: ClosedRange<Int>) -> NumberTest {
    let number = Number(dice.number(range))
    let comparison: NumberTest.Comparison =
      switch dice.number(0...9) {
      case 0...5: .atLeast(number)
      case 6: .atMost(number)
      case 7: .exactly(number)
      case 8: .below(number + Number(1))
      default: .between(number, number + Number(dice.number(0...2)))
      }
    return .one(comparison)
  }

  private mutating func indexed(_ count: Int, _ range: ClosedRange<Int>) -> IndexedTest {
    IndexedTest(index: dice.number(0...(count - 1)), test: self.count(range))
  }

  // MARK: Traits

  private mutating func traits() -> [NamedTest] {
    switch dice.number(0...5) {
    case 0...1: [NamedTest(name: "plan", matches: [.anyOf([.text(dice.pick(Vocabulary.plans))])])]
    case 2: [NamedTest(name: "plan", matches: [.noneOf([.text(dice.pick(Vocabulary.plans))])])]
    case 3: [NamedTest(name: "seats", matches: [.number(.atLeast(Number(dice.number(1...9))))])]
    case 4: [NamedTest(name: "trial_ends", matches: [age()])]
    default: [NamedTest(name: dice.pick(["seats", "plan"]), matches: [.exists(dice.chance(50))])]
    }
  }

  private mutating func age() -> Match {
    switch dice.number(0...3) {
    case 0: .withinLast(span())
    case 1: .olderThan(span())
    case 2: .before(.date(date()))
    default: .after(.date(date()))
    }
  }
}
