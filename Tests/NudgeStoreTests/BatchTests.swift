import GRDB
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeStore

/// The same stimuli, cut into transactions in one way or another.
private struct Trial {
  let scenario: Scenario
  let folder: TemporaryFolder
  private(set) var store: Store
  private(set) var decisions: [Decision] = []

  init(_ scenario: Scenario) throws {
    self.scenario = scenario
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
    store.desk.messagesTogether = 7
  }

  mutating func process(_ events: [Event] = [], at now: Timestamp) throws {
    while true {
      let processed = try store.process(events, at: now, by: scenario.engine)
      decisions += processed.decisions
      if !processed.hasMoreDue { return }
    }
  }

  mutating func catchUp(at now: Timestamp) throws {
    decisions += try store.catchUp(at: now, by: scenario.engine).decisions
  }

  /// As after a crash: nothing is closed, another store opens the file.
  mutating func reopen() throws {
    store = try Store(path: folder.path(of: "nudged.db"))
    store.desk.messagesTogether = 7
  }
}

extension RandomHistory {
  /// The arrivals, brought together at every sixth hour, so that there is something to cut.
  fileprivate var together: [(at: Timestamp, events: [Event])] {
    let hours: Int64 = 6 * 3_600_000
    let groups = Dictionary(grouping: arrivals) { arrival in
      (arrival.at.millisecondsSinceEpoch / hours + 1) * hours
    }
    return groups.sorted { $0.key < $1.key }
      .map { (Timestamp(millisecondsSinceEpoch: $0.key), $0.value.map(\.event)) }
  }
}

extension Array {
  /// The elements in their order, cut at random.
  fileprivate func cut(using generator: inout SeededGenerator) -> [[Element]] {
    reduce(into: [[Element]]()) { pieces, element in
      if pieces.isEmpty || Bool.random(using: &generator) { pieces.append([]) }
      pieces[pieces.count - 1].append(element)
    }
  }
}

@Suite(.namesCase) struct `The stored state` {
  @Test(arguments: Scenario.seeds(12, costing: 5))
  func `is the same however the stimuli are cut, and whenever the daemon dies`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      var generator = SeededGenerator(seed: seed)
      var whole = try Trial(scenario)
      var cut = try Trial(scenario)
      for (at, events) in scenario.history.together {
        try whole.process(events, at: at)
        let early = at.adding(milliseconds: Int64.random(in: -20_000_000 ... -1, using: &generator))
        try cut.process(at: early)
        for piece in events.cut(using: &generator) {
          if Int.random(in: 0..<4, using: &generator) == 0 { try cut.reopen() }
          try cut.process(piece, at: at)
        }
      }
      try whole.process(at: scenario.history.end)
      try cut.process(at: scenario.history.end)
      Golden.expect(try cut.store.dump(), equals: try whole.store.dump())
    }
  }

  @Test(arguments: Scenario.seeds(12, costing: 5))
  func `is what a rehearsal in memory comes to`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      var rehearsal = Rehearsal(scenario.engine)
      var trial = try Trial(scenario)
      for (at, events) in scenario.history.together {
        for event in events { rehearsal.take(event, at: at) }
        try trial.process(events, at: at)
      }
      rehearsal.advance(to: scenario.history.end)
      try trial.process(at: scenario.history.end)
      Golden.expect(
        try trial.store.allDecisions().map(\.line).joined(separator: "\n"),
        equals: rehearsal.effects.decisions.map(\.line).joined(separator: "\n")
      )
      #expect(trial.decisions == rehearsal.effects.decisions)
      for (subject, memory) in rehearsal.world.memories {
        let stored = try trial.store.memory(of: subject, rules: scenario.engine.rules)
        #expect(stored ?? Memory(subject: subject) == memory)
      }
    }
  }

  @Test(arguments: Scenario.seeds(8, costing: 5))
  func `after downtime is decided at the start, once for each subject`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      var rehearsal = Rehearsal(scenario.engine)
      var trial = try Trial(scenario)
      let groups = scenario.history.together
      for (place, group) in groups.enumerated() {
        if place % 5 == 4 {
          let start = group.at.adding(milliseconds: -1000)
          rehearsal.catchUp(at: start)
          try trial.reopen()
          try trial.catchUp(at: start)
        }
        for event in group.events { rehearsal.take(event, at: group.at) }
        try trial.process(group.events, at: group.at)
      }
      Golden.expect(
        trial.decisions.map(\.line).joined(separator: "\n"),
        equals: rehearsal.effects.decisions.map(\.line).joined(separator: "\n")
      )
    }
  }

  @Test func `keeps nothing of a transaction that fails`() throws {
    let scenario = Scenario(seed: 1)
    var trial = try Trial(scenario)
    for (at, events) in scenario.history.together.prefix(20) { try trial.process(events, at: at) }
    let before = try trial.store.dump()
    #expect(throws: Interruption.self) {
      try trial.store.write { database, desk in
        try database.execute(sql: "DELETE FROM decisions")
        desk.world = World()
        throw Interruption()
      }
    }
    #expect(try trial.store.dump() == before)
  }
}

private struct Interruption: Error {}
