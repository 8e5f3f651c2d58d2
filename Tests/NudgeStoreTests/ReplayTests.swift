import GRDB
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeStore

/// A daemon's life by chance: stops, crashes, edits, silences, fills and idle wakings between the events of a random history.
private struct Life {
  let scenario: Scenario
  let folder: TemporaryFolder
  private(set) var store: Store
  private var engine: Engine?
  private var ruleSets: [RuleSet]
  private var fill: Fill?
  private var generator: SeededGenerator
  private var now = Timestamp.distantPast

  var path: String { folder.path(of: "nudged.db") }

  init(seed: UInt64) throws {
    scenario = Scenario(seed: seed)
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
    ruleSets = [
      scenario.rules.ruleSet, scenario.rules.withStranger, scenario.rules.edited,
      RandomRules(seed: seed + 10_000).ruleSet,
    ]
    generator = SeededGenerator(seed: seed)
  }

  mutating func live() throws {
    let arrivals = scenario.history.arrivals
    try start(at: arrivals.first?.at ?? .distantPast)
    var rest = arrivals[...]
    while let first = rest.first {
      let size = Int.random(in: 1...4, using: &generator)
      let batch = Array(rest.prefix(size))
      rest = rest.dropFirst(size)
      try incident(before: first.at)
      now = max(now, batch.last?.at ?? now)
      try process(batch.map(\.event))
    }
    now = max(now, scenario.history.end)
    try process([])
  }

  private mutating func incident(before instant: Timestamp) throws {
    let ahead = max(0, instant.milliseconds(since: now))
    let pause = Int64.random(in: 0...ahead, using: &generator)
    if let fill { _ = try store.fillMore(fill) }
    switch Int.random(in: 0..<16, using: &generator) {
    case 0:
      try process([])
      try store.noteStop("")
      try start(at: now.adding(milliseconds: pause))
    case 1: try start(at: now.adding(milliseconds: pause))
    case 2:
      now = now.adding(milliseconds: pause)
      try process([])
      try deploy(at: now)
    case 3:
      now = now.adding(milliseconds: pause)
      try process([])
    case 4...5:
      now = now.adding(milliseconds: pause)
      try process([])
      try silence()
    case 6:
      now = now.adding(milliseconds: pause)
      try process([])
      try fillOn()
    default: break
    }
  }

  /// An operator silences or pauses something, or ends what holds.
  private mutating func silence() throws {
    guard let engine else { return }
    let act = try endOfSilence() ?? beginningOfSilence()
    try store.record(act, at: now, rules: engine.rules)
    self.engine = engine.silenced(by: try store.silences(at: now))
    try process([])
  }

  private mutating func endOfSilence() throws -> SilenceAct? {
    guard Bool.random(using: &generator),
      let silence = try store.silences(at: now).randomElement(using: &generator)
    else { return nil }
    guard silence.isPause, let campaign = silence.campaign else {
      return .expired(id: silence.id, by: "test")
    }
    return .resumed(campaign: campaign, by: "test")
  }

  private mutating func beginningOfSilence() -> SilenceAct {
    let campaign = engine?.rules.set.campaigns.randomElement(using: &generator)?.name ?? ""
    if Int.random(in: 0..<3, using: &generator) == 0 {
      return .paused(.pause(of: campaign, comment: "by chance", from: now, by: "test"))
    }
    let hours = Int64.random(in: 1...400, using: &generator)
    return .added(
      Silence(
        id: Silence.identity(of: [now.rfc3339]),
        campaign: Bool.random(using: &generator) ? campaign : nil,
        channel: Bool.random(using: &generator) ? "email" : nil,
        subject: Bool.random(using: &generator)
          ? scenario.history.subjects.randomElement(using: &generator) : nil,
        comment: "by chance",
        from: now,
        until: now.adding(milliseconds: hours * 3_600_000),
        by: "test"
      )
    )
  }

  /// Begins to fill other rules in the background, or lets them take over.
  private mutating func fillOn() throws {
    guard let fill else {
      guard let rules = nextRules() else { return }
      self.fill = try store.beginFill(
        RuleIndex(rules, zones: SampleZones.table),
        zones: SampleZones.table
      )
      return
    }
    try store.takeOver(fill, source: "{}", gitCommit: nil, at: now)
    try decide(by: fill.rules.set)
  }

  private mutating func start(at instant: Timestamp) throws {
    store = try Store(path: path)
    if try store.lastRun() == "started" { try store.noteStop("by a crash") }
    now = max(instant, try store.logicalNow())
    fill = try fill.map { try store.beginFill($0.rules, zones: SampleZones.table) }
    if engine == nil || Bool.random(using: &generator) { try deploy(at: now) }
    try store.note(act: "started", detail: "", at: now)
    guard let engine else { return }
    _ = try store.catchUp(at: now, by: engine)
  }

  private mutating func deploy(at instant: Timestamp) throws {
    guard let rules = nextRules() else { return }
    let index = RuleIndex(rules, zones: SampleZones.table)
    try store.deploy(index, source: "{}", gitCommit: nil, at: instant, zones: SampleZones.table)
    try decide(by: rules)
  }

  private mutating func decide(by rules: RuleSet) throws {
    let deployed = try store.deployed()
    fill = nil
    engine = Engine(
      rules: rules,
      zones: SampleZones.table,
      deployments: deployed.instants,
      origins: deployed.origins,
      silences: try store.silences(at: now)
    )
  }

  private func process(_ events: [Event]) throws {
    guard let engine else { return }
    while try store.process(events, at: now, by: engine).hasMoreDue {}
  }

  private mutating func nextRules() -> RuleSet? {
    ruleSets.randomElement(using: &generator)
  }

  /// The comparison of the store with what its truth gives again.
  func replayed() throws -> [TableComparison] {
    let other = folder.path(of: "rebuilt.db")
    let rebuilt = try Store(path: other)
    return try History(path: path, beside: other).read { reader in
      let replay = try Replay(
        of: reader,
        events: reader.events(),
        into: rebuilt,
        zones: SampleZones.table
      ) { stored in
        Replay.Rules(
          try #require(ruleSets.first { $0.hash == stored.hash }),
          messages: NoMessages()
        )
      }
      try replay.run()
      return try reader.compareRebuilt()
    }
  }
}

@Suite(.namesCase) struct `A replay` {
  @Test(arguments: Scenario.seeds(40, costing: 5))
  func `gives the live tables byte for byte, through stops, crashes, edits, silences and fills`(
    seeds: Seeds
  ) {
    seeds.each { seed in
      var life = try Life(seed: seed)
      try life.live()
      let differences = try life.replayed().flatMap(\.differences)
      #expect(differences.isEmpty, "\(differences.prefix(4).joined(separator: "\n"))")
    }
  }

  @Test func `shows a row that was changed, one that is missing and one too many`() throws {
    var life = try Life(seed: 1)
    try life.live()
    try life.store.write { database, _ in
      try database.execute(
        sql: """
          UPDATE decisions SET reason = 'skipped.shadow' WHERE sequence = 1;
          DELETE FROM decisions WHERE sequence = 2;
          INSERT INTO facts (key) VALUES (7);
          """
      )
    }
    let tables = try life.replayed().filter { $0.differing > 0 }
    #expect(tables.map(\.table) == ["facts", "decisions"])
    #expect(tables.map(\.differing) == [1, 2])
    #expect(tables[0].differences == ["facts key 7: missing from what was rebuilt"])
    #expect(tables[1].differences[0].contains("reason is skipped.shadow, rebuilt "))
    #expect(tables[1].differences[1].contains("missing from the live database"))
  }
}
