/// What an edit of the rules does to people: counted campaign by campaign, step by step, and over the days to come.
public struct EditEffect: Hashable, Sendable {
  /// By the campaign's name in the new rules, else in the old ones.
  public internal(set) var campaigns: [String: CampaignEffect] = [:]
  /// What the running rules send in the days to come.
  public internal(set) var before = Forecast()
  /// What the new rules send in the same days.
  public internal(set) var after = Forecast()
  /// Sends of the new rules that the running ones would not make: the same step to the same subject counts once.
  public internal(set) var newSends = 0
  /// How many people and accounts were looked at.
  public internal(set) var subjects = 0

  /// Nothing is known yet.
  public init() {}

  /// Counts the subjects of another part of the people too.
  public mutating func add(_ other: EditEffect) {
    campaigns.merge(other.campaigns) { $0.joined(with: $1) }
    before.add(other.before)
    after.add(other.after)
    newSends += other.newSends
    subjects += other.subjects
  }

  /// Whether nobody is concerned at once.
  public var isEmpty: Bool { campaigns.values.allSatisfy(\.isEmpty) }
}

/// How many subjects, and the first of them by id.
public struct Heads: Hashable, Sendable {
  /// How many there are.
  public private(set) var count = 0
  /// At most 200 of them.
  public private(set) var names: [SubjectID] = []

  /// Nobody.
  public init() {}

  mutating func add(_ subject: SubjectID) {
    count += 1
    if names.count < Limits.namesInPlan { names.append(subject) }
  }

  func joined(with other: Heads) -> Heads {
    var heads = self
    heads.count += other.count
    heads.names += other.names.prefix(max(0, Limits.namesInPlan - names.count))
    return heads
  }
}

/// What is sent over some days.
public struct Forecast: Hashable, Sendable {
  /// How long the days to come are: seven times 24 hours.
  public static let milliseconds: Int64 = 7 * 86_400_000

  /// Decisions `sent`.
  public internal(set) var sends = 0
  /// Decisions `held-out`.
  public internal(set) var heldOut = 0
  /// Plans that a cap holds back at the end.
  public internal(set) var waitingOnCaps = 0
  /// Decisions `sent`, by `campaign/step`.
  public internal(set) var sendsByStep: [String: Int] = [:]

  mutating func add(_ other: Forecast) {
    sends += other.sends
    heldOut += other.heldOut
    waitingOnCaps += other.waitingOnCaps
    sendsByStep.merge(other.sendsByStep, uniquingKeysWith: +)
  }
}

/// What an edit does to the people of one campaign.
public struct CampaignEffect: Hashable, Sendable {
  /// Those who are inside while the old rules run.
  public internal(set) var inside = 0
  /// Those who enter at the deploy.
  public internal(set) var enters = Heads()
  /// Those who would enter at the deploy, if people in the middle of their days were taken in.
  public internal(set) var wouldJoin = Heads()
  /// Those who leave at the deploy, by the reason's code; `removed` with the campaign itself.
  public internal(set) var leaves: [String: Heads] = [:]
  /// Plans that end because the campaign is gone or its people leave.
  public internal(set) var plansEnded = 0
  /// By the step's name.
  public internal(set) var steps: [String: StepEffect] = [:]

  /// Nobody is concerned.
  public init() {}

  func joined(with other: CampaignEffect) -> CampaignEffect {
    var effect = self
    effect.inside += other.inside
    effect.enters = enters.joined(with: other.enters)
    effect.wouldJoin = wouldJoin.joined(with: other.wouldJoin)
    effect.leaves.merge(other.leaves) { $0.joined(with: $1) }
    effect.plansEnded += other.plansEnded
    effect.steps.merge(other.steps) { $0.joined(with: $1) }
    return effect
  }

  /// Whether nobody is concerned at once.
  public var isEmpty: Bool {
    enters.count == 0 && leaves.isEmpty && steps.values.allSatisfy(\.isEmpty)
  }
}

/// What an edit does to the people who have, or get, a plan of one step.
public struct StepEffect: Hashable, Sendable {
  /// How far a plan moves, in local dates of its subject.
  public struct Move: Hashable, Comparable, Sendable {
    /// Local dates, negative for earlier.
    public let days: Int
    /// Minutes within the same date; 0 when the date changes.
    public let minutes: Int
    /// Whether it was due today and is due tomorrow.
    public let isFromTodayToTomorrow: Bool

    /// From the smallest to the largest; those of today last.
    public static func < (left: Move, right: Move) -> Bool {
      if left.isFromTodayToTomorrow != right.isFromTodayToTomorrow {
        return right.isFromTodayToTomorrow
      }
      return (left.days, left.minutes) < (right.days, right.minutes)
    }
  }

  /// Those who have it planned while the old rules run.
  public internal(set) var planned = 0
  /// Those whose plan moves.
  public internal(set) var moves: [Move: Heads] = [:]
  /// Those who are inside and get a plan.
  public internal(set) var gains = Heads()
  /// Those whose plan is taken away and not made again.
  public internal(set) var cancelled = Heads()
  /// Decisions that the deploy itself brings about, by the reason's code.
  public internal(set) var decided: [String: Heads] = [:]

  func joined(with other: StepEffect) -> StepEffect {
    var effect = self
    effect.planned += other.planned
    effect.moves.merge(other.moves) { $0.joined(with: $1) }
    effect.gains = gains.joined(with: other.gains)
    effect.cancelled = cancelled.joined(with: other.cancelled)
    effect.decided.merge(other.decided) { $0.joined(with: $1) }
    return effect
  }

  /// Whether nobody is concerned at once.
  public var isEmpty: Bool {
    moves.isEmpty && gains.count == 0 && cancelled.count == 0 && decided.isEmpty
  }
}
