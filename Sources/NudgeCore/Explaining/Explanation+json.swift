extension Explanation {
  /// The explanation with stable keys; instants are RFC 3339 in UTC, and what is absent is null.
  public var json: JSONValue {
    .object([
      .init("subject", .string(subject.description)),
      .init("known", .bool(isKnown)),
      .init("zone", .string(zone.name)),
      .init("now", now.json),
      .init("rule_set", .string(ruleSet)),
      .init("git_commit", .optional(gitCommit)),
      .init("models", .array(starts.map(\.json))),
      .init("campaigns", .array(campaigns.map(\.json))),
    ])
  }
}

extension Explanation.Start {
  fileprivate var json: JSONValue {
    .object([
      .init("model", .string(model)),
      .init("started_at", startedAt.json),
      .init("day", .whole(day)),
    ])
  }
}

extension CampaignExplanation {
  /// The campaign with stable keys.
  public var json: JSONValue {
    .object(
      [
        .init("campaign", .string(name)),
        .init("model", .optional(model)),
        .init("mode", .optional(mode?.rawValue)),
        .init("zone", .string(zone.name)),
      ] + standing.members + [
        .init("hindrances", .array(hindrances.map(\.json))),
        .init("who", who?.json ?? .null),
        .init("while", stays?.json ?? .null),
        .init("leave_when", .array(exits.map(\.json))),
        .init("steps", .array(steps.map(\.json))),
      ]
    )
  }
}

extension CampaignExplanation.Standing {
  /// `state`, `enrolment`, `entered_at`, `left_at`, `left_as`: always all of them.
  fileprivate var members: [JSONValue.Member] {
    switch self {
    case .outside: members("outside", nil, nil, nil, nil)
    case .removed: members("removed", nil, nil, nil, nil)
    case .inside(let number, let entered): members("inside", number, entered, nil, nil)
    case .left(let number, let entered, let left, let code):
      members("left", number, entered, left, code)
    }
  }

  private func members(
    _ state: String,
    _ number: Int?,
    _ entered: Timestamp?,
    _ left: Timestamp?,
    _ code: String?
  ) -> [JSONValue.Member] {
    [
      .init("state", .string(state)),
      .init("enrolment", number.map(JSONValue.whole) ?? .null),
      .init("entered_at", .instant(entered)),
      .init("left_at", .instant(left)),
      .init("left_as", .optional(code)),
    ]
  }
}

extension CampaignExplanation.Hindrance {
  fileprivate var json: JSONValue {
    .object([
      .init("code", .string(code)),
      .init("text", .phrase(text)),
      .init("condition", condition?.json ?? .null),
    ])
  }
}

extension CampaignExplanation.Exit {
  fileprivate var json: JSONValue {
    .object([.init("name", .string(name)), .init("condition", condition.json)])
  }
}

extension StepExplanation {
  fileprivate var json: JSONValue {
    .object([
      .init("step", .string(name)),
      .init("action", .string(action)),
      .init("state", .string(state)),
      .init("reason", .optional(reason)),
      .init("advice", .optional(advice)),
      .init("plan", plan?.json ?? .null),
      .init("waits_for", absence?.json ?? .null),
      .init("unmet", unmet?.json ?? .null),
      .init("decisions", .array(decisions.map(\.told))),
    ])
  }

  /// `planned`, `waiting`, `unplanned`, or the outcome of the last decision; `over` without one.
  private var state: String {
    switch outlook {
    case .planned(let plan): plan.waiting == nil ? "planned" : "waiting"
    case .unplanned: "unplanned"
    case .over: decisions.last?.outcome.rawValue ?? "over"
    }
  }

  private var reason: String? {
    switch outlook {
    case .planned(let plan): plan.waiting?.code.rawValue
    case .unplanned: nil
    case .over: decisions.last?.reason.code
    }
  }

  /// The open plan; `nil` without one.
  public var plan: PlanExplanation? {
    if case .planned(let plan) = outlook { plan } else { nil }
  }

  /// Why there is no plan yet; `nil` when there is one, or nothing more will come.
  public var absence: Absence? {
    if case .unplanned(let absence) = outlook { absence } else { nil }
  }
}

extension StepExplanation.Absence {
  fileprivate var json: JSONValue {
    .object([.init("text", .phrase(text)), .init("condition", condition?.json ?? .null)])
  }
}

extension PlanExplanation {
  fileprivate var json: JSONValue {
    .object([
      .init("occurrence", .whole(occurrence)),
      .init("timing", .string(timing)),
      .init("nominal_at", nominalAt.json),
      .init("planned_at", plannedAt.json),
      .init("moved_by", .array(movedBy.map(JSONValue.string))),
      .init("would_be_at", .instant(wouldBeAt)),
      .init("due_at", dueAt.json),
      .init("expires_at", expiresAt.json),
      .init("waiting", waiting?.json ?? .null),
      .init("checks", .array(checks.map(\.json))),
    ])
  }
}

extension PlanExplanation.Waiting {
  fileprivate var json: JSONValue {
    .object([
      .init("reason", .string(code.rawValue)),
      .init("cause", .string(cause)),
      .init("until", until.json),
    ])
  }
}

extension PlanExplanation.Check {
  fileprivate var json: JSONValue {
    .object([
      .init("check", .string(kind.rawValue)),
      .init("passes", .bool(passes)),
      .init("text", .phrase(text)),
      .init("condition", condition?.json ?? .null),
    ])
  }
}

extension Decision {
  /// The decision as explanations list it.
  fileprivate var told: JSONValue {
    .object([
      .init("id", .string(id)),
      .init("at", at.json),
      .init("enrolment", .whole(enrolment)),
      .init("occurrence", .whole(occurrence)),
      .init("outcome", .string(outcome.rawValue)),
      .init("reason", .string(reason.code)),
      .init("nominal_at", nominalAt.json),
      .init("channel", .optional(channel)),
      .init("to", .optional(to?.description)),
      .init("variant", .optional(variant)),
      .init("cause", .optional(cause)),
      .init("rule_set", .string(ruleSet)),
    ])
  }
}
