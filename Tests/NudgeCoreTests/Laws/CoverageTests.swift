import NudgeTesting
import Testing

@testable import NudgeCore

@Suite(.notesScenario, .namesCase) struct `Random scenarios` {
  /// What no scenario without an edit or an operator can lead to.
  private static let unreachable: Set = [
    "skipped.before-deploy", "dropped.template", "left.deleted", "cancelled.removed",
    "cancelled.campaign-off", "cancelled.re-planned",
  ]

  @Test func `lead to every outcome that needs no edit`() {
    var reasons: Set<String> = []
    var waits: Set<Reason.Wait> = []
    var sent = 0
    for seed in 0..<150 as Range<UInt64> {
      let scenario = Scenario(seed: seed)
      var rehearsal = Rehearsal(scenario.engine)
      for arrival in scenario.history.arrivals {
        rehearsal.take(arrival.event, at: arrival.at)
        waits.formUnion(rehearsal.world.memories.values.flatMap(\.waits))
      }
      rehearsal.advance(to: scenario.history.end)
      reasons.formUnion(rehearsal.effects.decisions.map(\.reason.code))
      sent += rehearsal.effects.interventions.count
    }
    let possible =
      ["sent", "held-out"] + Reason.Skip.allCases.map { Reason.skipped($0).code }
      + Reason.Drop.allCases.map { Reason.dropped($0).code }
      + ["left.while-ended", "left.unsubscribed", "left.bought", "left.gone"]
    #expect(Set(possible).subtracting(Self.unreachable).subtracting(reasons) == [])
    #expect(waits.isSuperset(of: [.quietHours, .cap, .muted]))
    #expect(sent > 1000)
  }
}

extension Memory {
  /// What plans of open enrolments wait for.
  fileprivate var waits: [Reason.Wait] {
    campaigns.values.compactMap(\.enrolment).filter(\.isOpen)
      .flatMap { $0.steps.values.compactMap { $0.plan?.waiting?.reason } }
  }
}
