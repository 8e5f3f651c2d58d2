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

extension Decision {
  fileprivate var place: Occurrence {
    Occurrence(subject: subject, campaign: campaign, enrolment: enrolment, step: step)
  }
}

@Suite(.notesScenario, .namesCase) struct `Decisions` {
  @Test(arguments: Scenario.seeds(60))
  func `are made once for each planned occurrence, or their plan is open`(seed: UInt64) {
    let scenario = Scenario(seed: seed)
    let rehearsal = scenario.played()
    let decided = Dictionary(grouping: rehearsal.effects.decisions, by: \.place)
      .mapValues { $0.map(\.occurrence).sorted() }
    for (place, occurrences) in decided {
      #expect(occurrences == Array(1...occurrences.count), "\(place)")
    }
    for memory in rehearsal.world.memories.values {
      memory.expectEveryPlan(in: decided, at: rehearsal.now)
    }
  }

  @Test(arguments: Scenario.seeds(60))
  func `have ids of their own, the same when all is played again`(seed: UInt64) {
    let scenario = Scenario(seed: seed)
    let effects = scenario.played().effects
    let ids = effects.decisions.map(\.id)
    #expect(Set(ids).count == ids.count)
    #expect(effects.interventions.map(\.id) == effects.decisions.filter(\.isHandedOver).map(\.id))
    Golden.expect(scenario.played().effects.lines, equals: effects.lines)
  }

  @Test(arguments: Scenario.seeds(60))
  func `of a campaign do not change when a stranger is added`(seed: UInt64) {
    let scenario = Scenario(seed: seed)
    let alone = scenario.played()
    var together = Rehearsal(scenario.engine(for: scenario.rules.withStranger))
    together.live(scenario.history.arrivals, until: scenario.history.end)
    let others = together.effects.decisions.filter { $0.campaign != RandomRules.stranger }
    Golden.expect(
      others.map(\.line).joined(separator: "\n"),
      equals: alone.effects.decisions.map(\.line).joined(separator: "\n")
    )
  }
}

extension Decision {
  fileprivate var isHandedOver: Bool { outcome == .sent && channel != nil }
}

extension Memory {
  /// Each occurrence of the last enrolments has its decision, or is open and due later.
  fileprivate func expectEveryPlan(in decided: [Occurrence: [Int]], at now: Timestamp) {
    for (campaign, record) in campaigns {
      guard let enrolment = record.enrolment else { continue }
      for (step, record) in enrolment.steps {
        let place = Occurrence(
          subject: subject,
          campaign: campaign,
          enrolment: enrolment.number,
          step: step
        )
        let open = record.plan.map { [$0.occurrence] } ?? []
        let planned = (0..<record.occurrences).map { $0 + 1 }
        #expect(planned == (decided[place] ?? []) + open, "\(place)")
        #expect(open.isEmpty || enrolment.isOpen, "\(place) is open after the end")
      }
    }
  }
}
