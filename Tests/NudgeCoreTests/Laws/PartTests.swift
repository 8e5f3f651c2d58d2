import NudgeTesting
import Testing

@testable import NudgeCore

@Suite(.namesCase) struct `People who are not tied to one another` {
  @Test(arguments: Scenario.seeds(60))
  func `are decided for as if nobody else were there`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      let (history, engine) = (scenario.history, scenario.engine)
      var together = Rehearsal(engine)
      together.live(history.arrivals, until: history.end)
      var apart: [String] = []
      for part in history.parts(by: engine) {
        var rehearsal = Rehearsal(engine)
        rehearsal.live(part, until: history.end)
        for (subject, memory) in rehearsal.world.memories {
          #expect(together.world.memories[subject] == memory, "\(subject)")
        }
        apart += rehearsal.effects.decisions.map(\.line)
      }
      let lines = together.effects.decisions.map(\.line)
      Golden.expect(
        apart.sorted().joined(separator: "\n"),
        equals: lines.sorted().joined(separator: "\n")
      )
    }
  }
}

extension RandomHistory {
  /// The arrivals in parts that no tie connects, each in the order of all.
  fileprivate func parts(by engine: Engine) -> [[Arrival]] {
    var parts: [(subjects: Set<SubjectID>, places: [Int])] = []
    for (place, arrival) in arrivals.enumerated() {
      var part = (subjects: Set(engine.tied(by: arrival.event)), places: [place])
      let isTied = parts.map { !$0.subjects.isDisjoint(with: part.subjects) }
      for (other, _) in zip(parts, isTied).filter(\.1) {
        part.subjects.formUnion(other.subjects)
        part.places += other.places
      }
      parts = zip(parts, isTied).filter { !$0.1 }.map(\.0) + [part]
    }
    return parts.map { part in part.places.sorted().map { arrivals[$0] } }
  }
}
