import NudgeCore
import NudgeRules
import Testing

@Suite struct SampleTests {
  @Test func `the sample rules and settings read without a word`() throws {
    let files = try Samples.rules()
    let settings = try Samples.settings()
    let reading = RuleReader.read(files: files, settings: .file(settings), zones: ["America/New_York"])
    #expect(report(reading, files: files + [settings]) == "0 errors, 0 warnings in 4 files (9 campaigns, 4 models).\n")
    let ruleSet = try #require(reading.ruleSet)
    #expect(ruleSet.models.map(\.name) == ["free-workspace", "implementation", "onboarding", "trial"])
    #expect(ruleSet.campaigns.count == 9)
    #expect(ruleSet.mutes.map(\.name) == ["no-automation-while-red"])
    #expect(ruleSet.policy.caps.count == 2)
  }
}
