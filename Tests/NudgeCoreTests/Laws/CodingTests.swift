import NudgeTesting
import Testing

@testable import NudgeCore

@Suite(.namesCase) struct `Memories as bytes` {
  @Test(arguments: Scenario.seeds(60))
  func `are read as they were written`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      let rehearsal = scenario.played()
      let rules = rehearsal.engine.rules
      for (subject, memory) in rehearsal.world.memories {
        let bytes = memory.encoded(for: rules)
        let read = try Memory(subject, from: bytes, for: rules)
        #expect(read == memory)
        #expect(read.encoded(for: rules) == bytes)
      }
    }
  }

  @Test(arguments: Scenario.seeds(60))
  func `decide like warm ones, when only those that are asked for are read`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      var cold = ColdRehearsal(scenario.engine)
      for arrival in scenario.history.arrivals { try cold.take(arrival.event, at: arrival.at) }
      try cold.advance(to: scenario.history.end)
      let warm = scenario.playedEvents()
      Golden.expect(cold.effects.lines, equals: warm.effects.lines)
      #expect(
        try cold.memories() == warm.world.memories.filter { $0.value != Memory(subject: $0.key) }
      )
    }
  }
}

/// A rehearsal that keeps bytes between stimuli, and reads no memory that the engine does not ask for.
private struct ColdRehearsal {
  private let engine: Engine
  private var stored: [SubjectID: [UInt8]] = [:]
  private var wakes: [SubjectID: Timestamp] = [:]
  private var messageIDs: Set<String> = []
  private(set) var effects = Effects()

  init(_ engine: Engine) {
    self.engine = engine
  }

  /// Those of whom anything is known.
  func memories() throws -> [SubjectID: Memory] {
    try Dictionary(uniqueKeysWithValues: stored.keys.map { ($0, try memory(of: $0)) })
      .filter { $0.value != Memory(subject: $0.key) }
  }

  mutating func take(_ event: Event, at arrival: Timestamp) throws {
    try advance(to: arrival)
    guard messageIDs.insert(event.messageID).inserted else { return }
    try handle(.event(event, at: arrival))
  }

  mutating func advance(to instant: Timestamp) throws {
    while let next = wakes.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }),
      next.value <= instant
    {
      try handle(.timer(next.key, at: next.value))
    }
  }

  private mutating func handle(_ stimulus: Stimulus) throws {
    var world = World()
    while true {
      let missing = engine.missing(for: stimulus, in: world)
      if missing.isEmpty { break }
      for subject in missing { world.memories[subject] = try memory(of: subject) }
    }
    let following = engine.handle(stimulus, in: &world)
    for subject in following.touched {
      guard let memory = world.memories[subject] else { continue }
      stored[subject] = memory.encoded(for: engine.rules)
      wakes[subject] = memory.wake == .never ? nil : memory.wake
    }
    effects.add(following)
    for follower in following.followers.sorted() { try handle(.timer(follower, at: stimulus.at)) }
  }

  private func memory(of subject: SubjectID) throws -> Memory {
    guard let bytes = stored[subject] else { return Memory(subject: subject) }
    return try Memory(subject, from: bytes, for: engine.rules)
  }
}
