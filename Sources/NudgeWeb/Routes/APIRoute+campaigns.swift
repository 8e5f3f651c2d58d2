// What the routes about campaigns and decisions take and give.

extension APIRoute {
  var campaignDefinition: RouteDefinition {
    let comment = RouteParameter("comment", isRequired: true, "Why.")
    return switch self {
    case .campaigns:
      RouteDefinition(
        .get,
        "/v1/campaigns",
        "Every campaign, and how it stands.",
        gives: .json(.object([("timezone", .text), ("campaigns", .list(.campaign))]))
      )
    case .campaign:
      RouteDefinition(
        .get,
        "/v1/campaigns/{name}",
        "One campaign with its steps.",
        gives: .json(.campaignInFull),
        or: [404]
      )
    case .pauseCampaign:
      RouteDefinition(
        .post,
        "/v1/campaigns/{name}/pause",
        "Holds a campaign back until it is resumed.",
        [comment, .by],
        gives: .json(.silence),
        or: [409]
      )
    case .resumeCampaign:
      RouteDefinition(
        .post,
        "/v1/campaigns/{name}/resume",
        "Lets a paused campaign go on.",
        [.by],
        gives: .json(.object([("campaign", .text), ("by", .text), ("timezone", .text)])),
        or: [409]
      )
    case .silences:
      RouteDefinition(
        .get,
        "/v1/silences",
        "What is kept quiet now, pauses among it.",
        gives: .json(.object([("timezone", .text), ("silences", .list(.silence))]))
      )
    case .addSilence:
      RouteDefinition(
        .post,
        "/v1/silences",
        "Keeps a campaign, a channel or a person quiet for a while.",
        ["campaign", "channel", "user", "account"].map { RouteParameter($0, "Only this \($0).") }
          + [
            RouteParameter("for", "How long: `48h`, `2 days`."),
            RouteParameter("until", "When it ends: an instant, or a date."), comment, .by,
          ],
        gives: .json(.silence)
      )
    case .expireSilence:
      RouteDefinition(
        .post,
        "/v1/silences/{id}/expire",
        "Ends a silence before its time.",
        [.by],
        gives: .json(.object([("id", .text), ("by", .text), ("timezone", .text)])),
        or: [404]
      )
    case .decisions:
      RouteDefinition(
        .get,
        "/v1/decisions",
        "Decisions in their order; without `after` the latest.",
        [
          .after, .limit(RouteLimits.decisionsPerPage, from: 0),
          RouteParameter("campaign", "Only this campaign."),
          RouteParameter("reason", "Only this reason, or family of reasons."),
        ],
        gives: .json(
          .object([("timezone", .text), ("last", .whole), ("decisions", .list(.decision))])
        ),
        or: [404]
      )
    default:
      RouteDefinition(
        .get,
        "/v1/decisions/{id}",
        "One decision in full, with the rule as it was.",
        RouteParameter.style,
        gives: .json(.map(.any)),
        or: [404]
      )
    }
  }
}
