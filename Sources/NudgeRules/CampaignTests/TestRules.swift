import NudgeCore

/// The compiled rule sets of a test file: those from the beginning, and those that its tests deploy.
struct TestRules: Sendable {
  /// By the list of paths as it is written.
  private let sets: [[String]: RuleSet]
  private let first: [String]
  private let zones: ZoneTable
  /// Made once, since tests that are played alike share one.
  private let engines: [Variation: Engine]

  /// What makes tests of one file differ in their rules.
  private struct Variation: Hashable {
    let holdsOut: Bool
    let variants: [String]

    init(_ timeline: Timeline) {
      holdsOut = timeline.holdsOut
      variants = timeline.variants.map(\.text).sorted()
    }
  }

  /// The rule sets by their lists of paths, the first list being there from the beginning.
  init(
    _ sets: [[String]: RuleSet],
    first: [String],
    zones: ZoneTable,
    timelines: [Timeline]
  ) {
    self.sets = sets
    self.first = first
    self.zones = zones
    var engines: [Variation: Engine] = [:]
    for timeline in timelines where engines[Variation(timeline)] == nil {
      guard let rules = sets[first]?.played(in: timeline) else { continue }
      engines[Variation(timeline)] = Engine(rules: rules, zones: zones)
    }
    self.engines = engines
  }

  /// The rules from the beginning.
  var base: RuleSet { ruleSet(at: first) }

  /// All rule sets.
  var all: [RuleSet] { Array(sets.values) }

  /// The engine that a timeline begins with.
  func engine(for timeline: Timeline) -> Engine {
    engines[Variation(timeline)] ?? Engine(rules: base.played(in: timeline), zones: zones)
  }

  /// The rules that a timeline deploys by these paths.
  func ruleSet(of files: [ScalarText], for timeline: Timeline) -> RuleSet {
    ruleSet(at: files.map(\.text)).played(in: timeline)
  }

  private func ruleSet(at paths: [String]) -> RuleSet {
    guard let set = sets[paths] else { preconditionFailure("no rules were read at \(paths)") }
    return set
  }
}
