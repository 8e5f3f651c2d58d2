import NudgeCore
import NudgeRules
import Testing

@Suite struct ConditionTests {
  private func campaign(
    _ condition: String,
    model: String = smallModel
  ) throws -> (Campaign, RuleSet) {
    let text = """
      \(model)
      audiences:
        fit: {trait: {role: [founder, product]}}
      campaigns:
        c:
          description: A campaign.
          owner: me
          mode: live
          model: m
          who: {activated: false}
          leave_when: [{name: out, day: {at_least: 3}}]
          steps:
            - {name: one, immediately: true, tag: t, only_if: \(condition)}
            - {name: two, immediately: true, tag: t}
      """
    let file = ruleFile(text)
    let reading = RuleReader.read(files: [file], settings: .defaults(timezone: "UTC"))
    let ruleSet = try #require(reading.ruleSet, "\(report(reading, files: [file]))")
    return (ruleSet.campaigns[0], ruleSet)
  }

  private func condition(_ text: String) throws -> Condition {
    try #require(try campaign(text).0.steps[0].onlyIf)
  }

  @Test(
    arguments: [
      ("{reached: b}", Condition.reached([1])),
      ("{missing: [a, b]}", .missing([0, 1])),
      ("{milestones_reached: all}", .milestonesReached(NumberTest([.exactly(Number(2))]))),
      ("{categories_reached: all}", .categoriesReached(NumberTest([.exactly(Number(1))]))),
      ("{milestones_reached: 1}", .milestonesReached(NumberTest([.exactly(Number(1))]))),
      ("{day: {between: [3, 7]}}", .day(NumberTest([.between(Number(3), Number(7))]))),
      ("{pace: pending}", .pace(["pending"])),
      ("{tagged: [x, y]}", .tagged(["x", "y"])),
      ("{in_campaign: c}", .inCampaign(["c"])),
      ("{not: {activated: true}}", .not(.activated(true))),
      ("{none: [{activated: true}]}", Condition.none([.activated(true)])),
      (
        "{audience: fit}",
        .audience(
          "fit",
          .trait([
            NamedTest(name: "role", matches: [.anyOf([.text("founder"), .text("product")])])
          ])
        )
      ),
      (
        "{trait: {plan: {not: free}, size: {at_least: 20, below: 50}}}",
        .trait([
          NamedTest(name: "plan", matches: [.noneOf([.text("free")])]),
          NamedTest(
            name: "size",
            matches: [.number(.atLeast(Number(20))), .number(.below(Number(50)))]
          ),
        ])
      ),
      (
        "{account_trait: {renews: {within_last: 7 days}, name: {starts_with: A}, x: {exists: false}}}",
        .accountTrait([
          NamedTest(name: "renews", matches: [.withinLast(.calendar(days: 7))]),
          NamedTest(name: "name", matches: [.startsWith("A")]),
          NamedTest(name: "x", matches: [.exists(false)]),
        ])
      ),
    ] as [(String, Condition)]
  )
  func `a condition means what it says`(text: String, expected: Condition) throws {
    #expect(try condition(text) == expected)
  }

  @Test(
    arguments: [
      ("{did: L}", Window.always, NumberTest.atLeast(1)),
      ("{did: L, times: 0}", .always, NumberTest([.exactly(.zero)])),
      ("{did: L, within: 7 days}", .within(.calendar(days: 7)), .atLeast(1)),
      ("{did: L, within_first: 336h}", .withinFirst(.hours(336), .start), .atLeast(1)),
      ("{did: L, within_first: 2h, since: b}", .withinFirst(.hours(2), .milestone(1)), .atLeast(1)),
      ("{did: L, since: entering}", .since(.entering), .atLeast(1)),
      ("{did: L, since: two}", .since(.step(1)), .atLeast(1)),
      (
        "{did: L, since: 2026-03-01}", .since(.date(LocalDate(daysSinceEpoch: 20_513))), .atLeast(1)
      ),
      ("{did_not: L, since: start}", .since(.start), NumberTest([.atMost(.zero)])),
    ] as [(String, Window, NumberTest)]
  )
  func `windows and counts of events`(text: String, window: Window, test: NumberTest) throws {
    guard case .did(let fact, let found, let isDidNot) = try condition(text) else {
      Issue.record("no event in \(text)")
      return
    }
    #expect(fact.window == window)
    #expect(found == test)
    #expect(isDidNot == text.contains("did_not"))
    #expect(!fact.isFromStart)
  }

  @Test func `each different event, filter and kept property gets one place`() throws {
    let text = """
      {any: [{did: L}, {did: L, within: 7 days}, {did: L, where: {kind: x}}, {did: L, distinct: page}, {did: A}]}
      """
    let (_, ruleSet) = try campaign(text)
    let series = ruleSet.series.filter { $0.event == "L" }
    #expect(series.count == 3)
    #expect(Set(ruleSet.series).count == ruleSet.series.count)
    #expect(ruleSet.series.count { $0.event == "A" } == 1)
  }

  @Test func `what a model defines sees events from its start on, but for what starts it`() throws {
    let ruleSet = try campaign("{activated: true}").1
    guard case .did(let start, _, _) = ruleSet.models[0].starts,
      case .did(let milestone, _, _) = ruleSet.models[0].milestones[0].reachedWhen
    else {
      Issue.record("the model is made of events")
      return
    }
    #expect(!start.isFromStart)
    #expect(milestone.isFromStart)
  }

  @Test func `an audience is read in the model of each campaign that refers to it`() throws {
    let text = """
      nudged: 1
      audiences: {ready: {reached: done}}
      models:
        one: {subject: user, starts: {did: S}, milestones: {done: {reached_when: {did: A}}}}
        two: {subject: user, starts: {did: S}, milestones: {first: {reached_when: {did: B}}, done: {reached_when: {did: A}}}}
      campaigns:
        x: {model: one, who: {audience: ready}, steps: [{name: s, immediately: true, tag: t}]}
        y: {model: two, who: {audience: ready}, steps: [{name: s, immediately: true, tag: t}]}
      """
    let reading = RuleReader.read(files: [ruleFile(text)], settings: .defaults(timezone: "UTC"))
    let ruleSet = try #require(reading.ruleSet)
    #expect(ruleSet.campaigns[0].who == .audience("ready", .reached([0])))
    #expect(ruleSet.campaigns[1].who == .audience("ready", .reached([1])))
  }
}
