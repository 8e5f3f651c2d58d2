import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeStore

@Suite(.namesCase) struct `A deploy in a rehearsal` {
  @Test(arguments: Scenario.seeds(12, costing: 5))
  func `leads to the decisions that the store makes`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      let rules = scenario.rules
      let folder = try TemporaryFolder()
      let store = try Store(path: folder.path(of: "nudged.db"))
      var rehearsal = Rehearsal(Engine(rules: rules.ruleSet, zones: SampleZones.table))
      var decisions: [Decision] = []
      var engine = try deploy(rules.ruleSet, .distantPast, to: store)
      var past: [Event] = []
      let half = scenario.history.arrivals.count / 2
      for (place, arrival) in scenario.history.arrivals.enumerated() {
        if place == half {
          decisions += try process([], at: arrival.at, store, engine)
          rehearsal.advance(to: arrival.at)
          engine = try deploy(rules.edited, arrival.at, to: store)
          rehearsal.deploy(rules.edited, past: past)
        }
        decisions += try process([arrival.event], at: arrival.at, store, engine)
        if rehearsal.take(arrival.event, at: arrival.at) { past.append(arrival.event) }
      }
      decisions += try process([], at: scenario.history.end, store, engine)
      rehearsal.advance(to: scenario.history.end)
      Golden.expect(
        rehearsal.effects.decisions.map(\.line).joined(separator: "\n"),
        equals: decisions.map(\.line).joined(separator: "\n")
      )
    }
  }

  private func deploy(_ rules: RuleSet, _ now: Timestamp, to store: Store) throws -> Engine {
    let index = RuleIndex(rules, zones: SampleZones.table)
    try store.deploy(index, source: "{}", gitCommit: nil, at: now, zones: SampleZones.table)
    let deployed = try store.deployed()
    return Engine(
      rules: rules,
      zones: SampleZones.table,
      deployments: deployed.instants,
      origins: deployed.origins
    )
  }

  private func process(
    _ events: [Event],
    at now: Timestamp,
    _ store: Store,
    _ engine: Engine
  ) throws -> [Decision] {
    var decisions: [Decision] = []
    while true {
      let processed = try store.process(events, at: now, by: engine)
      decisions += processed.decisions
      if !processed.hasMoreDue { return decisions }
    }
  }
}
