public import NudgeCore

/// Anything that happens to a daemon while it runs: events come, operators act, rules change.
public enum Happening: Sendable {
  case arrival(RandomHistory.Arrival)
  case silence(SilenceAct, at: Timestamp)
  case deploy(RuleSet, at: Timestamp)

  /// When it takes its place in the order of all stimuli.
  public var at: Timestamp {
    switch self {
    case .arrival(let arrival): arrival.at
    case .silence(_, let at), .deploy(_, let at): at
    }
  }
}

/// A rehearsal with what it needs for deploys: the events so far.
public struct Playthrough: Sendable {
  /// The rehearsal, which may be looked at and woken between what happens.
  public var rehearsal: Rehearsal
  private var past: [Event] = []

  /// A rehearsal in which nothing has happened.
  public init(_ engine: Engine) {
    rehearsal = Rehearsal(engine)
  }

  /// Lets one thing happen, after what is due by then.
  public mutating func perform(_ happening: Happening) {
    rehearsal.advance(to: happening.at)
    switch happening {
    case .arrival(let arrival):
      if rehearsal.take(arrival.event, at: arrival.at) { past.append(arrival.event) }
    case .silence(let act, let at):
      rehearsal.use(rehearsal.engine.silences.applying(act, at: at), at: at)
    case .deploy(let rules, _): rehearsal.deploy(rules, past: past)
    }
  }

  /// The same with other rules in force, and nobody looked at yet.
  public func adopting(_ rules: RuleSet) -> Playthrough {
    var other = self
    other.rehearsal.adopt(rules, past: past)
    return other
  }
}

/// What operators do in the course of a history, by chance: silences and pauses, ended early or not, and a deploy.
struct RandomActs {
  private var dice: Dice
  private let history: RandomHistory
  private let campaigns: [String]
  private(set) var happenings: [Happening] = []

  init(seed: UInt64, history: RandomHistory, rules: RandomRules) {
    dice = Dice(seed: seed &+ 0xac75)
    self.history = history
    campaigns = rules.ruleSet.campaigns.map(\.name)
    for number in 0..<dice.number(0...3) { silence(number) }
    if dice.chance(35) { pause() }
    if dice.chance(40) { happenings.append(.deploy(rules.edited, at: instant())) }
  }

  /// Some instant of the history; now and then that of an event, so that things fall together.
  private mutating func instant(after first: Timestamp? = nil) -> Timestamp {
    let start = first ?? history.arrivals.first?.at ?? history.end
    let some = dice.chance(20) ? dice.pick(history.arrivals).at : nil
    if let some, some > start { return some }
    let milliseconds = max(0, history.end.milliseconds(since: start) - 1)
    return start.adding(milliseconds: dice.number(0...milliseconds))
  }

  private mutating func silence(_ number: Int) {
    let from = instant()
    let hours = Int64(dice.pick([1, 12, 48, 240]))
    let silence = Silence(
      id: "s_\(number)",
      campaign: dice.maybe(40) { [campaigns] in $0.pick(campaigns) },
      channel: dice.maybe(40) { $0.pick(["email", "in-app", "cs-task"]) },
      subject: dice.maybe(40) { [history] in $0.pick(history.subjects) },
      comment: "by chance",
      from: from,
      until: from.adding(milliseconds: hours * 3_600_000),
      by: "test"
    )
    happenings.append(.silence(.added(silence), at: from))
    guard dice.chance(40) else { return }
    happenings.append(.silence(.expired(id: silence.id, by: "test"), at: instant(after: from)))
  }

  private mutating func pause() {
    let campaign = dice.pick(campaigns)
    let from = instant()
    let pause = Silence.pause(of: campaign, comment: "by chance", from: from, by: "test")
    happenings.append(.silence(.paused(pause), at: from))
    guard dice.chance(70) else { return }
    happenings.append(
      .silence(.resumed(campaign: campaign, by: "test"), at: instant(after: from))
    )
  }
}

extension Scenario {
  /// All that happens, in its order; an act comes after the events of its instant.
  public var happenings: [Happening] { ordered(acts) }

  /// All that happens except deploys.
  public var happeningsWithoutDeploys: [Happening] {
    ordered(
      acts.filter { act in
        if case .deploy = act { false } else { true }
      }
    )
  }

  private var acts: [Happening] {
    RandomActs(seed: seed, history: history, rules: rules).happenings
  }

  private func ordered(_ acts: [Happening]) -> [Happening] {
    (history.arrivals.map(Happening.arrival) + acts).enumerated()
      .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }
}
