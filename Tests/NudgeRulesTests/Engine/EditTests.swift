import NudgeCore
import NudgeRules
import NudgeTesting
import Testing

/// Rules that change while people are inside.
@Suite struct `An edit` {
  // MARK: The first deploy

  @Test func `lets nobody in who started before a new campaign, unless it says so`() throws {
    var play = try EditedPlay(campaign("old"))
    try play.signUp("ana", day: 0)
    try play.edit(campaign("old") + campaign("new"), day: 3)
    try play.signUp("bo", day: 4)
    try play.run(until: 30)
    #expect(
      play.told == [
        "1 ana old/s0 sent", "5 ana old/s1 sent", "5 bo new/s0 sent", "5 bo old/s0 sent",
      ]
        + ["9 bo new/s1 sent", "9 bo old/s1 sent"]
    )
  }

  @Test func `joins people in progress: past steps are skipped as before the deploy`() throws {
    var play = try EditedPlay(campaign("old"))
    try play.signUp("ana", day: 0)
    try play.run(until: 2)
    try play.edit(campaign("old") + campaign("new", "on_first_deploy: join_in_progress"), day: 3)
    try play.run(until: 30)
    #expect(
      play.told.filter { $0.contains("new") }
        == ["3 ana new/s0 skipped.before-deploy", "5 ana new/s1 sent"]
    )
  }

  @Test func `starts over: the deploy is day 0 for those who began before it`() throws {
    var play = try EditedPlay(campaign("old"))
    try play.signUp("ana", day: 0)
    let text = campaign("new", "on_first_deploy: start_over\n    enter_until_day: 2")
    try play.edit(campaign("old") + text, day: 10)
    try play.signUp("bo", day: 20)
    try play.run(until: 40)
    #expect(
      play.told.filter { $0.contains("new") } == [
        "11 ana new/s0 sent", "15 ana new/s1 sent", "21 bo new/s0 sent", "25 bo new/s1 sent",
      ]
    )
  }

  // MARK: Steps

  @Test(
    arguments: [
      // What stands in the file, before and after day 3, and what comes of it for one who began on day 0.
      (
        ["on_day: 1", "on_day: 5"], ["on_day: 1", "on_day: 5", "on_day: 2"],
        ["s2 skipped.added-later"]
      ),
      (["on_day: 1", "on_day: 5"], ["on_day: 1", "on_day: 5", "on_day: 4"], []),
      (["on_day: 1", "on_day: 5"], ["on_day: 1"], ["s1 cancelled.removed"]),
      (["on_day: 1", "on_day: 5"], ["on_day: 1", "on_day: 6"], ["s1 cancelled.re-planned"]),
      (["on_day: 1", "on_day: 5"], ["on_day: 2", "on_day: 5"], []),
      (
        ["on_day: 1", "on_day: 5"], ["on_day: 1", "on_day: 5, expires: 5h"],
        ["s1 cancelled.re-planned"]
      ),
      (["on_day: 1", "on_day: 5"], ["on_day: 1", "on_day: 5, quiet_hours: ignore"], []),
      (
        ["on_day: 1", "on_day: 5"], ["on_day: 1", "on_day: 5, enabled: false"],
        ["s1 cancelled.removed"]
      ),
      (
        ["on_day: 1", "on_day: 5"], ["on_day: 1", "on_day: 5", "as_soon_as: {did: Signed Up}"],
        ["s2 skipped.added-later"]
      ),
      (["on_day: 1", "on_day: 5"], ["on_day: 1", "on_day: 5", "as_soon_as: {did: Paid}"], []),
    ] as [([String], [String], [String])]
  )
  func `of a step touches what is not yet sent, and says so`(
    before: [String],
    after: [String],
    expected: [String]
  ) throws {
    var play = try EditedPlay(steps(before))
    try play.signUp("ana", day: 0)
    try play.edit(steps(after), day: 3)
    #expect(play.reasons == ["s0 sent"] + expected)
    try play.run(until: 40)
    #expect(Set(play.reasons).isSuperset(of: expected))
    #expect(play.reasons.count { $0 == "s0 sent" } == 1)
  }

  @Test func `plans a step that comes back, once`() throws {
    var play = try EditedPlay(steps(["on_day: 1", "on_day: 9"]))
    try play.signUp("ana", day: 0)
    try play.edit(steps(["on_day: 1", "on_day: 9, enabled: false", "on_day: 20"]), day: 3)
    try play.edit(steps(["on_day: 1", "on_day: 9", "on_day: 20"]), day: 4)
    try play.run(until: 40)
    #expect(
      play.told.filter { $0.contains("s1") } == ["3 ana c/s1 cancelled.removed", "9 ana c/s1 sent"]
    )
  }

  @Test func `takes no plan back when something else is added before its anchor`() throws {
    var play = try EditedPlay(steps(["on_day: 1", "after: 96h, since: s0"]))
    try play.signUp("ana", day: 0)
    let moved = ["on_day: 30", "on_day: 1", "after: 96h, since: s0"]
    try play.edit(steps(moved, names: ["extra", "s0", "s1"]), day: 3)
    try play.run(until: 40)
    #expect(
      play.told == ["1 ana c/s0 sent", "5 ana c/s1 sent", "30 ana c/extra sent"]
    )
  }

  @Test func `of an open trigger's expiry keeps the trigger`() throws {
    let quiet = "quiet_hours: {from: \"00:00\", to: \"20:00\"}\n"
    let step = "as_soon_as: {did: Paid}"
    var play = try EditedPlay(steps([step, "on_day: 30"], send: "email"), settings: quiet)
    try play.signUp("ana", day: 0)
    try play.happen("ana", "Paid", day: 3)
    let shorter = [step + ", expires: 23h", "on_day: 30"]
    try play.edit(steps(shorter, send: "email"), day: 3)
    try play.run(until: 8)
    #expect(play.told == ["3 ana c/s0 cancelled.re-planned", "3 ana c/s0 sent"])
  }

  // MARK: Names

  @Test func `that renames campaign and step carries history, holdout and variants over`() throws {
    let more = "holdout: 40%"
    let variants =
      "variants: [{name: a, weight: 1, template: a}, {name: b, weight: 1, template: b}]"
    let before = campaign("red", more, ["on_day: 1, \(variants)", "on_day: 5, \(variants)"])
    let named = """
        blue:
          model: trial
          was: red
          \(more)
          steps:
            - {name: first, was: s0, on_day: 1, at: "09:00", send: cs-task, \(variants)}
            - {name: second, was: s1, on_day: 5, at: "09:00", send: cs-task, \(variants)}

      """
    let people = (1...12).map { "p\($0)" }
    var plain = try EditedPlay(before)
    var renamed = try EditedPlay(before)
    for person in people {
      try plain.signUp(person, day: 0)
      try renamed.signUp(person, day: 0)
    }
    try renamed.edit(named, day: 3)
    try renamed.edit(named.replacing("    was: red\n", with: ""), day: 4)
    try plain.run(until: 30)
    try renamed.run(until: 30)
    let names = ["red/s0": "blue/first", "red/s1": "blue/second"]
    let lastTwo = renamed.decisions.filter { $0.campaign == "blue" }
    let expected = plain.decisions.filter { $0.step == "s1" }
    #expect(
      lastTwo.map { "\($0.subject) \($0.step) \($0.reason.code) \($0.variant ?? "")" }.sorted()
        == expected.map {
          "\($0.subject) \(names["red/s1"]?.split(separator: "/").last ?? "") \($0.reason.code) \($0.variant ?? "")"
        }.sorted()
    )
    #expect(renamed.decisions.count == plain.decisions.count)
    let told = try renamed.explanation("p1", day: 30)
    #expect(!told.contains("no longer in the rules"), "\(told)")
  }

  @Test func `that gives a new campaign the old name of a renamed one takes no id a second time`()
    throws
  {
    let joining = "on_first_deploy: join_in_progress"
    var play = try EditedPlay(campaign("red", joining))
    try play.signUp("ana", day: 0)
    try play.edit(campaign("blue", "was: red"), day: 3)
    try play.edit(campaign("blue") + campaign("red", joining, ["on_day: 1", "on_day: 6"]), day: 4)
    try play.run(until: 30)
    #expect(Set(play.decisions.map(\.id)).count == play.decisions.count)
    #expect(play.decisions.filter { $0.campaign == "red" }.map(\.enrolment) == [1, 2, 2])
  }

  @Test func `that renames a milestone leaves plans that wait for it where they are`() throws {
    let since = ["after: 240h, since: paid", "on_day: 30"]
    var play = try EditedPlay(steps(since), milestones: "paid: {reached_when: {did: Paid}}")
    try play.signUp("ana", day: 0)
    try play.happen("ana", "Paid", day: 1)
    try play.edit(
      steps(["after: 240h, since: bought", "on_day: 30"]),
      day: 3,
      milestones: "seen: {reached_when: {did: Seen}}\n      bought: {reached_when: {did: Paid}}"
    )
    try play.run(until: 40)
    #expect(play.told == ["11 ana c/s0 sent", "30 ana c/s1 sent"])
  }

  // MARK: Campaigns

  @Test(arguments: [
    ("mode: off", ["5 ana c/s1 cancelled.campaign-off"]),
    ("mode: shadow", ["5 ana c/s1 skipped.shadow"]),
    ("holdout: 100%", ["5 ana c/s1 held-out"]),
    ("while: {did: Paid}", ["3 ana c/s1 left.while-ended"]),
    ("while: {did: Signed Up}", ["5 ana c/s1 sent"]),
    ("leave_when: [{name: known, did: Signed Up}]", ["3 ana c/s1 left.known"]),
    ("who: {did: Paid}", ["5 ana c/s1 sent"]),
    ("priority: 9", ["5 ana c/s1 sent"]),
  ])
  func `of a campaign holds for those inside from then on`(line: String, expected: [String]) throws
  {
    var play = try EditedPlay(campaign("c"))
    try play.signUp("ana", day: 0)
    try play.edit(campaign("c", line), day: 3)
    try play.run(until: 30)
    #expect(play.told == ["1 ana c/s0 sent"] + expected)
  }

  @Test func `that switches a campaign off and on again leaves people inside`() throws {
    var play = try EditedPlay(
      campaign("c", "mode: live", ["on_day: 1", "as_soon_as: {did: Paid}"])
    )
    try play.signUp("ana", day: 0)
    let off = campaign("c", "mode: off", ["on_day: 1", "as_soon_as: {did: Paid}"])
    try play.edit(off, day: 3)
    try play.signUp("bo", day: 4)
    try play.edit(off.replacing("off", with: "live"), day: 6)
    try play.happen("ana", "Paid", day: 8)
    try play.run(until: 30)
    #expect(play.told.filter { $0.contains("ana") } == ["1 ana c/s0 sent", "8 ana c/s1 sent"])
  }

  @Test func `that deletes a campaign cancels its plans, and one that is about accounts now too`()
    throws
  {
    for after in ["", campaign("c", "model: firms").replacing("    model: trial\n", with: "")] {
      var play = try EditedPlay(campaign("c"))
      try play.signUp("ana", day: 0)
      try play.edit(after + campaign("d"), day: 3)
      try play.run(until: 30)
      #expect(play.told == ["1 ana c/s0 sent", "3 ana c/s1 cancelled.removed"])
    }
  }

  @Test func `of the model plans anew from the other start`() throws {
    var play = try EditedPlay(campaign("c"))
    try play.happen("ana", "Seen", day: 0)
    try play.signUp("ana", day: 2)
    try play.edit(campaign("c").replacing("model: trial", with: "model: looks"), day: 4)
    try play.run(until: 30)
    #expect(
      play.told == ["3 ana c/s0 sent", "4 ana c/s1 cancelled.re-planned", "5 ana c/s1 sent"]
    )
  }

  @Test func `of other rungs leaves the time that a rung has held alone`() throws {
    func health(_ rungs: String) -> String {
      "    health:\n\(rungs)      - {name: red, held_for: 96h, when: {did: Signed Up}}\n"
        + "      - {name: fine, otherwise: true}\n"
    }
    let text = campaign("c", "who: {health: red}", ["immediately: true", "after: 900h"])
    var play = try EditedPlay(text, model: health(""))
    try play.signUp("ana", day: 0)
    let first = "      - {name: best, held_for: 48h, when: {did: Paid}}\n"
    try play.edit(
      text,
      day: 3,
      milestones: "paid: {reached_when: {did: Paid}}",
      model: health(first)
    )
    try play.run(until: 8)
    #expect(play.told == ["4 ana c/s0 sent"])
  }
}

// MARK: Rules

/// Two tasks, on day 1 and on day 5, unless other timings are given.
private func campaign(
  _ name: String,
  _ more: String = "",
  _ timings: [String] = ["on_day: 1", "on_day: 5"]
) -> String {
  """
    \(name):
      model: trial
  \(more.isEmpty ? "" : "    \(more)\n")\(steps(of: timings))
  """
}

private func steps(_ timings: [String], send: String = "cs-task", names: [String]? = nil) -> String
{
  "  c:\n    model: trial\n\(steps(of: timings, send: send, names: names))\n"
}

private func steps(
  of timings: [String],
  send: String = "cs-task",
  names: [String]? = nil
) -> String {
  let lines = timings.enumerated().map { place, timing in
    let name = names?[place] ?? "s\(place)"
    let time = timing.hasPrefix("on_day") ? ", at: \"09:00\"" : ""
    return "      - {name: \(name), \(timing)\(time), send: \(send)}\n"
  }
  return "    steps:\n" + lines.joined()
}

/// A rehearsal under rules that change, with what the deploys have noted.
private struct EditedPlay {
  private(set) var decisions: [Decision] = []
  private var engine: Engine
  private var world = World()
  private var deployments = Deployments()
  private let settings: String
  private var count = 0

  init(
    _ campaigns: String,
    milestones: String = "",
    model: String = "",
    settings: String = ""
  ) throws {
    self.settings = settings
    let rules = try EditedPlay.rules(campaigns, milestones, model, settings)
    deployments = deployments.adding(rules, at: EditedPlay.day(-9))
    engine = Engine(rules: rules, zones: SampleZones.table, deployments: deployments.instants)
  }

  /// Midnight UTC of a day in March 2026, counted from 0.
  static func day(_ day: Int64) -> Timestamp {
    Timestamp(millisecondsSinceEpoch: 1_772_323_200_000 + day * 86_400_000)
  }

  private static func rules(
    _ campaigns: String,
    _ milestones: String,
    _ model: String,
    _ settings: String
  ) throws -> RuleSet {
    let text = """
      nudged: 1
      models:
        trial:
          subject: user
          starts: {did: Signed Up}
      \(milestones.isEmpty ? "" : "    milestones:\n      \(milestones)\n")\(model)
        looks: {subject: user, starts: {did: Seen}}
        firms: {subject: account, starts: {did: Signed Up}}
      campaigns:
      \(campaigns)
      """
    let file = SourceFile(path: "nudged.yaml", text: "nudged_config: 1\ntimezone: UTC\n\(settings)")
    let reading = RuleReader.read(
      files: [SourceFile(path: "rules/one.yaml", text: text)],
      settings: .file(file)
    )
    return try #require(reading.ruleSet, "\(text)\n\(reading.diagnostics)")
  }

  /// Lets other rules decide from the noon of a day on, and looks at everybody then.
  mutating func edit(
    _ campaigns: String,
    day: Int64,
    milestones: String = "",
    model: String = ""
  ) throws {
    let noon = EditedPlay.day(day).adding(milliseconds: 43_200_000)
    run(through: noon)
    let rules = try EditedPlay.rules(campaigns, milestones, model, settings)
    deployments = deployments.adding(rules, at: noon)
    let next = Engine(
      rules: rules,
      zones: SampleZones.table,
      deployments: deployments.instants,
      origins: deployments.origins
    )
    for subject in world.memories.keys.sorted() {
      guard let memory = world.memories[subject] else { continue }
      let bytes = memory.encoded(for: engine.rules)
      world.memories[subject] = try Memory(subject, from: bytes, for: next.rules)
    }
    engine = next
    for subject in world.memories.keys.sorted() { handle(.timer(subject, at: noon)) }
  }

  mutating func signUp(_ user: String, day: Int64) throws {
    try happen(user, "Signed Up", day: day)
  }

  mutating func happen(_ user: String, _ name: String, day: Int64) throws {
    let now = EditedPlay.day(day)
    run(through: now)
    count += 1
    let event = Event(
      messageID: "m\(count)",
      kind: .track,
      userID: user,
      name: name,
      timestamp: now,
      receivedAt: now
    )
    handle(.event(event, at: now))
  }

  mutating func run(until day: Int64) throws { run(through: EditedPlay.day(day)) }

  private mutating func run(through instant: Timestamp) {
    while let next = world.memories.values.min(by: { ($0.wake, $0.subject) < ($1.wake, $1.subject) }
    ),
      next.wake <= instant
    {
      handle(.timer(next.subject, at: next.wake))
    }
  }

  private mutating func handle(_ stimulus: Stimulus) {
    while true {
      let missing = engine.missing(for: stimulus, in: world)
      if missing.isEmpty { break }
      for subject in missing { world.memories[subject] = Memory(subject: subject) }
    }
    decisions += engine.handle(stimulus, in: &world).decisions
  }

  func explanation(_ user: String, day: Int64) throws -> String {
    engine.explanation(
      of: .user(user),
      in: world,
      decisions: decisions.filter { $0.subject == .user(user) },
      now: EditedPlay.day(day)
    ).text(style: TextStyle())
  }

  /// Day, person, place and reason of each decision, in order.
  var told: [String] {
    decisions.map { decision in
      let day =
        Zone.utc.date(at: decision.at).daysSinceEpoch
        - Zone.utc.date(at: EditedPlay.day(0)).daysSinceEpoch
      return
        "\(day) \(decision.subject.id) \(decision.campaign)/\(decision.step) \(decision.reason.code)"
    }
  }

  /// Step and reason of each decision.
  var reasons: [String] { decisions.map { "\($0.step) \($0.reason.code)" } }
}
