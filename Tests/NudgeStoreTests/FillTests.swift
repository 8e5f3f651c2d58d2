import GRDB
import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

@testable import NudgeStore

/// Rules that need the past, while others decide.
@Suite(.namesCase) struct `A fill` {
  @Test(arguments: Scenario.seeds(6, costing: 5))
  func `in parts, with events between them, gives what one deploy gives`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed, options: .orderFree)
      let old = RandomRules(seed: seed + 10_000, options: .orderFree).ruleSet
      let new = RuleIndex(scenario.rules.ruleSet, zones: SampleZones.table)
      let arrivals = scenario.history.arrivals
      let end = scenario.history.end
      let inParts = try Filled(old)
      let atOnce = try Filled(old)
      for arrival in arrivals.prefix(arrivals.count / 2) {
        try inParts.process(arrival)
        try atOnce.process(arrival)
      }
      let fill = try inParts.store.beginFill(new, zones: SampleZones.table)
      for arrival in arrivals.dropFirst(arrivals.count / 2) {
        _ = try inParts.store.fillMore(fill)
        try inParts.process(arrival)
        try atOnce.process(arrival)
      }
      #expect(try inParts.decisionRules() == Set(try atOnce.decisionRules()))
      try inParts.store.takeOver(fill, source: "{}", gitCommit: nil, at: end)
      try atOnce.store.deploy(new, source: "{}", gitCommit: nil, at: end, zones: SampleZones.table)
      for filled in [inParts, atOnce] { try filled.lookAtEverybody(new, at: end) }
      Golden.expect(try inParts.store.dump(), equals: try atOnce.store.dump())
      let left = try inParts.store.reader.read {
        try Int.fetchOne($0, sql: "SELECT count(*) FROM filled")
      }
      #expect(left == 0)
    }
  }

  @Test func `that a crash stops goes on, and the old rules decide until its end`() throws {
    let scenario = Scenario(seed: 3, options: .orderFree)
    let old = RandomRules(seed: 10_003, options: .orderFree).ruleSet
    let new = RuleIndex(scenario.rules.ruleSet, zones: SampleZones.table)
    let filled = try Filled(old)
    for arrival in scenario.history.arrivals { try filled.process(arrival) }
    let fill = try filled.store.beginFill(new, zones: SampleZones.table)
    _ = try filled.store.fillMore(fill)

    let reopened = try Store(path: filled.store.path)
    #expect(try reopened.currentRuleSet()?.hash == old.hash)
    let again = try reopened.beginFill(new, zones: SampleZones.table)
    let cursor = try reopened.reader.read { try Store.cursor(of: again, $0) }
    #expect(cursor > 0)
    try reopened.takeOver(again, source: "{}", gitCommit: "4f1c2ab", at: scenario.history.end)
    #expect(try reopened.currentRuleSet()?.hash == new.set.hash)
    #expect(try reopened.currentRuleSet()?.gitCommit == "4f1c2ab")
  }
}

/// A store under rules from the beginning.
private struct Filled {
  let folder: TemporaryFolder
  let store: Store
  let engine: Engine

  init(_ rules: RuleSet) throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
    try store.deploy(
      RuleIndex(rules, zones: SampleZones.table),
      source: "{}",
      gitCommit: nil,
      at: .distantPast,
      zones: SampleZones.table
    )
    engine = Engine(rules: rules, zones: SampleZones.table)
  }

  func process(_ arrival: RandomHistory.Arrival) throws {
    while try store.process([arrival.event], at: arrival.at, by: engine).hasMoreDue {}
  }

  func lookAtEverybody(_ rules: RuleIndex, at now: Timestamp) throws {
    let deployed = try store.deployed()
    let engine = Engine(
      rules: rules.set,
      zones: SampleZones.table,
      deployments: deployed.instants
    )
    while try store.process([], at: now, by: engine).hasMoreDue {}
  }

  func decisionRules() throws -> Set<String> { Set(try store.allDecisions().map(\.ruleSet)) }
}
