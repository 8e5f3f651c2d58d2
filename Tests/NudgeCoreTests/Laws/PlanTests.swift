import NudgeTesting
import Testing

@testable import NudgeCore

@Suite(.namesCase) struct `What a plan foretells` {
  @Test(arguments: Scenario.seeds(60))
  func `is what the deploy does, and what is sent in the days after it`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      var trial = Trial(scenario)
      let effect = trial.foretold()
      let happened = trial.deployed()
      for campaign in Set(effect.campaigns.keys).union(happened.enters.keys) {
        let foretold = effect.campaigns[campaign]?.enters.count ?? 0
        #expect(foretold == happened.enters[campaign] ?? 0, "those who enter \(campaign)")
      }
      #expect(effect.decided == happened.decided)
      #expect(effect.left == happened.left)
      let week = trial.lived()
      #expect(effect.after.sendsByStep == week.sendsByStep)
      #expect(effect.after.heldOut == week.heldOut)
    }
  }
}

/// A deploy in the middle of a history, foretold and done.
private struct Trial {
  /// What the instant of a deploy brought about.
  struct Outcome {
    var enters: [String: Int] = [:]
    var left: [String: Int] = [:]
    var decided: [String: Int] = [:]
  }

  /// What some days brought about.
  struct Week {
    var sendsByStep: [String: Int] = [:]
    var heldOut = 0
  }

  private let scenario: Scenario
  private var playthrough: Playthrough
  private let rules: RuleSet
  private let now: Timestamp

  init(_ scenario: Scenario) {
    self.scenario = scenario
    rules = scenario.rules.edited
    let arrivals = scenario.history.arrivals
    now = arrivals[arrivals.count / 2].at
    playthrough = Playthrough(scenario.engine)
    for happening in scenario.happeningsWithoutDeploys where happening.at <= now {
      playthrough.perform(happening)
    }
    playthrough.rehearsal.advance(to: now)
    _ = playthrough.rehearsal.drain()
  }

  func foretold() -> EditEffect {
    let rehearsal = playthrough.rehearsal
    let edit = Edit(
      from: rehearsal.engine,
      to: rules,
      zones: SampleZones.table,
      deployed: rehearsal.deployments,
      now: now
    )
    return edit.effect(
      on: rehearsal.world.memories.keys.sorted(),
      before: rehearsal.world,
      after: playthrough.adopting(rules).rehearsal.world
    )
  }

  mutating func deployed() -> Outcome {
    let before = playthrough.rehearsal.world.memories
    playthrough.perform(.deploy(rules, at: now))
    let effects = playthrough.rehearsal.effects
    var outcome = Outcome()
    for decision in effects.decisions where decision.outcome != .cancelled {
      let place = "\(decision.campaign)/\(decision.step) \(decision.reason.code)"
      outcome.decided[place, default: 0] += 1
    }
    let predecessors = rules.predecessors
    for (subject, memory) in playthrough.rehearsal.world.memories {
      let old = before[subject]?.openEnrolments ?? [:]
      let new = memory.openEnrolments
      let names = Dictionary(uniqueKeysWithValues: new.keys.map { (predecessors[$0] ?? $0, $0) })
      for (name, number) in new where old[predecessors[name] ?? name] != number {
        outcome.enters[name, default: 0] += 1
      }
      for (name, number) in old where names[name].flatMap({ new[$0] }) != number {
        outcome.left[predecessors.first { $0.value == name }?.key ?? name, default: 0] += 1
      }
    }
    return outcome
  }

  mutating func lived() -> Week {
    var week = Week()
    playthrough.rehearsal.advance(to: now.adding(milliseconds: Forecast.milliseconds))
    for decision in playthrough.rehearsal.drain().decisions {
      switch decision.outcome {
      case .sent: week.sendsByStep["\(decision.campaign)/\(decision.step)", default: 0] += 1
      case .heldOut: week.heldOut += 1
      case .skipped, .dropped, .cancelled: break
      }
    }
    return week
  }
}

extension Memory {
  /// The numbers of the enrolments that are open, by campaign.
  fileprivate var openEnrolments: [String: Int] {
    campaigns.reduce(into: [:]) { open, record in
      guard let enrolment = record.value.enrolment, enrolment.isOpen else { return }
      open[record.key] = enrolment.number
    }
  }
}

extension EditEffect {
  fileprivate var left: [String: Int] {
    campaigns.mapValues { $0.leaves.values.reduce(0) { $0 + $1.count } }.filter { $0.value > 0 }
  }

  /// How many decisions the deploy itself makes, by `campaign/step reason`.
  fileprivate var decided: [String: Int] {
    var decided: [String: Int] = [:]
    for (campaign, effect) in campaigns {
      for (step, effect) in effect.steps {
        for (code, heads) in effect.decided { decided["\(campaign)/\(step) \(code)"] = heads.count }
      }
    }
    return decided
  }
}
