import NudgeCore
import NudgeTesting
import Testing

@Suite(.namesCase) struct `The order of arrival` {
  @Test(arguments: Scenario.seeds(60))
  func `does not matter for milestones, metrics and scores`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed, options: .orderFree)
      let (history, engine) = (scenario.history, scenario.engine)
      var first = Rehearsal(engine)
      first.live(history.arrivals, until: history.end)
      let expected = first.cards(of: history.subjects, at: history.end)
      for shuffle in 1...2 as ClosedRange<UInt64> {
        var other = Rehearsal(engine)
        other.live(history.reordered(seed: seed &+ shuffle), until: history.end)
        Golden.expect(other.cards(of: history.subjects, at: history.end), equals: expected)
      }
    }
  }

  @Test(arguments: Scenario.seeds(60))
  func `is that of first arrivals alone, whatever is sent again`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      var repeated = Rehearsal(scenario.engine)
      repeated.live(scenario.history.repeated(seed: seed &+ 7), until: scenario.history.end)
      let once = scenario.playedEvents()
      Golden.expect(repeated.effects.lines, equals: once.effects.lines)
      #expect(repeated.world.memories == once.world.memories)
    }
  }
}
