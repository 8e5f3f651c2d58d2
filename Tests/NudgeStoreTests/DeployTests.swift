import GRDB
import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

@testable import NudgeStore

@Suite(.namesCase) struct `A deploy` {
  @Test(arguments: Scenario.seeds(16, costing: 5))
  func `leaves progress as if the rules had been there before`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed, options: .orderFree)
      let other = RandomRules(seed: seed + 10_000, options: .orderFree).ruleSet
      let arrivals = scenario.history.arrivals
      var generator = SeededGenerator(seed: seed)
      var deployed = try Deployed()
      for (place, arrival) in arrivals.enumerated() {
        if place % (arrivals.count / 4 + 1) == 0 {
          for rules in [other, scenario.rules.ruleSet].shuffled(using: &generator) {
            try deployed.deploy(rules, at: max(deployed.now, arrival.at))
          }
        }
        try deployed.process([arrival.event], at: max(deployed.now, arrival.at))
      }
      try deployed.deploy(scenario.rules.ruleSet, at: scenario.history.end)
      try deployed.process(at: scenario.history.end)

      var rehearsal = Rehearsal(scenario.engine)
      rehearsal.live(arrivals, until: scenario.history.end)
      for subject in scenario.history.subjects {
        let cards = rehearsal.engine.progress(
          of: subject,
          in: rehearsal.world,
          now: scenario.history.end
        )
        Golden.expect(
          try deployed.cards(of: subject, at: scenario.history.end),
          equals: cards.map(\.json.json.text).joined(separator: "\n")
        )
      }
    }
  }

  @Test func `cancels the plans of a step that is gone`() throws {
    var deployed = try Deployed.withAna(plan: try tasks("after: 72h", "after: 96h"))
    try deployed.deploy(tasks("after: 72h"), at: day(1))
    try deployed.process(at: day(1))
    #expect(try deployed.outcomes == ["s1 cancelled.removed 1"])
    try deployed.process(at: day(30))
    #expect(try deployed.outcomes == ["s1 cancelled.removed 1", "s0 sent 1"])
  }

  @Test func `plans a step with another timing anew, once`() throws {
    var deployed = try Deployed.withAna(plan: try tasks("after: 72h"))
    try deployed.deploy(tasks("after: 96h"), at: day(1))
    try deployed.process(at: day(1))
    #expect(try deployed.outcomes == ["s0 cancelled.re-planned 1"])
    try deployed.deploy(tasks("after: 96h", "after: 240h"), at: day(2))
    try deployed.process(at: day(30))
    #expect(try deployed.outcomes == ["s0 cancelled.re-planned 1", "s0 sent 2", "s1 sent 1"])
    #expect(try deployed.store.allDecisions().map(\.at) == [day(1), day(4), day(10)])
  }

  @Test func `does not plan anew what was sent`() throws {
    var deployed = try Deployed.withAna(plan: try tasks("after: 24h", "after: 240h"))
    try deployed.process(at: day(2))
    try deployed.deploy(tasks("after: 72h", "after: 240h"), at: day(2))
    try deployed.process(at: day(30))
    #expect(try deployed.outcomes == ["s0 sent 1", "s1 sent 1"])
  }

  @Test func `passes over a step that is added behind a person's point`() throws {
    var deployed = try Deployed.withAna(plan: try tasks("after: 240h"))
    try deployed.process(at: day(3))
    try deployed.deploy(tasks("after: 240h", "after: 24h"), at: day(3))
    try deployed.process(at: day(3))
    #expect(try deployed.outcomes == ["s1 skipped.added-later 1"])
  }

  @Test func `ends the enrolments of a campaign that is gone`() throws {
    var deployed = try Deployed.withAna(plan: try tasks("after: 72h"))
    #expect(try deployed.store.overview(at: day(0)).campaigns == 1)
    try deployed.deploy(tasks("after: 72h", in: "another"), at: day(1))
    try deployed.process(at: day(1))
    #expect(try deployed.outcomes == ["s0 cancelled.removed 1"])
    let open = try deployed.store.reader.read { database in
      try String.fetchAll(database, sql: "SELECT campaign FROM enrolments WHERE ended_at IS NULL")
    }
    #expect(!open.contains("care"))
  }

  @Test func `counts no event twice when a fact goes and comes back`() throws {
    let (with, without) = (try counting("Report Run"), try counting("Session Started"))
    var deployed = try Deployed()
    try deployed.deploy(with, at: day(0))
    try deployed.process([event("Signed Up", 1), event("Report Run", 2)], at: day(0))
    try deployed.deploy(without, at: day(1))
    try deployed.process([event("Report Run", 3)], at: day(1))
    try deployed.deploy(with, at: day(2))
    try deployed.deploy(without, at: day(2))
    try deployed.deploy(with, at: day(2))
    try deployed.process([event("Report Run", 4)], at: day(2))
    let card = try deployed.cards(of: ana, at: day(2))
    #expect(card.contains(#""uses":3"#), "\(card)")
  }

  // MARK: Rules

  private func counting(_ event: String) throws -> RuleSet {
    try rules(
      """
      models:
        trial:
          subject: user
          starts: {did: Signed Up}
          metrics:
            uses: {count: \(event)}
      """
    )
  }
}

private let ana = SubjectID.user("ana")

/// Midnight UTC of a day in March 2026, counted from 0.
private func day(_ day: Int64) -> Timestamp {
  Timestamp(millisecondsSinceEpoch: 1_772_323_200_000 + day * 86_400_000)
}

private func event(_ name: String, _ number: Int) -> Event {
  Event(
    messageID: "m\(number)",
    kind: .track,
    userID: "ana",
    name: name,
    timestamp: day(0),
    receivedAt: day(0)
  )
}

/// One campaign with a task at each of these timings.
private func tasks(_ timings: String..., in campaign: String = "care") throws -> RuleSet {
  let steps = timings.enumerated().map { place, timing in
    "      - {name: s\(place), \(timing), send: cs-task, expires: 24h}"
  }
  return try rules(
    """
    models:
      trial:
        subject: user
        starts: {did: Signed Up}
    campaigns:
      \(campaign):
        model: trial
        on_first_deploy: join_in_progress
        steps:
    \(steps.joined(separator: "\n"))
    """
  )
}

private func rules(_ text: String) throws -> RuleSet {
  let reading = RuleReader.read(
    files: [SourceFile(path: "rules/one.yaml", text: "nudged: 1\n\(text)\n")],
    settings: .defaults(timezone: "UTC")
  )
  return try #require(reading.ruleSet, "\(reading.diagnostics)")
}

/// A store whose rules are deployed one after the other.
private struct Deployed {
  private let folder: TemporaryFolder
  let store: Store
  private var engine: Engine?
  private(set) var now = Timestamp.distantPast

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
  }

  /// Ana signs up on day 0, under these rules.
  static func withAna(plan rules: RuleSet) throws -> Deployed {
    var deployed = try Deployed()
    try deployed.deploy(rules, at: day(0))
    try deployed.process([event("Signed Up", 1)], at: day(0))
    return deployed
  }

  mutating func deploy(_ rules: RuleSet, at now: Timestamp) throws {
    self.now = now
    let index = RuleIndex(rules, zones: SampleZones.table)
    try store.deploy(index, source: "{}", gitCommit: nil, at: now, zones: SampleZones.table)
    engine = Engine(
      rules: rules,
      zones: SampleZones.table,
      deployments: try store.deployments()
    )
  }

  mutating func process(_ events: [Event] = [], at now: Timestamp) throws {
    self.now = now
    guard let engine else { return }
    while try store.process(events, at: now, by: engine).hasMoreDue {}
  }

  func cards(of subject: SubjectID, at now: Timestamp) throws -> String {
    guard let engine, let world = try store.world(around: subject, for: engine, at: now) else {
      return ""
    }
    return engine.progress(of: subject, in: world, now: now).map(\.json.json.text)
      .joined(separator: "\n")
  }

  /// Step, reason and occurrence of each decision.
  var outcomes: [String] {
    get throws {
      try store.allDecisions().map { "\($0.step) \($0.reason.code) \($0.occurrence)" }
    }
  }
}
