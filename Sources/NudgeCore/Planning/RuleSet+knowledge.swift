extension RuleSet {
  /// Whether memories hold all that the answer to a condition needs.
  ///
  /// They keep no more events than the rules compare, but always the last one: whether something was done can be asked
  /// of any series, how often only as the rules ask it.
  public func canAnswer(_ condition: Condition) -> Bool {
    let asked = allConditions + mutes.compactMap(\.whenAccount) + models.flatMap(\.conditions)
    let known = Set(asked.flatMap(\.eventTests))
    return condition.eventTests.allSatisfy { $0.isOfLast || known.contains($0) }
  }
}

/// How many events of a fact a condition asks for.
private struct EventTest: Hashable {
  let fact: EventFact
  let test: NumberTest
  let isOfMembers: Bool

  /// Whether the last event alone gives the answer.
  var isOfLast: Bool {
    guard !isOfMembers, fact.property == nil else { return false }
    if case .withinFirst = fact.window { return false }
    return test == .atLeast(1) || test == NumberTest([.atMost(.zero)])
  }
}

extension Condition {
  fileprivate var eventTests: [EventTest] {
    switch self {
    case .did(let fact, let test, _): [EventTest(fact: fact, test: test, isOfMembers: false)]
    case .members(_, let fact, let test): [EventTest(fact: fact, test: test, isOfMembers: true)]
    case .all(let parts), .any(let parts), .none(let parts): parts.flatMap(\.eventTests)
    case .not(let part), .audience(_, let part): part.eventTests
    case .trait, .accountTrait, .tagged, .reached, .missing, .milestonesReached,
      .categoriesReached, .activated, .day, .pace, .health, .segment, .score, .metric, .inCampaign:
      []
    }
  }
}
