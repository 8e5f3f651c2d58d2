import NudgeTesting
import Testing

@testable import NudgeCore

@Suite(.namesCase) struct `Random scenarios` {
  /// What needs a renderer that fails, or `forget`.
  private static let unreachable: Set = ["dropped.template", "left.deleted"]

  @Test func `lead to every outcome and every wait`() {
    var reasons: Set<String> = []
    var waits: Set<Reason.Wait> = []
    var sent = 0
    for seed in 0..<300 as Range<UInt64> {
      let scenario = Scenario(seed: seed)
      var playthrough = Playthrough(scenario.engine)
      for happening in scenario.happenings {
        playthrough.perform(happening)
        waits.formUnion(playthrough.rehearsal.world.memories.values.flatMap(\.waits))
      }
      var rehearsal = playthrough.rehearsal
      rehearsal.advance(to: scenario.history.end)
      reasons.formUnion(rehearsal.effects.decisions.map(\.reason.code))
      sent += rehearsal.effects.interventions.count
    }
    let possible =
      ["sent", "held-out"] + Reason.Skip.allCases.map { Reason.skipped($0).code }
      + Reason.Drop.allCases.map { Reason.dropped($0).code }
      + ["left.while-ended", "left.unsubscribed", "left.bought", "left.gone"]
      + ["cancelled.removed", "cancelled.campaign-off", "cancelled.re-planned"]
    #expect(Set(possible).subtracting(Self.unreachable).subtracting(reasons) == [])
    #expect(waits.isSuperset(of: [.quietHours, .cap, .muted, .silenced]))
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
