import NudgeTesting
import Testing

@testable import NudgeCore

@Suite(.namesCase) struct `Waking more often` {
  @Test(arguments: Scenario.seeds(60))
  func `changes no decision, no enrolment and nobody's progress`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      let once = scenario.played()
      var playthrough = Playthrough(scenario.engine)
      var generator = SeededGenerator(seed: seed &+ 1)
      for happening in scenario.happenings {
        playthrough.rehearsal.rest(
          until: happening.at,
          scenario.history.subjects,
          using: &generator
        )
        playthrough.perform(happening)
        playthrough.rehearsal.wakeSome(of: scenario.history.subjects, using: &generator)
      }
      var often = playthrough.rehearsal
      for _ in 0..<20 {
        often.rest(until: scenario.history.end, scenario.history.subjects, using: &generator)
      }
      often.advance(to: scenario.history.end)
      Golden.expect(often.effects.lines, equals: once.effects.lines)
      let end = scenario.history.end
      Golden.expect(
        often.cards(of: scenario.history.subjects, at: end),
        equals: once.cards(of: scenario.history.subjects, at: end)
      )
    }
  }

  @Test(arguments: Scenario.seeds(60))
  func `is never asked for in the past, nor after an open plan is due`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      var playthrough = Playthrough(scenario.engine)
      for happening in scenario.happenings {
        playthrough.perform(happening)
        playthrough.rehearsal.expectFutureWakes()
      }
      var rehearsal = playthrough.rehearsal
      rehearsal.advance(to: scenario.history.end)
      rehearsal.expectFutureWakes()
    }
  }
}

extension Rehearsal {
  /// Looks at somebody now and then on the way to an instant.
  fileprivate mutating func rest(
    until instant: Timestamp,
    _ subjects: [SubjectID],
    using generator: inout SeededGenerator
  ) {
    guard now > .distantPast, now < instant else { return }
    for _ in 0..<2 {
      let pause = Int64.random(in: 0...instant.milliseconds(since: now), using: &generator)
      advance(to: now.adding(milliseconds: pause))
      wakeSome(of: subjects, using: &generator)
    }
  }

  fileprivate mutating func wakeSome(
    of subjects: [SubjectID],
    using generator: inout SeededGenerator
  ) {
    for subject in subjects where Bool.random(using: &generator) { wake(subject) }
  }

  fileprivate func expectFutureWakes() {
    for memory in world.memories.values {
      #expect(memory.wake > now, "\(memory.subject) wakes at \(memory.wake.rfc3339)")
      for plan in memory.openPlans {
        #expect(plan.due > now, "\(memory.subject) has a plan due at \(plan.due.rfc3339)")
        #expect(memory.wake <= plan.due, "\(memory.subject) sleeps past \(plan.due.rfc3339)")
      }
    }
  }
}

extension Memory {
  /// The plans that are not decided yet.
  var openPlans: [Plan] {
    campaigns.values.compactMap(\.enrolment).flatMap { $0.steps.values.compactMap(\.plan) }
  }
}
