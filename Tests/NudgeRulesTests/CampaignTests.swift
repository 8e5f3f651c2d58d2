import NudgeCore
import NudgeRules
import Testing

@Suite struct CampaignTests {
  private func sample(_ name: String) throws -> Campaign {
    let reading = RuleReader.read(
      files: try Samples.rules(),
      settings: .file(try Samples.settings())
    )
    let campaigns = try #require(reading.ruleSet).campaigns
    return try #require(campaigns.first { $0.name == name })
  }

  @Test func `a campaign's own keys`() throws {
    let campaign = try sample("high-potential-not-activated")
    #expect(campaign.holdout == Number("0.1"))
    #expect(campaign.enterUntilDay == 6)
    #expect(campaign.leaveWhen.map(\.name) == ["bought"])
    #expect(campaign.reEnter == .never)
    #expect(campaign.priority == 50)
    #expect(campaign.stays == .milestonesReached(NumberTest([.exactly(.zero)])))
  }

  @Test func `timings with their defaults`() throws {
    let nine = LocalTime("09:00") ?? .midnight
    let steps = try sample("partially-activated").steps
    #expect(steps[0].timing == .after(milliseconds: 172_800_000, since: .entering))
    #expect(steps[1].timing == .every(.days(7), at: nine, since: .entering))
    #expect(steps[1].atMost == 3)
    #expect(steps[1].days == [.monday, .tuesday, .wednesday, .thursday, .friday])
    let first = try sample("high-potential-not-activated").steps[0]
    #expect(first.timing == .onDay(3, at: nine, since: .start))
    #expect(first.variants.map(\.name) == ["guide", "video"])
  }

  @Test func `a step expires as it says, else as its channel, and tags never`() throws {
    #expect(
      try sample("partially-activated").steps.map(\.expires) == [
        .hours(72), .hours(24), .hours(72),
      ]
    )
    #expect(try sample("fast-activators").steps.map(\.expires) == [nil, .hours(24), .hours(72)])
    #expect(try sample("csm-morning-digest").steps[0].expires == .hours(12))
  }

  @Test func `who gets it`() throws {
    #expect(try sample("hit-a-limit").steps[0].recipient == .actor)
    #expect(try sample("high-priority-upgrade").steps[0].recipient == .accountTrait("owner"))
    #expect(try sample("csm-morning-digest").steps[0].groupBy == "csm")
    #expect(try sample("red-accounts").steps[0].assignTo == "csm")
    #expect(try sample("red-accounts").reEnter == .after(.calendar(days: 30)))
  }

  @Test func `a speed is scored in milliseconds`() throws {
    let reading = RuleReader.read(
      files: [try Samples.rule("onboarding")],
      settings: .defaults(timezone: "UTC")
    )
    let score = try #require(reading.ruleSet).models[0].scores[0]
    guard case .table(let rows) = score.components[1].shape else {
      Issue.record("the speed has a table")
      return
    }
    #expect(rows[0].test == NumberTest([.atMost(Number(86_400_000))]))
    #expect(rows[3].test == nil)
    #expect(score.components[2].source == .metric(0))
    #expect(score.bands.map(\.atLeast) == [80, 60, 40, 0])
  }

  @Test func `data is handed on as JSON`() throws {
    let text =
      smallModel + """
        campaigns:
          c:
            model: m
            steps:
              - {name: s, immediately: true, send: email, data: {n: 1.50, t: "1", list: [true, null, x], q: "a\\"b"}}
        """
    let reading = RuleReader.read(files: [ruleFile(text)], settings: .defaults(timezone: "UTC"))
    let step = try #require(reading.ruleSet).campaigns[0].steps[0]
    #expect(step.data.text == #"{"n":1.5,"t":"1","list":[true,null,"x"],"q":"a\"b"}"#)
  }
}
