import NudgeCore

/// A random model, part after part, so that each part refers to earlier ones alone.
struct RandomModels {
  var conditions: RandomConditions
  let options: RandomRules.Options
  /// The campaigns that ladders may ask about.
  let campaigns: [String]

  /// A model, with what conditions elsewhere may name of it.
  mutating func model(
    _ name: String,
    about subject: SubjectKind
  )
    -> (model: Model, parts: RandomScope.Parts)
  {
    var scope = RandomScope(subject: subject, anchors: [.start], isFromStart: true)
    let metrics = metrics(scope)
    scope.parts.metrics = metrics.count
    let milestones = milestones(&scope)
    let activatedWhen = activation(scope)
    scope.parts.isActivatable = activatedWhen != nil
    let pace = pace()
    scope.parts.pace = pace.map(\.name)
    let scores = scores(metrics: metrics.count)
    scope.parts.scores = scores.count
    scope.readsTags = options.laddersReadDecisions
    scope.campaigns = options.laddersReadDecisions ? campaigns : []
    let segments = ladder(["keen", "cold"], otherwise: "calm", scope)
    scope.parts.segments = segments.map(\.name)
    let health = ladder(["ill"], otherwise: "well", scope)
    scope.parts.health = health.map(\.name)
    let model = Model(
      name: name,
      description: nil,
      subject: subject,
      starts: start(subject),
      milestones: milestones,
      activatedWhen: activatedWhen,
      pace: pace,
      metrics: metrics,
      scores: scores,
      segments: segments,
      health: health
    )
    return (model, scope.parts)
  }

  private mutating func start(_ subject: SubjectKind) -> Condition {
    let scope = RandomScope(subject: subject)
    let signUp = conditions.fact(scope, event: Vocabulary.signUp)
    let fact = EventFact(series: signUp.series, window: .always, isFromStart: false, property: nil)
    let didSignUp = Condition.did(fact, .atLeast(1), isDidNot: false)
    guard conditions.dice.chance(15) else { return didSignUp }
    let trait = NamedTest(name: "plan", matches: [.anyOf([.text("trial")])])
    return .any([didSignUp, .trait([trait])])
  }

  private mutating func milestones(_ scope: inout RandomScope) -> [Milestone] {
    (0..<conditions.dice.number(1...4)).map { place in
      let condition = conditions.condition(scope, depth: 1)
      scope.parts.milestones = place + 1
      if conditions.dice.chance(50) { scope.anchors.append(.milestone(place)) }
      let category = conditions.dice.maybe(50) { $0.pick(["core", "team"]) }
      return Milestone(
        name: "m\(place)",
        weight: Number(conditions.dice.number(1...5)),
        category: category,
        reachedWhen: condition
      )
    }
  }

  private mutating func activation(_ scope: RandomScope) -> Condition? {
    guard conditions.dice.chance(70) else { return nil }
    return .milestonesReached(.atLeast(conditions.dice.number(1...scope.parts.milestones)))
  }

  private mutating func pace() -> [PaceEntry] {
    guard conditions.dice.chance(70) else { return [] }
    let first = conditions.dice.number(0...4)
    return [
      PaceEntry(name: "fast", byDay: first),
      PaceEntry(name: "steady", byDay: first + conditions.dice.number(1...6)),
      PaceEntry(name: "slow", byDay: nil),
    ]
  }

  // MARK: Numbers

  private mutating func metrics(_ scope: RandomScope) -> [Metric] {
    (0..<conditions.dice.number(1...4)).map { place in
      Metric(name: "n\(place)", measure: measure(scope, after: place))
    }
  }

  private mutating func measure(_ scope: RandomScope, after place: Int) -> Metric.Measure {
    switch conditions.dice.number(0...8) {
    case 0...1: return .count(conditions.fact(scope))
    case 2: return .daysWith(conditions.fact(scope))
    case 3:
      let least = conditions.dice.number(1...2)
      return .weeksWith(conditions.fact(scope), atLeast: least)
    case 4: return .distinct(conditions.fact(scope, property: "email"))
    case 5: return .sum(conditions.fact(scope, property: "amount"))
    case 6 where place > 0: return .ratio(.metric(place - 1), term(scope, before: place))
    case 7 where scope.subject == .account:
      return .members(conditions.fact(scope), conditions.count(1...2))
    default: return .daysSince(conditions.fact(scope))
    }
  }

  private mutating func term(_ scope: RandomScope, before place: Int) -> Metric.RatioTerm {
    conditions.dice.chance(50) ? .trait("seats") : .metric(conditions.dice.number(0...(place - 1)))
  }

  private mutating func scores(metrics: Int) -> [Score] {
    guard conditions.dice.chance(60) else { return [] }
    let metric = Score.Component.Source.metric(conditions.dice.number(0...(metrics - 1)))
    return [
      Score(
        name: "s0",
        components: [
          .init(name: "milestones", max: Number(40), source: .milestoneWeights, shape: .share),
          .init(name: "speed", max: Number(20), source: .timeToFirstMilestone, shape: speed()),
          .init(name: "use", max: Number(40), source: metric, shape: use()),
        ],
        bands: [Score.Band(name: "high", atLeast: 60), Score.Band(name: "low", atLeast: 0)]
      )
    ]
  }

  private mutating func speed() -> Score.Component.Shape {
    conditions.dice.chance(50)
      ? .linear(fullAt: Number(86_400_000), zeroAt: Number(1_209_600_000))
      : .table([
        .init(test: .one(.atMost(Number(172_800_000))), points: Number(20)),
        .init(test: nil, points: Number(3)),
      ])
  }

  private mutating func use() -> Score.Component.Shape {
    conditions.dice.chance(50)
      ? .pointsEach(.literal("7.5"))
      : .table([
        .init(test: .one(.atLeast(Number(4))), points: Number(40)),
        .init(test: .one(.atLeast(Number(1))), points: Number(15)),
      ])
  }

  // MARK: Ladders

  private mutating func ladder(
    _ names: [String],
    otherwise: String,
    _ scope: RandomScope
  )
    -> [LadderEntry]
  {
    guard conditions.dice.chance(65) else { return [] }
    let rungs = names.map { name in
      let isHeld = options.hasHeldFor && conditions.dice.chance(50)
      return LadderEntry(
        name: name,
        heldFor: isHeld ? .hours(conditions.dice.pick([1, 12, 24, 48, 72, 168])) : nil,
        when: conditions.condition(scope, depth: 1)
      )
    }
    return rungs + [LadderEntry(name: otherwise, heldFor: nil, when: nil)]
  }
}
