public import NudgeCore

/// One thing on the timeline of a simulation.
public struct SimulatedMoment: Hashable, Sendable {
  /// What kind of thing it is.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Somebody did something, or something was learnt about them.
    case event
    /// The daemon stopped, or rules were deployed.
    case act
    case milestone
    case score
    case pace
    case health
    case segment
    case entered
    case planned
    /// A plan is held back.
    case waits
    case sent
    /// A final decision that sends nothing.
    case unsent = "not sent"
    case left
  }

  /// When.
  public let at: Timestamp
  /// Whom it is about; `nil` for the daemon.
  public let subject: SubjectID?
  /// The subject's zone at that instant.
  public let zone: Zone
  /// What kind of thing it is.
  public let kind: Kind
  /// What happened, for people.
  public let text: String

  /// Whether all but the zone is the same.
  public static func == (left: SimulatedMoment, right: SimulatedMoment) -> Bool {
    (left.at, left.subject, left.kind, left.text)
      == (right.at, right.subject, right.kind, right.text)
  }

  /// Feeds all but the zone.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(at)
    hasher.combine(subject)
    hasher.combine(kind)
    hasher.combine(text)
  }
}

extension PersonFile {
  /// What happens to the person under these rules, in order.
  public func simulated(under rules: RuleSet, zones: ZoneTable) -> [SimulatedMoment] {
    let rules = TestRules([[]: rules], first: [], zones: zones, timelines: [timeline])
    var playback = Playback(timeline, rules: rules)
    var simulation = Simulation(zone: timeline.zone)
    playback.play { moment, now, effects, rehearsal in
      simulation.note(moment, now, effects, rehearsal)
    }
    return simulation.moments
  }
}

/// Notes what changes from one stimulus to the next.
private struct Simulation {
  private(set) var moments: [SimulatedMoment] = []
  private let zone: Zone
  private var known: [SubjectID: Standing] = [:]
  private var decisions: [Decision] = []

  init(zone: Zone) {
    self.zone = zone
  }

  mutating func note(
    _ moment: Playback.Moment,
    _ now: Timestamp,
    _ effects: Effects,
    _ rehearsal: Rehearsal
  ) {
    decisions += effects.decisions
    var standings: [SubjectID: Standing] = [:]
    for subject in effects.touched {
      standings[subject] = Standing(of: subject, in: rehearsal, decisions, now)
    }
    if case .given(let given) = moment { note(given, standings) }
    for subject in standings.keys.sorted() {
      guard let next = standings[subject] else { continue }
      let old = known[subject] ?? Standing(zone: next.zone)
      add(next.progressChanges(from: old), subject, next.zone, now)
    }
    add(effects, standings, now)
    for subject in standings.keys.sorted() {
      guard let next = standings[subject] else { continue }
      let old = known[subject] ?? Standing(zone: next.zone)
      add(next.planChanges(from: old), subject, next.zone, now)
      known[subject] = next
    }
  }

  private mutating func note(_ given: Given, _ standings: [SubjectID: Standing]) {
    let subject: SubjectID? =
      if case .event(let event) = given.act { event.subject } else { nil }
    let zone = subject.flatMap { standings[$0]?.zone ?? known[$0]?.zone } ?? zone
    let kind: SimulatedMoment.Kind = subject == nil ? .act : .event
    moments.append(
      SimulatedMoment(at: given.at, subject: subject, zone: zone, kind: kind, text: given.text)
    )
  }

  private mutating func add(
    _ changes: [(SimulatedMoment.Kind, String)],
    _ subject: SubjectID,
    _ zone: Zone,
    _ now: Timestamp
  ) {
    moments += changes.map {
      SimulatedMoment(at: now, subject: subject, zone: zone, kind: $0.0, text: $0.1)
    }
  }

  private mutating func add(
    _ effects: Effects,
    _ standings: [SubjectID: Standing],
    _ now: Timestamp
  ) {
    func add(_ subject: SubjectID, _ kind: SimulatedMoment.Kind, _ text: String) {
      let zone = standings[subject]?.zone ?? zone
      moments.append(
        SimulatedMoment(at: now, subject: subject, zone: zone, kind: kind, text: text)
      )
    }
    for change in effects.enrolments where change.ending == nil {
      add(change.subject, .entered, change.campaign)
    }
    for decision in effects.decisions {
      let isSent = decision.outcome == .sent
      let cause = decision.cause.map { " (\($0))" } ?? ""
      let text =
        isSent
        ? decision.sendingText
        : "\(decision.campaign)/\(decision.step): \(decision.reason.code)\(cause)"
      add(decision.subject, isSent ? .sent : .unsent, text)
    }
    for change in effects.enrolments {
      guard let ending = change.ending else { continue }
      let name = ending.hasPrefix("left.") ? String(ending.dropFirst(5)) : ending
      add(change.subject, .left, "\(change.campaign) as \(name)")
    }
  }
}

/// Where one subject stands, as far as a timeline tells it.
private struct Standing {
  let zone: Zone
  private var milestones: [String] = []
  private var words: [String: (kind: SimulatedMoment.Kind, value: String)] = [:]
  private var plans: [String: (at: Timestamp, plan: String, wait: String?)] = [:]

  /// One of whom nothing is known.
  init(zone: Zone) {
    self.zone = zone
  }

  init(of subject: SubjectID, in rehearsal: Rehearsal, _ decisions: [Decision], _ now: Timestamp) {
    let explanation = rehearsal.explanation(of: subject, nil, decisions, now)
    zone = explanation.zone
    for card in rehearsal.engine.progress(of: subject, in: rehearsal.world, now: now) {
      note(card)
    }
    for campaign in explanation.campaigns { note(campaign) }
  }

  private mutating func note(_ card: ProgressCard) {
    milestones += card.milestones.filter { $0.reachedAt != nil }.map { "\(card.model)/\($0.name)" }
    for score in card.scores {
      let band = score.band.map { " (\($0))" } ?? ""
      words["\(card.model) \(score.name)"] = (.score, "\(score.points)\(band)")
    }
    let ladders: [(SimulatedMoment.Kind, String?)] = [
      (.pace, card.pace), (.segment, card.segment), (.health, card.health),
    ]
    for (kind, value) in ladders {
      guard let value else { continue }
      words["\(card.model) \(kind.rawValue)"] = (kind, value)
    }
  }

  private mutating func note(_ campaign: CampaignExplanation) {
    for step in campaign.steps {
      guard case .planned(let plan) = step.outlook else { continue }
      let wait = plan.waiting.map { waiting in
        let until = waiting.until == .never ? "" : " until \(waiting.until.text(in: campaign.zone))"
        return "\(waiting.code.rawValue) (\(waiting.cause))\(until)"
      }
      plans["\(campaign.name)/\(step.name)"] = (
        plan.plannedAt, "\(plan.plannedAt.text(in: campaign.zone)), \(plan.timing)", wait
      )
    }
  }

  // MARK: Changes

  func progressChanges(from old: Standing) -> [(SimulatedMoment.Kind, String)] {
    let reached = milestones.filter { !old.milestones.contains($0) }.map {
      (SimulatedMoment.Kind.milestone, $0)
    }
    let changed = words.keys.sorted().compactMap { key -> (SimulatedMoment.Kind, String)? in
      guard let word = words[key], old.words[key]?.value != word.value else { return nil }
      let before = old.words[key].map { "\($0.value) → " } ?? ""
      return (word.kind, "\(key) \(before)\(word.value)")
    }
    return reached + changed
  }

  func planChanges(from old: Standing) -> [(SimulatedMoment.Kind, String)] {
    let ordered = plans.sorted { ($0.value.at, $0.key) < ($1.value.at, $1.key) }
    return ordered.flatMap { key, plan -> [(SimulatedMoment.Kind, String)] in
      let before = old.plans[key]
      let planned: [(SimulatedMoment.Kind, String)] =
        before?.plan == plan.plan ? [] : [(.planned, "\(key) for \(plan.plan)")]
      guard let wait = plan.wait, before?.wait != wait else { return planned }
      return planned + [(.waits, "\(key): \(wait)")]
    }
  }
}

extension Given {
  /// What happens, for people.
  fileprivate var text: String {
    switch act {
    case .stop: "the daemon stops"
    case .start: "the daemon starts"
    case .deploy(let files): "deployed: \(files.map(\.text).joined(separator: ", "))"
    case .silence(let silence): "silenced: \(silence.comment)"
    case .event(let event): event.text
    }
  }
}

extension Event {
  fileprivate var text: String {
    let account = groupID.map { " in \($0)" } ?? ""
    switch kind {
    case .identify: return "identify \(traits.text)"
    case .group: return "group\(account) \(traits.text)"
    case .alias: return "alias \(previousID ?? "")"
    case .track, .page, .screen:
      return name + account + (properties.isEmpty ? "" : " \(properties.text)")
    }
  }
}
