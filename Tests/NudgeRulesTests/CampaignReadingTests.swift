import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

struct `A campaign read aloud` {
  @Test(arguments: [
    "csm-morning-digest", "fast-activators", "high-potential-not-activated",
    "high-priority-upgrade",
    "hit-a-limit", "partially-activated", "red-accounts", "trial-conversion",
    "yellow-nearing-day-30",
  ])
  func `says who, what, when and what holds it up`(name: String) throws {
    let reading = RuleReader.read(
      files: try Samples.rules(),
      settings: .file(try Samples.settings())
    )
    let rules = try #require(reading.ruleSet)
    let friday = try #require(Timestamp(rfc3339: "2026-03-06T18:31:00-05:00"))
    let told = try #require(
      CampaignReading(of: name, in: rules, zones: SampleZones.table, now: friday)
    )
    Golden.expect(told.text, matches: "read/\(name).txt")
  }

  @Test func `is none that the rules do not have`() throws {
    let reading = RuleReader.read(
      files: try Samples.rules(),
      settings: .file(try Samples.settings())
    )
    let rules = try #require(reading.ruleSet)
    let now = Timestamp(millisecondsSinceEpoch: 0)
    #expect(CampaignReading(of: "nope", in: rules, zones: SampleZones.table, now: now) == nil)
  }
}
