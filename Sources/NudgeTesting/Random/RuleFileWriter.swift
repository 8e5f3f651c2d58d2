import NudgeCore

/// Writes a compiled rule set as the text of a rule file, so that a made-up one can be read and tried by hand.
///
/// The text is JSON, which is YAML too: one line for each definition.
struct RuleFileWriter {
  let rules: RuleSet
  private var audiences: [JSONValue.Member] = []

  init(_ rules: RuleSet) {
    self.rules = rules
  }

  /// The whole file.
  mutating func text() -> String {
    let models = rules.models.map { JSONValue.Member($0.name, model($0)) }
    let campaigns = rules.campaigns.map { JSONValue.Member($0.name, campaign($0)) }
    let mutes = rules.mutes.map { JSONValue.Member($0.name, mute($0)) }
    let parts = [
      ("models", models), ("campaigns", campaigns), ("mutes", mutes), ("audiences", audiences),
    ]
    return "nudged: 1\n"
      + parts.filter { !$0.1.isEmpty }.map { "\($0.0):\n\(lines($0.1))" }.joined()
  }

  private func lines(_ members: [JSONValue.Member]) -> String {
    members.map { "  \($0.key): \($0.value.json.text)\n" }.joined()
  }

  // MARK: Models

  private mutating func model(_ model: Model) -> JSONValue {
    let scope = Scope(model: model, campaign: nil)
    let milestones = model.milestones.map { milestone in
      JSONValue.Member(
        milestone.name,
        .written([
          ("weight", .number(milestone.weight)),
          ("category", milestone.category.map { .string($0) }),
          ("reached_when", condition(milestone.reachedWhen, scope)),
        ])
      )
    }
    return .written([
      ("subject", .string(model.subject.rawValue)), ("starts", condition(model.starts, scope)),
      ("milestones", milestones.isEmpty ? nil : .object(milestones)),
      ("activated_when", model.activatedWhen.map { condition($0, scope) }),
      ("pace", .list(model.pace.map(pace))),
      ("metrics", metrics(model)),
      ("scores", model.scores.isEmpty ? nil : .object(model.scores.map { score($0, model) })),
      ("segments", ladder(model.segments, scope)), ("health", ladder(model.health, scope)),
    ])
  }

  private func pace(_ entry: PaceEntry) -> JSONValue {
    .written([
      ("name", .string(entry.name)), ("by_day", entry.byDay.map { .whole($0) }),
      ("otherwise", entry.byDay == nil ? .bool(true) : nil),
    ])
  }

  private mutating func ladder(_ entries: [LadderEntry], _ scope: Scope) -> JSONValue? {
    var written: [JSONValue] = []
    for entry in entries {
      written.append(
        .written([
          ("name", .string(entry.name)), ("held_for", entry.heldFor.map { .string("\($0)") }),
          ("when", entry.when.map { condition($0, scope) }),
          ("otherwise", entry.when == nil ? .bool(true) : nil),
        ])
      )
    }
    return .list(written)
  }

  private func metrics(_ model: Model) -> JSONValue? {
    let scope = Scope(model: model, campaign: nil)
    let members = model.metrics.map { metric in
      JSONValue.Member(metric.name, .written(measure(metric.measure, scope)))
    }
    return members.isEmpty ? nil : .object(members)
  }

  private func measure(_ measure: Metric.Measure, _ scope: Scope) -> [(String, JSONValue?)] {
    switch measure {
    case .count(let fact): [("count", event(fact))] + helpers(fact, scope)
    case .daysWith(let fact): [("days_with", event(fact))] + helpers(fact, scope)
    case .weeksWith(let fact, let least):
      [("weeks_with", event(fact)), ("at_least", .whole(least))] + helpers(fact, scope)
    case .distinct(let fact):
      [("distinct", .optional(fact.property)), ("of", event(fact))] + helpers(fact, scope)
    case .sum(let fact):
      [("sum", .optional(fact.property)), ("of", event(fact))] + helpers(fact, scope)
    case .daysSince(let fact): [("days_since", event(fact))] + helpers(fact, scope)
    case .ratio(let first, let second):
      [("ratio", .array([first, second].map { .string($0.name(in: scope.model)) }))]
    case .members(let fact, let test):
      [
        (
          "members",
          .written([("did", event(fact)), ("times", test.written)] + helpers(fact, scope))
        )
      ]
    }
  }

  // MARK: Conditions

  /// The model and campaign whose parts conditions name by place.
  struct Scope {
    let model: Model?
    let campaign: Campaign?
  }

  private mutating func condition(_ condition: Condition, _ scope: Scope) -> JSONValue {
    switch condition {
    case .all(let parts): return .written([("all", list(parts, scope))])
    case .any(let parts): return .written([("any", list(parts, scope))])
    case .none(let parts): return .written([("none", list(parts, scope))])
    case .not(let part): return .written([("not", self.condition(part, scope))])
    case .audience(_, let part):
      let value = self.condition(part, scope)
      let name = "audience-\(audiences.count + 1)"
      audiences.append(.init(name, value))
      return .written([("audience", .string(name))])
    default: return .written(leaf(condition, scope))
    }
  }

  private mutating func list(_ parts: [Condition], _ scope: Scope) -> JSONValue {
    var written: [JSONValue] = []
    for part in parts { written.append(condition(part, scope)) }
    return .array(written)
  }

  private func leaf(_ condition: Condition, _ scope: Scope) -> [(String, JSONValue?)] {
    switch condition {
    case .did(let fact, let test, let isDidNot):
      [(isDidNot ? "did_not" : "did", event(fact))] + helpers(fact, scope)
        + (isDidNot
          ? [] : [("times", test.written), ("distinct", fact.property.map { .string($0) })])
    case .members(let test, let fact, let each):
      [("members", test.written), ("who_did", event(fact)), ("times", each.written)]
        + helpers(fact, scope)
    case .trait(let tests): [("trait", tests.written)]
    case .accountTrait(let tests): [("account_trait", tests.written)]
    case .tagged(let tags): [("tagged", .strings(tags))]
    case .inCampaign(let names): [("in_campaign", .strings(names))]
    default: progress(condition, scope.model)
    }
  }

  private func progress(_ condition: Condition, _ model: Model?) -> [(String, JSONValue?)] {
    guard let model else { return [] }
    func milestones(_ places: [Int]) -> JSONValue {
      .strings(places.map { model.milestones[$0].name })
    }
    switch condition {
    case .reached(let places): return [("reached", milestones(places))]
    case .missing(let places): return [("missing", milestones(places))]
    case .milestonesReached(let test): return [("milestones_reached", test.written)]
    case .categoriesReached(let test): return [("categories_reached", test.written)]
    case .activated(let expected): return [("activated", .bool(expected))]
    case .day(let test): return [("day", test.written)]
    case .pace(let names): return [("pace", .strings(names))]
    case .health(let names): return [("health", .strings(names))]
    case .segment(let names): return [("segment", .strings(names))]
    case .score(let tests):
      return [
        ("score", .object(tests.map { .init(model.scores[$0.index].name, $0.test.written) }))
      ]
    case .metric(let tests):
      return [
        ("metric", .object(tests.map { .init(model.metrics[$0.index].name, $0.test.written) }))
      ]
    case .all, .any, .none, .not, .audience, .did, .members, .trait, .accountTrait, .tagged,
      .inCampaign:
      return []
    }
  }

  private func event(_ fact: EventFact) -> JSONValue { .string(rules.series[fact.series].event) }

  private func helpers(_ fact: EventFact, _ scope: Scope) -> [(String, JSONValue?)] {
    let filter = rules.series[fact.series].filter
    return [("where", filter.isEmpty ? nil : filter.written)] + window(fact.window, scope)
  }

  private func window(_ window: Window, _ scope: Scope) -> [(String, JSONValue?)] {
    switch window {
    case .always: []
    case .within(let span): [("within", .string("\(span)"))]
    case .withinFirst(let span, let anchor):
      [("within_first", .string("\(span)")), ("since", .string(anchor.name(in: scope)))]
    case .since(let anchor): [("since", .string(anchor.name(in: scope)))]
    }
  }

  // MARK: Campaigns

  private mutating func campaign(_ campaign: Campaign) -> JSONValue {
    let model = rules.models[campaign.model]
    let scope = Scope(model: model, campaign: campaign)
    var exits: [JSONValue] = []
    for exit in campaign.leaveWhen {
      guard case .object(let members) = condition(exit.when, scope) else { continue }
      exits.append(.object([.init("name", .string(exit.name))] + members))
    }
    var steps: [JSONValue] = []
    for step in campaign.steps { steps.append(self.step(step, scope)) }
    return .written([
      ("model", .string(model.name)), ("mode", .string(campaign.mode.rawValue)),
      ("who", campaign.who.map { condition($0, scope) }),
      ("while", campaign.stays.map { condition($0, scope) }),
      ("leave_when", .list(exits)),
      ("enter_until_day", campaign.enterUntilDay.map { .whole($0) }),
      ("re_enter", campaign.reEnter.written),
      ("holdout", campaign.holdout.map { .string($0.percent) }),
      ("holdout_group", campaign.holdoutGroup.map { .string($0) }),
      ("timezone", campaign.timezone.map { .string($0) }), ("priority", .whole(campaign.priority)),
      ("on_first_deploy", .string(campaign.onFirstDeploy.rawValue)), ("steps", .list(steps)),
    ])
  }

  private mutating func step(_ step: Step, _ scope: Scope) -> JSONValue {
    let timing: [(String, JSONValue?)]
    if case .asSoonAs(let condition) = step.timing {
      timing = [("as_soon_as", self.condition(condition, scope))]
    } else {
      timing = step.timing.written(in: scope)
    }
    return .written(
      [("name", .string(step.name))] + timing + step.written
        + [("only_if", step.onlyIf.map { condition($0, scope) })]
    )
  }

  private mutating func mute(_ mute: Mute) -> JSONValue {
    let scope = Scope(model: nil, campaign: nil)
    return .written([
      ("when", mute.when.map { condition($0, scope) }),
      ("when_account", mute.whenAccount.map { condition($0, scope) }),
      ("channels", mute.channels.map(JSONValue.strings)),
      ("campaigns", mute.campaigns.map(JSONValue.strings)),
    ])
  }

  private func score(_ score: Score, _ model: Model) -> JSONValue.Member {
    let bands = score.bands.map {
      JSONValue.written([("name", .string($0.name)), ("at_least", .whole($0.atLeast))])
    }
    let components = score.components.map { $0.written(in: model) }
    return .init(
      score.name,
      .written([("components", .array(components)), ("bands", .list(bands))])
    )
  }
}
