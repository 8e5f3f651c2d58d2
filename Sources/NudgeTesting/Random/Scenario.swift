import Foundation
public import NudgeCore
public import Testing

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

  /// The seeds that a law is tried with, in parts.
  ///
  /// `NUDGED_SEEDS` of the environment says how many, else the law does. A law that costs so many times what others do,
  /// since it writes databases, gets so many times fewer of them. `751-753` tries just these seeds, whatever they cost.
  public static func seeds(_ count: UInt64, costing cost: UInt64 = 1) -> [Seeds] {
    let text = ProcessInfo.processInfo.environment["NUDGED_SEEDS"] ?? ""
    let bounds = text.split(separator: "-").compactMap { UInt64($0) }
    switch bounds.count {
    case 2 where bounds[0] <= bounds[1]: return Seeds.parts(of: bounds[0]..<bounds[1] + 1)
    case 1: return Seeds.parts(of: 0..<max(1, bounds[0] / cost))
    default: return Seeds.parts(of: 0..<count)
    }
  }
}

/// Some seeds that one test case tries, so that thousands of seeds are not thousands of cases to report.
public struct Seeds: Sendable, CustomTestStringConvertible {
  private static let parts: UInt64 = 64

  private let range: Range<UInt64>

  /// How reports name them.
  public var testDescription: String { "seeds \(range)" }

  static func parts(of range: Range<UInt64>) -> [Seeds] {
    let size = max(1, UInt64(range.count) / parts)
    return stride(from: range.lowerBound, to: range.upperBound, by: UInt64.Stride(size)).map {
      Seeds(range: $0..<min($0 + size, range.upperBound))
    }
  }

  /// Tries each seed; whatever fails names it, and a failure does not keep the others from being tried.
  public func each(_ body: (UInt64) throws -> Void) {
    for seed in range {
      ScenarioNote.$current.withValue(ScenarioNote(seed: seed)) {
        do { try body(seed) } catch { Issue.record(error) }
      }
    }
  }
}

extension Rehearsal {
  /// Takes all of these events in, then runs until an instant.
  public mutating func live(_ arrivals: [RandomHistory.Arrival], until end: Timestamp) {
    for arrival in arrivals { take(arrival.event, at: arrival.at) }
    advance(to: end)
  }
}
