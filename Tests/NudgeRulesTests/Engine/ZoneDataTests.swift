import Foundation
import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

private let rules = SourceFile(
  path: "rules/local.yaml",
  text: """
    nudged: 1
    models:
      onboarding:
        subject: user
        starts: {did: Signed Up}
        milestones:
          project-created: {reached_when: {did: Project Created}}
        activated_when: {milestones_reached: all}
    campaigns:
      welcome:
        mode: live
        model: onboarding
        while: {activated: false}
        steps:
          - {name: morning, on_day: 2, at: "09:00", send: email, template: a}
          - {name: weekly, every: 7 days, at: "10:00", at_most: 1, send: email, template: b}
          - {name: later, after: 30h, send: email, template: c}

    """
)

/// A zone of one name whose data are those of another.
private func zones(_ data: String, version: String) throws -> ZoneTable {
  let bytes = try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(data)"))
  return ZoneTable([try Zone(name: "America/New_York", tzif: Array(bytes))], version: version)
}

@Suite struct `Other time-zone data` {
  private func decisions(_ later: ZoneTable?) throws -> [String] {
    var stage = try Stage(
      rules: [rules],
      zones: try zones("America/New_York", version: "2025a")
    )
    try stage.track("ana", "Signed Up", at: "2026-03-02T15:00:00Z")
    if let later { try stage.use(zones: later, at: "2026-03-03T00:00:00Z") }
    stage.run(until: try #require(Timestamp(rfc3339: "2026-03-12T00:00:00Z")))
    return stage.decisions.filter { $0.outcome == .sent }
      .map { "\($0.step) \($0.at.rfc3339)" }.sorted()
  }

  private func cancelled(_ later: ZoneTable) throws -> [String] {
    var stage = try Stage(
      rules: [rules],
      zones: try zones("America/New_York", version: "2025a")
    )
    try stage.track("ana", "Signed Up", at: "2026-03-02T15:00:00Z")
    try stage.use(zones: later, at: "2026-03-03T00:00:00Z")
    return stage.decisions.map { "\($0.step) \($0.reason.code)" }.sorted()
  }

  @Test func `plan anew what is local and falls elsewhere now`() throws {
    let before = try decisions(nil)
    let after = try decisions(try zones("America/Chicago", version: "2026a"))
    #expect(before.contains("morning 2026-03-04T14:00:00.000Z"))
    #expect(after.contains("morning 2026-03-04T15:00:00.000Z"))
    #expect(after.count == before.count)
    let taken = try cancelled(try zones("America/Chicago", version: "2026a"))
    #expect(taken.contains("morning cancelled.re-planned"))
    #expect(!taken.contains { $0.hasPrefix("later") })
  }

  @Test func `change nothing where they say the same`() throws {
    let same = try zones("America/New_York", version: "2026a")
    #expect(try cancelled(same) == [])
    #expect(try decisions(same) == (try decisions(nil)))
  }
}
