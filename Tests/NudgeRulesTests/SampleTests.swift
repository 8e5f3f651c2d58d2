import NudgeCore
import NudgeRules
import Testing

@Suite struct SampleTests {
  @Test func `the sample rules and settings read without a word`() throws {
    let files = try Samples.rules()
    let settings = try Samples.settings()
    let reading = RuleReader.read(
      files: files,
      settings: .file(settings),
      zones: ["America/New_York"]
    )
    #expect(reading.diagnostics == [])
    #expect(reading.summary.text == "0 errors, 0 warnings in 4 files (9 campaigns, 4 models).")
    let ruleSet = try #require(reading.ruleSet)
    #expect(
      ruleSet.models.map(\.name) == ["free-workspace", "implementation", "onboarding", "trial"]
    )
    #expect(ruleSet.campaigns.count == 9)
    #expect(ruleSet.mutes.map(\.name) == ["no-automation-while-red"])
    #expect(ruleSet.policy.caps.count == 2)
  }

  @Test func `a file that cannot be read does not make others wrong`() {
    let files = [
      SourceFile(path: "rules/a.yaml", text: "nudged: 1\nmodels: {m: {\n"),
      SourceFile(
        path: "rules/b.yaml",
        text: """
          nudged: 1
          campaigns:
            c:
              description: d
              owner: o
              mode: live
              model: m
              who: {all: [{reached: x}, {audience: y}, {score: {z: 3}}]}
              steps: [{name: s, after: 3d, since: x, send: email}]
          """
      ),
    ]
    let reading = RuleReader.read(files: files, settings: .defaults(timezone: "UTC"))
    #expect(reading.diagnostics.map(\.code) == [.yamlSyntax, .badDuration])
  }

  @Test func `another format of the file is refused`() {
    let file = ruleFile("nudged: 2\n")
    let reading = RuleReader.read(files: [file], settings: .defaults(timezone: "UTC"))
    #expect(report(reading, files: [file]).contains("^ write 1\n"))
  }
}
