import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

private func diff(_ old: String, _ new: String) -> RuleDiff {
  RuleDiff(
    from: [SourceFile(path: "rules/x.yaml", text: old)],
    to: [SourceFile(path: "rules/x.yaml", text: new)]
  )
}

private let campaign = """
  nudged: 1
  campaigns:
    welcome:
      model: m
      while: {missing: a}
      steps:
        - {name: guide, on_day: 2, at: "09:00", send: email, template: guide}
        - {name: offer, after: 48h, send: email, template: offer}

  """

struct `A difference of rules` {
  @Test func `is none for comments, order, layout and the files' names`() {
    let other = """
      # the same
      campaigns:
        welcome:
          steps:
            - name: guide
              at: "09:00"
              on_day: 2
              send: email
              template: guide
            - {name: offer, after: 48h, template: offer, send: email}
          while: {missing: a}
          model: m
      nudged: 1

      """
    #expect(diff(campaign, other).isEmpty)
    let moved = [SourceFile(path: "rules/other.yaml", text: campaign)]
    #expect(RuleDiff(from: [SourceFile(path: "rules/x.yaml", text: campaign)], to: moved).isEmpty)
  }

  @Test func `names a changed key with its values`() throws {
    let found = diff(campaign, campaign.replacing("on_day: 2", with: "on_day: 3"))
    let step = try #require(found.entries.first?.steps.first)
    #expect(step.name == "guide")
    #expect(step.keys == [.init(path: "on_day", old: "2", new: "3")])
    #expect(found.counts == (0, 1, 0))
  }

  @Test func `of a condition shows it whole`() throws {
    let found = diff(campaign, campaign.replacing("{missing: a}", with: "{missing: [a, b]}"))
    let keys = try #require(found.entries.first?.keys)
    #expect(keys == [.init(path: "while", old: "{missing: a}", new: "{missing: [a, b]}")])
  }

  @Test func `follows a rename that was says`() throws {
    let renamed = campaign.replacing("welcome:\n", with: "hello:\n    was: welcome\n")
    let entry = try #require(diff(campaign, renamed).entries.first)
    #expect(entry.was == "welcome")
    #expect(entry.change == .changed)
    #expect(diff(campaign, renamed).renames.isEmpty)
  }

  @Test(arguments: [
    ("welcome:\n", "hello:\n", RuleDiff.Kind.campaign, "welcome", "hello"),
    ("name: guide", "name: help", .step, "guide", "help"),
  ])
  func `suspects a rename that nothing says`(
    old: String,
    new: String,
    kind: RuleDiff.Kind,
    from: String,
    to: String
  ) throws {
    let rename = try #require(diff(campaign, campaign.replacing(old, with: new)).renames.first)
    #expect(rename.kind == kind)
    #expect(rename.old == from)
    #expect(rename.new == to)
  }

  @Test func `suspects none where the timing differs too`() {
    let other = campaign.replacing("name: guide, on_day: 2", with: "name: help, on_day: 5")
    #expect(diff(campaign, other).renames.isEmpty)
  }
}
