import NudgeTesting
import Testing

@testable import NudgeCore

@Suite(.namesCase) struct `What would change an answer` {
  @Test(arguments: Scenario.seeds(60))
  func `changes it, when done before the instant that it names`(seeds: Seeds) {
    seeds.each { seed in
      for trial in Trial.all(of: Scenario(seed: seed)) { trial.expectChange() }
    }
  }

  @Test func `is told of events, of their absence, of time and of traits`() {
    let told = (0..<40 as Range<UInt64>).flatMap { Trial.all(of: Scenario(seed: $0)) }
      .filter { !$0.followed.isEmpty }.map(\.kind)
    #expect(Set(told) == ["more", "none", "time", "trait"])
  }
}

/// One condition with advice, about one subject in the middle of a history.
private struct Trial {
  let rehearsal: Rehearsal
  let subject: SubjectID
  let campaign: Campaign
  let condition: Condition
  let advice: Advice

  var text: String { "\(condition): \(advice.text.exact)" }

  /// Whoever follows the advice gets the other answer.
  func expectChange() {
    let wanted = holds(at: rehearsal.now, in: rehearsal).map { !$0 }
    for (instant, later) in followed {
      #expect(
        holds(at: instant, in: later) == wanted,
        "\(text) of \(subject) at \(rehearsal.now), done by \(instant)"
      )
    }
  }

  static func all(of scenario: Scenario) -> [Trial] {
    var generator = SeededGenerator(seed: scenario.seed &+ 7)
    var rehearsal = Rehearsal(scenario.engine)
    let count = Int.random(in: 0...scenario.history.arrivals.count, using: &generator)
    for arrival in scenario.history.arrivals.prefix(count) {
      rehearsal.take(arrival.event, at: arrival.at)
    }
    return scenario.history.subjects.flatMap { subject in
      rehearsal.engine.rules.set.campaigns.flatMap { campaign in
        campaign.conditions.flatMap(\.leaves).compactMap {
          Trial(rehearsal, subject, campaign, $0)
        }
      }
    }
  }

  private init?(
    _ rehearsal: Rehearsal,
    _ subject: SubjectID,
    _ campaign: Campaign,
    _ condition: Condition
  ) {
    guard let lens = rehearsal.lens(subject, campaign, at: rehearsal.now), lens.start != nil,
      lens.zoneChange == .never
    else { return nil }
    let holds = lens.evaluate(condition).holds
    let tree = ConditionTeller(lens: lens, wanted: !holds).tree(of: condition)
    guard let advice = tree.advice else { return nil }
    self.rehearsal = rehearsal
    self.subject = subject
    self.campaign = campaign
    self.condition = condition
    self.advice = advice
  }

  var kind: String {
    switch advice.change {
    case .more: "more"
    case .none: "none"
    case .time: "time"
    case .trait: "trait"
    case .told, .nothing: "other"
    }
  }

  func holds(at instant: Timestamp, in rehearsal: Rehearsal) -> Bool? {
    rehearsal.lens(subject, campaign, at: instant)?.evaluate(condition).holds
  }

  /// What becomes of doing what is advised: at once, and at the last instant.
  var followed: [(at: Timestamp, Rehearsal)] {
    let soon = rehearsal.now.adding(milliseconds: 1)
    switch advice.change {
    case .more(let count, let fact, let end):
      guard !fact.window.isOfEnrolment else { return [] }
      let last = end == .never ? soon : max(end.adding(milliseconds: -1), soon)
      return [soon, last].filter { $0 < end }.compactMap { doing(count, fact, at: $0) }
    case .none(let fact, let instant):
      return fact.window.isOfEnrolment ? [] : [(instant, rested(until: instant))]
    case .time(let instant): return [(instant, rested(until: instant))]
    case .trait(let test, let passes):
      guard let value = test.value(passes: passes) else { return [] }
      return setting(test.name, value, at: soon).map { [$0] } ?? []
    case .told, .nothing: return []
    }
  }

  private func rested(until instant: Timestamp) -> Rehearsal {
    var later = rehearsal
    later.advance(to: instant)
    return later
  }

  private func doing(
    _ count: Int,
    _ fact: EventFact,
    at instant: Timestamp
  )
    -> (at: Timestamp, Rehearsal)?
  {
    let series = rehearsal.engine.rules.set.series[fact.series]
    var properties: [JSONValue.Member] = []
    for test in series.filter {
      guard let value = test.value(passes: true) else { return nil }
      properties.append(.init(test.name, value))
    }
    // One filter and a value of one name would have to agree.
    guard !series.filter.contains(where: { $0.name == fact.property }) else { return nil }
    var later = rested(until: instant)
    for place in 0..<count {
      let value = fact.property.map { [JSONValue.Member($0, .string("new \(place)"))] } ?? []
      later.take(
        event(.track, "law\(place)", series.event, at: instant, properties: properties + value),
        at: instant
      )
    }
    return (instant, later)
  }

  private func setting(
    _ trait: String,
    _ value: JSONValue,
    at instant: Timestamp
  )
    -> (at: Timestamp, Rehearsal)?
  {
    guard trait != "timezone" else { return nil }
    var later = rested(until: instant)
    let traits = [JSONValue.Member(trait, value)]
    guard case .accountTrait = condition else {
      let kind: Event.Kind = subject.kind == .account ? .group : .identify
      later.take(event(kind, "law", "", at: instant, traits: traits), at: instant)
      return (instant, later)
    }
    guard let home = later.lens(subject, campaign, at: instant)?.account?.subject else {
      return nil
    }
    later.take(event(.group, "law", "", at: instant, traits: traits, of: home), at: instant)
    return (instant, later)
  }

  private func event(
    _ kind: Event.Kind,
    _ id: String,
    _ name: String,
    at instant: Timestamp,
    properties: [JSONValue.Member] = [],
    traits: [JSONValue.Member] = [],
    of other: SubjectID? = nil
  ) -> Event {
    let subject = other ?? subject
    return Event(
      messageID: id,
      kind: kind,
      userID: subject.kind == .user ? subject.id : kind == .track ? "member" : nil,
      groupID: subject.kind == .account ? subject.id : nil,
      name: name,
      timestamp: instant,
      receivedAt: instant,
      properties: JSONText(wellFormed: JSONValue.object(properties).json.bytes),
      traits: JSONText(wellFormed: JSONValue.object(traits).json.bytes)
    )
  }
}

extension Rehearsal {
  fileprivate func lens(_ subject: SubjectID, _ campaign: Campaign, at now: Timestamp) -> Lens? {
    guard engine.rules.set.models[campaign.model].subject == subject.kind else { return nil }
    return Visit(looking: engine, at: subject, in: world, now: now)?.lens(in: campaign)
  }
}

extension Condition {
  /// The conditions inside that stand alone.
  fileprivate var leaves: [Condition] {
    switch self {
    case .all(let parts), .any(let parts), .none(let parts): parts.flatMap(\.leaves)
    case .not(let part), .audience(_, let part): part.leaves
    default: [self]
    }
  }
}

extension Window {
  /// Whether it begins with something that campaigns do, or with a milestone that an event may bring.
  fileprivate var isOfEnrolment: Bool {
    switch self {
    case .since(.entering), .since(.step), .since(.milestone), .withinFirst(_, .entering),
      .withinFirst(_, .step), .withinFirst(_, .milestone):
      true
    case .always, .within, .since, .withinFirst: false
    }
  }
}

extension NamedTest {
  /// A value that passes, or one that does not; `nil` where that takes more thought.
  fileprivate func value(passes: Bool) -> JSONValue? {
    guard matches.count == 1 else { return nil }
    switch matches[0] {
    case .anyOf(let scalars): return passes ? scalars.first?.value : .string("none of these")
    case .noneOf(let scalars): return passes ? .string("none of these") : scalars.first?.value
    case .exists(let expected): return expected == passes ? .string("there") : nil
    case .number(let comparison):
      return (-3...120).map { Number($0) }
        .first { comparison.holds(Rational($0)) == passes }.map { .number($0) }
    case .contains, .startsWith, .endsWith, .before, .after, .withinLast, .olderThan: return nil
    }
  }
}

extension Scalar {
  fileprivate var value: JSONValue {
    switch self {
    case .bool(let bool): .bool(bool)
    case .number(let number): .number(number)
    case .text(let text): .string(text)
    }
  }
}
