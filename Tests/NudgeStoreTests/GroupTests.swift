import GRDB
import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

@testable import NudgeStore

/// The due steps of many subjects, as one intervention.
@Suite struct `A gathered step` {
  private static let rules = """
    nudged: 1
    models:
      firms: {subject: account, starts: {did: Contract Started}}
    campaigns:
      digest:
        model: firms
        timezone: America/New_York
        steps:
          - {name: list, on_day: 1, at: "08:30", send: slack, group_by: account.csm, template: mine}
    """

  private let folder: TemporaryFolder
  private let store: Store
  private let engine: Engine

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
    let reading = RuleReader.read(
      files: [SourceFile(path: "rules/one.yaml", text: `A gathered step`.rules)],
      settings: .defaults(timezone: "UTC")
    )
    let rules = try #require(reading.ruleSet, "\(reading.diagnostics)")
    try store.deploy(
      RuleIndex(rules, zones: SampleZones.table),
      source: "{}",
      gitCommit: nil,
      at: .distantPast,
      zones: SampleZones.table
    )
    engine = Engine(rules: rules, zones: SampleZones.table)
  }

  private func at(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

  private func begin(_ account: String, csm: String?, zone: String = "UTC") throws {
    let now = try at("2026-03-02T15:00:00Z")
    let trait = csm.map { #""csm":"\#($0)","# } ?? ""
    let traits = "{\(trait)\"timezone\":\"\(zone)\"}"
    let events = [
      Event(
        messageID: "\(account)-1",
        kind: .group,
        userID: nil,
        groupID: account,
        timestamp: now,
        receivedAt: now,
        traits: JSONText(wellFormed: Array(traits.utf8))
      ),
      Event(
        messageID: "\(account)-2",
        kind: .track,
        userID: "ana",
        groupID: account,
        name: "Contract Started",
        timestamp: now,
        receivedAt: now
      ),
    ]
    while try store.process(events, at: now, by: engine).hasMoreDue {}
  }

  private func data(_ delivery: Delivery) throws -> JSONValue {
    try #require(JSONText(wellFormed: delivery.payload).value?["data"])
  }

  private func subjects(_ data: JSONValue) -> [String] {
    guard case .array(let items)? = data["items"] else { return [] }
    return items.compactMap { $0["subject"]?["id"]?.text }
  }

  @Test func `is one intervention for each value, whatever zones its subjects have`() throws {
    try begin("acme", csm: "dana", zone: "Asia/Tokyo")
    try begin("zeta", csm: "dana")
    try begin("beta", csm: "kim")
    try begin("lone", csm: nil)
    let due = try at("2026-03-03T13:30:00Z")
    let first = try store.process([], at: due, by: engine)
    #expect(first.nextDue == due.adding(milliseconds: 1))
    #expect(try store.allDeliveries().count == 1)
    #expect(first.interventions.map(\.subject) == [.account("lone")])

    let second = try store.process([], at: due.adding(milliseconds: 1), by: engine)
    #expect(second.interventions.count == 2)
    let deliveries = try store.allDeliveries().dropFirst().map(data)
    #expect(
      deliveries.map { "\($0["group"]?["value"]?.text ?? "") \(subjects($0))" }.sorted()
        == [#"dana ["acme", "zeta"]"#, #"kim ["beta"]"#]
    )
    let decisions = try store.allDecisions()
    #expect(decisions.map(\.reason.code) == Array(repeating: "sent", count: 4))
    let shared = decisions.filter { ["acme", "zeta"].contains($0.subject.id) }
    let dana = try #require(deliveries.first { $0["group"]?["value"]?.text == "dana" })
    #expect(shared.map(\.intervention) == [dana["id"]?.text, dana["id"]?.text])
    #expect(Set(shared.map(\.id)).count == 2)
    #expect(try store.process([], at: due.adding(milliseconds: 2), by: engine).interventions == [])
    #expect(try store.allDeliveries().count == 3)
  }

  @Test func `survives a crash between its decisions and its leaving`() throws {
    try begin("acme", csm: "dana")
    try begin("zeta", csm: "dana")
    let due = try at("2026-03-03T13:30:00Z")
    _ = try store.process([], at: due, by: engine)
    let reopened = try Store(path: store.path)
    let later = try reopened.process([], at: due.adding(milliseconds: 5000), by: engine)
    #expect(later.interventions.count == 1)
    #expect(try reopened.allDeliveries().map(data).map(subjects) == [["acme", "zeta"]])
  }

  @Test func `that is too large for one payload leaves in parts`() throws {
    for number in 0..<150 { try begin("account-\(100 + number)", csm: "dana") }
    let due = try at("2026-03-03T13:30:00Z")
    _ = try store.process([], at: due, by: engine)
    _ = try store.process([], at: due.adding(milliseconds: 1), by: engine)
    let deliveries = try store.allDeliveries()
    #expect(deliveries.count > 1)
    #expect(deliveries.allSatisfy { $0.payload.count <= 20_000 })
    #expect(try deliveries.map(data).flatMap(subjects).count == 150)
    #expect(Set(deliveries.map(\.id)).count == deliveries.count)
  }
}
