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
      for (subject, memory) in warm.world.memories {
        #expect(try cold.memory(of: subject) == memory)
      }
      #expect(cold.subjects.subtracting(warm.world.memories.keys) == [])
    }
  }
}

@Suite struct `Memories of an older program` {
  private static let now = Timestamp(millisecondsSinceEpoch: 1_772_442_000_000)

  /// A person of two accounts, as version 4 wrote it: with one event for each account.
  private func written() -> [UInt8] {
    var writer = ByteWriter()
    writer.write(byte: 4)
    for _ in ["traits", "series"] { writer.write(0) }
    writer.write(["acme", "zeta"]) { writer, account in
      writer.write(account)
      writer.write(Self.now.adding(milliseconds: account == "acme" ? -1 : -2))
      writer.write("m-\(account)")
    }
    for _ in ["members", "progress", "campaigns", "tags", "messages", "sequence"] {
      writer.write(0)
    }
    writer.write(optional: nil as String?)
    writer.write(Timestamp.never)
    for _ in ["first known", "first loose"] { writer.write(optional: nil as Timestamp?) }
    for _ in ["passages", "coming", "watchers"] { writer.write(0) }
    return writer.bytes
  }

  @Test func `are read, and know the account of each person`() throws {
    let rules = Scenario(seed: 0).engine.rules
    let memory = try Memory(.user("ana"), from: written(), for: rules)
    #expect(memory.accounts == ["acme", "zeta"])
    #expect(memory.account(at: Self.now) == "acme")
    #expect(try Memory(.user("ana"), from: memory.encoded(for: rules), for: rules) == memory)
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

  /// Those who were written down.
  var subjects: Set<SubjectID> { Set(stored.keys) }

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

  /// What was written of a subject; an empty memory of others.
  func memory(of subject: SubjectID) throws -> Memory {
    guard let bytes = stored[subject] else { return Memory(subject: subject) }
    return try Memory(subject, from: bytes, for: engine.rules)
  }
}
