/// What the instants of a model depend on, so that an event moves only those that it can.
struct ModelNeeds: Sendable {
  let starts: InstantNeeds
  /// By the milestone's place.
  let milestones: [InstantNeeds]
  /// Whether a milestone is defined by others, so that all are worked out together.
  let milestonesInterlock: Bool
  let activation: InstantNeeds

  init(_ model: Model, of rules: RuleSet) {
    starts = InstantNeeds(model.starts, of: rules)
    milestones = model.milestones.map { InstantNeeds($0.reachedWhen, of: rules) }
    milestonesInterlock = model.hasMilestonesOnMilestones
    activation = InstantNeeds(model.activatedWhen ?? .any([]), of: rules)
  }
}

/// What the earliest instant of a condition depends on.
struct InstantNeeds: Sendable {
  private let series: SeriesMask
  /// Whether more of the same events can only make the instant earlier: enough events since the start, or in the
  /// first time after it.
  private let isMonotone: Bool
  /// Whether something else than events and milestones has a say.
  private let readsMore: Bool
  let readsMilestones: Bool

  init(_ condition: Condition, of rules: RuleSet) {
    series = SeriesMask(Set(condition.series), of: rules)
    isMonotone = condition.isMonotone
    readsMilestones = condition.readsMilestones
    readsMore = condition.readsMore
  }

  /// Whether an instant is still right after one more event, milestones apart.
  func stands(_ instant: Timestamp?, after event: Trigger) -> Bool {
    if readsMore { return false }
    if !series.containsAny(of: event.series) { return true }
    guard isMonotone, let instant else { return false }
    return instant <= event.instant
  }
}

extension Condition {
  /// Whether it asks for enough events at the least, counted from the start on.
  var isMonotone: Bool {
    switch self {
    case .all(let parts), .any(let parts): parts.allSatisfy(\.isMonotone)
    case .audience(_, let part): part.isMonotone
    case .did(let fact, let test, _): fact.window.isFromStart && (test.leastCount ?? 0) > 0
    case .none, .not, .trait, .accountTrait, .tagged, .reached, .missing, .milestonesReached,
      .categoriesReached, .activated, .day, .pace, .health, .segment, .score, .metric, .inCampaign,
      .members:
      false
    }
  }

  /// A monotone condition by the names of its series, which no edit elsewhere moves.
  func stableName(_ keys: [UInt64]) -> String {
    switch self {
    case .did(let fact, let test, _):
      "\(keys[fact.series]) \(test) \(fact.window) \(fact.property ?? "")"
    case .any(let parts): "any(\(parts.map { $0.stableName(keys) }))"
    default: "all(\(parts.map { $0.stableName(keys) }))"
    }
  }

  /// Whether it asks about anything but events since the start and milestones.
  fileprivate var readsMore: Bool {
    switch self {
    case .all, .any, .none, .not, .audience: parts.contains(where: \.readsMore)
    case .did(let fact, _, _): !fact.window.isFromStart
    case .reached, .missing, .milestonesReached, .categoriesReached: false
    case .trait, .accountTrait, .tagged, .activated, .day, .pace, .health, .segment, .score,
      .metric, .inCampaign, .members:
      true
    }
  }
}

extension Window {
  /// Whether it begins with the start, or with everything, and does not slide.
  fileprivate var isFromStart: Bool {
    switch self {
    case .always, .since(.start), .withinFirst(_, .start): true
    case .within, .since, .withinFirst: false
    }
  }
}
