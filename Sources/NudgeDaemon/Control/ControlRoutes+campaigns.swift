import NudgeCore
import NudgeStore
import NudgeWeb

/// How campaigns stand, and what is decided: `/v1/campaigns`, `/v1/decisions`.
extension ControlRoutes {
  /// Every campaign of the rules, and those that somebody is still inside of: `GET /v1/campaigns`.
  func campaignList() throws -> ControlAnswer {
    let engine = assembly.loop.current
    let standings = try assembly.store.campaignStandings(rules: engine.rules)
    let known = engine.rules.set.campaigns
    let gone = standings.values.filter { standing in
      standing.inside > 0 && !known.contains { $0.name == standing.name }
    }
    let values =
      try known.map { try summary($0, standings[$0.name]) }
      + gone.sorted { $0.name < $1.name }.map { .object(counts($0, mode: nil, nil)) }
    return ControlAnswer(
      json: JSONValue.object([.init("timezone", timezone), .init("campaigns", .array(values))]).json
        .bytes
    )
  }

  /// One campaign with its steps: `GET /v1/campaigns/NAME`.
  func campaign(_ name: String) throws -> ControlAnswer {
    let engine = assembly.loop.current
    guard let campaign = engine.rules.set.campaigns.first(where: { $0.name == name }) else {
      throw unknownCampaign(name)
    }
    let standing = try assembly.store.campaignStandings(rules: engine.rules)[name]
    guard case .object(let members) = try summary(campaign, standing) else {
      preconditionFailure("a summary is an object")
    }
    let about: [JSONValue.Member] = [
      .init("description", .optional(campaign.description)),
      .init("owner", .optional(campaign.owner)),
      .init("model", .string(engine.rules.set.models[campaign.model].name)),
      .init("deployed_at", .optional(try assembly.store.deployments()[name]?.rfc3339)),
      .init("timezone", timezone),
      .init("steps", .array(campaign.steps.map { steps($0.name, standing) })),
    ]
    return ControlAnswer(json: JSONValue.object(members + about).json.bytes)
  }

  private func summary(_ campaign: Campaign, _ standing: CampaignStanding?) throws -> JSONValue {
    let pause = try paused(campaign.name)
    let standing = standing ?? CampaignStanding(name: campaign.name)
    return .object(counts(standing, mode: campaign.mode, pause))
  }

  private func counts(
    _ standing: CampaignStanding,
    mode: Campaign.Mode?,
    _ pause: Silence?
  ) -> [JSONValue.Member] {
    [
      .init("name", .string(standing.name)),
      .init("mode", .optional(mode?.rawValue)),
      .init("paused", pause?.json ?? .null),
      .init("inside", .whole(standing.inside)),
      .init("entered", .whole(standing.entered)),
      .init("planned", .whole(standing.planned)),
      .init("sent", .whole(standing.sent)),
    ]
  }

  private func steps(_ name: String, _ standing: CampaignStanding?) -> JSONValue {
    let reasons = (standing?.decisions[name] ?? [:]).sorted { $0.key < $1.key }
    return .object([
      .init("name", .string(name)),
      .init("decisions", .object(reasons.map { .init($0.key, .whole($0.value)) })),
    ])
  }

  // MARK: Decisions

  /// Decisions in their order: `GET /v1/decisions?after=SEQUENCE&campaign=&reason=&limit=`; without `after` the latest.
  func decisions(_ query: [String: String]) throws -> ControlAnswer {
    let after = query["after"].flatMap { Int64($0) }
    if let reason = query["reason"], ReasonCode(code: reason) == nil, !isFamily(reason) {
      return .failure(400, code: "unknown-reason", message: "no reason is called \(reason)")
    }
    if let name = query["campaign"], try !isKnown(name) { throw unknownCampaign(name) }
    let limit = query["limit"].flatMap { Int($0) } ?? 10
    let last = try assembly.store.lastDecision()
    let found = try assembly.store.decisions(
      after: after,
      campaign: query["campaign"],
      reason: query["reason"],
      limit: limit
    )
    let isFull = found.count == limit && after != nil
    let next = isFull ? found.last?.sequence ?? last : last
    return ControlAnswer(
      json: JSONValue.object([
        .init("timezone", timezone), .init("last", .whole(Int(next))),
        .init("decisions", .array(found.map(\.decision.json))),
      ]).json.bytes
    )
  }

  /// Whether the rules have the campaign, or somebody was in it once.
  private func isKnown(_ name: String) throws -> Bool {
    let rules = assembly.loop.current.rules
    return try rules.set.campaigns.contains { $0.name == name }
      || assembly.store.campaignStandings(rules: rules)[name] != nil
  }

  private func isFamily(_ reason: String) -> Bool {
    ReasonCode.allCases.contains { $0.rawValue.hasPrefix(reason + ".") }
  }
}
