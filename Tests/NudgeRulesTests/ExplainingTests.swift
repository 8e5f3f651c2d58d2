import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

/// The settings of the worked example, without a holdout so that ids do not matter.
private let capped = """
  nudged_config: 1
  timezone: America/New_York
  quiet_hours: {from: "21:00", to: "08:00"}
  caps:
    - {name: one-email-a-week, channels: [email], at_most: 1, per: 7 days}

  """

/// A newsletter that uses the cap up.
private let news = SourceFile(
  path: "rules/news.yaml",
  text: """
    nudged: 1
    campaigns:
      product-news:
        model: onboarding
        steps:
          - {name: march-issue, on_day: 1, at: "10:00", send: email, template: news}

    """
)

/// The text for people, free of the hash that every edit of the sample rules changes.
private func expectTold(
  _ told: Explanation,
  _ name: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  Golden.expect(
    told.text(style: TextStyle()).withoutHash(of: told),
    matches: name,
    sourceLocation: sourceLocation
  )
}

extension String {
  fileprivate func withoutHash(of told: Explanation) -> String {
    replacing(told.ruleSet, with: "9b3e").replacing(told.ruleSet.prefix(12), with: "9b3e")
  }
}

private let ana = SubjectID.user("ana")

struct `An explanation` {
  /// The person of `cli.md`: a newsletter on Saturday uses up the cap that Monday's mail needs.
  private func stageWithAna(_ settings: String = capped) throws -> Stage {
    var stage = try Stage(rules: [try Samples.rule("onboarding"), news], settings: settings)
    try stage.identify(
      "ana",
      #"{"timezone":"America/New_York","company_size":50,"role":"founder"}"#,
      at: "2026-03-06T18:30:00-05:00"
    )
    try stage.track("ana", "Signed Up", at: "2026-03-06T18:31:00-05:00")
    return stage
  }

  @Test(arguments: [
    ("2026-03-06T19:00:00-05:00", "entered"), ("2026-03-09T12:00:00-04:00", "capped"),
    ("2026-03-09T22:00:00-04:00", "capped-at-night"), ("2026-03-12T12:00:00-04:00", "dropped"),
    ("2026-03-20T12:00:00-04:00", "finished"),
  ])
  func `tells a held-out mail, a capped one and those to come`(at: String, name: String) throws {
    var stage = try stageWithAna()
    let told = try stage.explanation(of: ana, "high-potential-not-activated", at: at)
    expectTold(told, "explain-\(name).txt")
  }

  @Test func `reads the same for machines`() throws {
    var stage = try stageWithAna()
    let told = try stage.explanation(
      of: ana,
      "high-potential-not-activated",
      at: "2026-03-09T12:00:00-04:00"
    )
    Golden.expect(
      told.json.json.text.withoutHash(of: told) + "\n",
      matches: "explain-capped.json"
    )
  }

  @Test func `tells every campaign at once, in detail, without symbols and in UTC`() throws {
    var stage = try stageWithAna()
    let told = try stage.explanation(of: ana, at: "2026-03-09T12:00:00-04:00")
    expectTold(told, "explain-all.txt")
    let style = TextStyle(zone: .utc, usesSymbols: false, isDetailed: true)
    let text = told.text(style: style).withoutHash(of: told)
    Golden.expect(text, matches: "explain-all-detailed.txt")
    #expect(text.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test func `tells how one left, and which condition ended it`() throws {
    var stage = try Stage(rules: [try Samples.rule("onboarding")], settings: capped)
    try stage.track("bo", "Signed Up", at: "2026-03-02T10:01:00-05:00")
    try stage.track("bo", "Project Created", at: "2026-03-03T12:00:00-05:00")
    let before = try stage.explanation(
      of: .user("bo"),
      "partially-activated",
      at: "2026-03-07T09:00:00-05:00"
    )
    expectTold(before, "explain-inside.txt")
    try stage.track(
      "bo",
      "Integration Connected",
      at: "2026-03-08T10:05:00-04:00",
      #"{"kind":"slack"}"#
    )
    try stage.track("bo", "Teammate Invited", at: "2026-03-09T12:00:00-04:00")
    try stage.track("bo", "Teammate Invited", at: "2026-03-09T17:20:00-04:00")
    let after = try stage.explanation(
      of: .user("bo"),
      "partially-activated",
      at: "2026-03-10T09:00:00-04:00"
    )
    expectTold(after, "explain-left.txt")
  }

  @Test func `tells what keeps one out`() throws {
    let deployed = try #require(Timestamp(rfc3339: "2026-03-10T00:00:00Z"))
    var stage = try Stage(
      rules: try Samples.rules(),
      settings: capped,
      deployments: ["fast-activators": deployed]
    )
    try stage.identify("cy", #"{"company_size":12,"role":"student"}"#, at: "2026-03-01T09:00:00Z")
    try stage.track("cy", "Signed Up", at: "2026-03-02T15:00:00Z")
    try stage.track("cy", "Subscription Started", at: "2026-03-02T16:00:00Z")
    let told = try stage.explanation(of: .user("cy"), at: "2026-03-12T09:00:00Z")
    expectTold(told, "explain-outside.txt")
  }

  @Test func `tells a muted mail and an account's condition`() throws {
    var stage = try Stage(rules: try Samples.rules() + [news], settings: capped)
    try stage.group("di", "acme", #"{"csm":"kim","tier":"strategic"}"#, at: "2026-03-01T09:00:00Z")
    try stage.track("di", "Contract Started", at: "2026-03-02T09:00:00Z", account: "acme")
    try stage.track("di", "Signed Up", at: "2026-03-17T09:00:00Z", account: "acme")
    let muted = try stage.explanation(of: .user("di"), "product-news", at: "2026-03-18T15:00:00Z")
    expectTold(muted, "explain-muted.txt")
    let account = try stage.explanation(of: .account("acme"), at: "2026-03-26T15:00:00Z")
    expectTold(account, "explain-account.txt")
  }

  @Test func `says so when nothing is known`() throws {
    var stage = try Stage(rules: [try Samples.rule("onboarding")])
    let told = try stage.explanation(
      of: .user("nobody"),
      "fast-activators",
      at: "2026-03-12T09:00:00Z"
    )
    #expect(!told.isKnown)
    expectTold(told, "explain-nobody.txt")
  }

  @Test func `tells steps that wait for milestones, steps and triggers`() throws {
    let rules = SourceFile(
      path: "rules/x.yaml",
      text: smallModel + """
        campaigns:
          waiting:
            model: m
            mode: shadow
            holdout: 100%
            steps:
              - {name: after-a, after: 1h, since: a, send: email, template: t}
              - {name: after-first, after: 1h, since: after-a, send: email, template: t}
              - name: on-error
                as_soon_as: {did: Error Shown, times: {at_least: 3}, within: 24h}
                send: cs-task
                template: t
                at_most: 1
                per: 7 days
              - {name: digest, every: monday, at: "09:00", send: email, template: t, not_before: 10 days}
              - {name: off, immediately: true, send: email, template: t, enabled: false}

        """
    )
    var stage = try Stage(rules: [rules])
    try stage.track("ed", "Signed Up", at: "2026-03-02T15:00:00Z")
    try stage.track("ed", "Error Shown", at: "2026-03-03T15:00:00Z")
    let waiting = try stage.explanation(of: .user("ed"), "waiting", at: "2026-03-03T16:00:00Z")
    expectTold(waiting, "explain-waiting.txt")
    try stage.track("ed", "A", at: "2026-03-03T17:00:00Z")
    let told = try stage.explanation(of: .user("ed"), "waiting", at: "2026-03-17T16:00:00Z")
    expectTold(told, "explain-held-out.txt")
  }
}

struct `A progress card` {
  @Test func `has the keys of user show, in their order, and says how far a milestone is`() throws {
    var stage = try Stage(rules: try Samples.rules())
    try stage.track("bo", "Signed Up", at: "2026-03-02T15:00:00Z")
    try stage.track("bo", "Project Created", at: "2026-03-04T15:00:00Z")
    try stage.track("bo", "Teammate Invited", at: "2026-03-04T16:00:00Z")
    try stage.track("bo", "Session Started", at: "2026-03-04T16:00:00Z")
    let cards = try stage.progress(of: .user("bo"), at: "2026-03-05T16:00:00Z")
    #expect(cards.map(\.model) == ["onboarding", "trial"])
    let card = try #require(cards.first)
    Golden.expect(card.json.json.text + "\n", matches: "progress.json")
    let score = try #require(card.scores.first)
    Golden.expect(
      card.text(style: TextStyle()) + "\n" + card.text(of: score),
      matches: "progress.txt"
    )
    #expect(
      card.milestones.map { $0.condition.count?.description } == [nil, "1 of 2", nil, "0 of 5"]
    )
  }

  @Test func `is there for each account model too, and not before the start`() throws {
    var stage = try Stage(rules: try Samples.rules())
    try stage.group("di", "acme", #"{"tier":"strategic"}"#, at: "2026-03-01T09:00:00Z")
    #expect(try stage.progress(of: .account("acme"), at: "2026-03-01T10:00:00Z").isEmpty)
    try stage.track("di", "Contract Started", at: "2026-03-02T09:00:00Z", account: "acme")
    let cards = try stage.progress(of: .account("acme"), at: "2026-03-20T10:00:00Z")
    Golden.expect(
      cards.map(\.json.json.text).joined(separator: "\n") + "\n",
      matches: "progress-account.json"
    )
  }
}

struct `A metric's value` {
  @Test(arguments: [
    ("0.5", "0.5"), ("-0.25", "-0.25"), ("1000000000000000.5", "1000000000000000.5"),
    ("0.00000049", "0"), ("0.0000005", "0.000001"),
    ("12345678901234567890", "12345678901234567890"),
  ])
  func `is exact to six decimals, however large`(amount: String, expected: String) throws {
    let rules = smallModel + "    metrics:\n      spent: {sum: amount, of: Paid}\n"
    var stage = try Stage(rules: [ruleFile(rules)])
    try stage.track("gil", "Signed Up", at: "2026-03-02T15:00:00Z")
    try stage.track("gil", "Paid", at: "2026-03-02T16:00:00Z", "{\"amount\":\(amount)}")
    let card = try #require(try stage.progress(of: .user("gil"), at: "2026-03-02T17:00:00Z").first)
    #expect(card.metrics.map { $0.value?.description } == [expected])
  }
}

struct `A condition's tree` {
  /// A campaign whose `while` is each condition.
  @Test func `says what the rule says, what is the case, and what would change it`() throws {
    let conditions = [
      "{did: Task, times: {at_least: 3}, within: 7 days}",
      "{did: Task, where: {kind: [a, b], size: {above: 3}}}",
      "{did: Task, distinct: id, times: {at_least: 2}, since: a}",
      "{did: Task, times: {at_most: 1}, since: 2026-03-01}",
      "{did: Task, times: {at_least: 3}, within_first: 24h}",
      "{did_not: Task, within: 48h}",
      "{trait: {plan: trial}}",
      "{trait: {plan: {not: pro}, seats: {at_least: 20}}}",
      "{trait: {seats: {between: [1, 5]}, name: {starts_with: A}, gone: {exists: false}}}",
      "{account_trait: {tier: strategic}}",
      "{tagged: [vip, beta]}",
      "{in_campaign: c}",
      "{reached: [a, b]}",
      "{missing: [a, b]}",
      "{milestones_reached: all}",
      "{milestones_reached: {exactly: 0}}",
      "{categories_reached: all}",
      "{activated: true}",
      "{day: {at_least: 9}}",
      "{pace: fast}",
      "{score: {s: {at_least: 60}}}",
      "{metric: {tasks: {below: 2}}}",
      "{none: [{did: Task}, {trait: {seats: 3}}]}",
      "{not: {any: [{reached: b}, {activated: true}]}}",
      "{all: [{audience: small}, {any: [{reached: b}, {day: {below: 2}}]}]}",
    ]
    var stage = try Stage(rules: [ruleFile(treeRules(conditions))])
    try stage.identify("fay", #"{"seats":3,"plan":"pro","name":"Ada"}"#, at: "2026-03-02T14:00:00Z")
    try stage.track("fay", "Signed Up", at: "2026-03-02T15:00:00Z")
    try stage.track("fay", "Task", at: "2026-03-03T15:00:00Z", #"{"id":1,"kind":"a","size":4}"#)
    try stage.track("fay", "A", at: "2026-03-03T16:00:00Z")
    try stage.track("fay", "Task", at: "2026-03-04T15:00:00Z", #"{"id":2,"kind":"c"}"#)
    let now = try #require(Timestamp(rfc3339: "2026-03-05T12:00:00Z"))
    let campaign = try #require(stage.engine.rules.set.campaigns.first)
    let text = try zip(conditions, campaign.leaveWhen).map { source, exit in
      let tree = try #require(
        stage.engine.tree(
          of: exit.when,
          in: campaign,
          for: .user("fay"),
          world: stage.world,
          now: now
        )
      )
      let style = TextStyle()
      let lines = tree.lines(style: style, in: SampleZones.newYork)
      return
        ([source, "    = " + tree.line(style: style, in: SampleZones.newYork)]
        + lines.map { "    " + $0 }).joined(separator: "\n")
    }
    Golden.expect(text.joined(separator: "\n") + "\n", matches: "condition-trees.txt")
  }

  private func treeRules(_ conditions: [String]) -> String {
    let exits = conditions.enumerated().map { "      - {name: x\($0), \($1.dropFirst())" }
    return """
      nudged: 1
      audiences:
        small: {trait: {seats: {at_most: 5}}}
      models:
        m:
          subject: user
          starts: {did: Signed Up}
          milestones:
            a: {weight: 1, reached_when: {did: A}}
            b: {weight: 1, category: c, reached_when: {did: B, times: {at_least: 2}}}
          activated_when: {milestones_reached: all}
          pace:
            - {name: fast, by_day: 3}
            - {name: slow, otherwise: true}
          metrics:
            tasks: {count: Task}
          scores:
            s:
              components:
                - {name: m, max: 60, from: milestone_weights}
                - {name: t, max: 40, from: tasks, points_each: 5}
      campaigns:
        c:
          model: m
          leave_when:
      \(exits.joined(separator: "\n"))
          steps:
            - {name: s, on_day: 30, at: "09:00", send: email, template: t}

      """
  }
}

struct `A reason code` {
  @Test func `has a page that says what it means and what to do`() {
    let pages = ReasonCode.allCases.map(\.documentation).joined(separator: "\n")
    Golden.expect(pages, matches: "reason-codes.txt")
  }

  @Test(arguments: [
    ("sent", ReasonCode.sent), ("left.bought", .leftByName), ("left.while-ended", .leftWhileEnded),
    ("dropped.no-recipient", .droppedNoRecipient), ("left.", nil), ("nonsense", nil),
  ])
  func `is found by its text, a way out of one's own included`(code: String, expected: ReasonCode?)
  {
    #expect(ReasonCode(code: code) == expected)
  }

  @Test func `is there for every reason`() {
    let reasons: [Reason] =
      [.sent, .heldOut, .left(.whileEnded), .left(.unsubscribed), .left(.deleted)]
      + Reason.Wait.allCases.map(Reason.waiting) + Reason.Skip.allCases.map(Reason.skipped)
      + Reason.Drop.allCases.map(Reason.dropped) + Reason.Cancel.allCases.map(Reason.cancelled)
    #expect(reasons.allSatisfy { ReasonCode($0).rawValue == $0.code })
    #expect(reasons.allSatisfy { ReasonCode(code: $0.code) == ReasonCode($0) })
  }
}
