import Foundation
public import NudgeCore

/// Random rules and a random history that belong together.
public struct Scenario: Sendable {
  /// The rules.
  public let rules: RandomRules
  /// What happens.
  public let history: RandomHistory
  /// Where the chance of the trial itself begins.
  public let seed: UInt64

  /// The scenario of this seed.
  public init(seed: UInt64, options: RandomRules.Options = RandomRules.Options()) {
    self.seed = seed
    rules = RandomRules(seed: seed, options: options)
    history = RandomHistory(seed: seed)
    ScenarioNote.current?.note(self)
  }

  /// The engine of the rules.
  public var engine: Engine { engine(for: rules.ruleSet) }

  /// An engine for other rules, deployed when these were.
  public func engine(for rules: RuleSet) -> Engine {
    Engine(rules: rules, zones: SampleZones.table, deployments: self.rules.deployments)
  }

  /// The seeds that a law is tried with: so many, times `NUDGED_SEEDS` of the environment.
  public static func seeds(_ count: UInt64) -> Range<UInt64> {
    let text = ProcessInfo.processInfo.environment["NUDGED_SEEDS"]
    return 0..<(count * (text.flatMap(UInt64.init) ?? 1))
  }
}

extension Rehearsal {
  /// Takes all of these in, then runs until an instant.
  public mutating func live(_ arrivals: [RandomHistory.Arrival], until end: Timestamp) {
    for arrival in arrivals { take(arrival.event, at: arrival.at) }
    advance(to: end)
  }
}
