import NudgeTesting
import Testing

@testable import NudgeCore

/// What a decision is about.
private struct Occurrence: Hashable {
  let subject: SubjectID
  let campaign: String
  let enrolment: Int
  let step: String
}

/// What campaigns and steps that an edit has renamed were called before.
private struct FirstNames {
  private let predecessors: [String: String]

  init(_ edited: RuleSet) {
    predecessors = edited.predecessors
  }

  func place(of decision: Decision) -> Occurrence {
    place(decision.subject, decision.campaign, decision.enrolment, decision.step)
  }

  func place(
    _ subject: SubjectID,
    _ campaign: String,
    _ enrolment: Int,
    _ step: String
  ) -> Occurrence {
    let full = predecessors["\(campaign)/\(step)"]
    return Occurrence(
      subject: subject,
      campaign: predecessors[campaign] ?? campaign,
      enrolment: enrolment,
      step: full?.split(separator: "/").last.map(String.init) ?? step
    )
  }
}

@Suite(.namesCase) struct `Decisions` {
  @Test(arguments: Scenario.seeds(60))
  func `are made once for each planned occurrence, or their plan is open`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      let rehearsal = scenario.played()
      let names = FirstNames(scenario.rules.edited)
      let decided = Dictionary(grouping: rehearsal.effects.decisions) { names.place(of: $0) }
        .mapValues { $0.map(\.occurrence).sorted() }
      for (place, occurrences) in decided {
        #expect(occurrences == Array(1...occurrences.count), "\(place)")
      }
      for memory in rehearsal.world.memories.values {
        memory.expectEveryPlan(in: decided, names)
      }
    }
  }

  @Test(arguments: Scenario.seeds(60))
  func `have ids of their own, the same when all is played again`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      let effects = scenario.played().effects
      let ids = effects.decisions.map(\.id)
      #expect(Set(ids).count == ids.count)
      #expect(effects.interventions.map(\.id) == effects.decisions.filter(\.isHandedOver).map(\.id))
      Golden.expect(scenario.played().effects.lines, equals: effects.lines)
    }
  }

  @Test(arguments: Scenario.seeds(60))
  func `of a campaign do not change when a stranger is added`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      let happenings = scenario.happeningsWithoutDeploys
      let alone = scenario.played(happenings)
      let together = scenario.played(happenings, under: scenario.rules.withStranger)
      let others = together.effects.decisions.filter { $0.campaign != RandomRules.stranger }
      Golden.expect(
        others.map(\.line).joined(separator: "\n"),
        equals: alone.effects.decisions.map(\.line).joined(separator: "\n")
      )
    }
  }

  @Test(arguments: Scenario.seeds(60))
  func `of a campaign do not change when another is edited in mid-flight`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed, options: .strangers)
      let edited = scenario.rules.editedCampaign
      let names: Set = [edited, "new-\(edited)"]
      let arrivals = scenario.history.arrivals
      let at = arrivals[arrivals.count / 2].at
      var happenings = scenario.happeningsWithoutDeploys
      let without = scenario.played(happenings)
      let place = happenings.firstIndex { $0.at > at } ?? happenings.endIndex
      happenings.insert(.deploy(scenario.rules.withOneEdit, at: at), at: place)
      let with = scenario.played(happenings)
      Golden.expect(
        with.effects.decisions.filter { !names.contains($0.campaign) }.lines,
        equals: without.effects.decisions.filter { !names.contains($0.campaign) }.lines
      )
    }
  }
}

extension [Decision] {
  fileprivate var lines: String { map(\.line).joined(separator: "\n") }
}

extension Decision {
  fileprivate var isHandedOver: Bool { outcome == .sent && channel != nil }
}

extension Memory {
  /// Each occurrence of the last enrolments has its decision, or is open and due later.
  fileprivate func expectEveryPlan(in decided: [Occurrence: [Int]], _ names: FirstNames) {
    for (campaign, record) in campaigns {
      guard let enrolment = record.enrolment else { continue }
      for (step, record) in enrolment.steps {
        let place = names.place(subject, campaign, enrolment.number, step)
        let open = record.plan.map { [$0.occurrence] } ?? []
        let planned = (0..<record.occurrences).map { $0 + 1 }
        #expect(planned == (decided[place] ?? []) + open, "\(place)")
        #expect(open.isEmpty || enrolment.isOpen, "\(place) is open after the end")
      }
    }
  }
}
