// What the routes about people and accounts take and give.

extension APIRoute {
  var personDefinition: RouteDefinition {
    switch self {
    case .users: APIRoute.list("users", "people")
    case .user: APIRoute.card("users", "a person")
    case .userProgress: APIRoute.progress("users", "a person")
    case .userDecisions: APIRoute.decisions("users", "a person")
    case .userExplanation: APIRoute.explanation("users", "a person")
    case .userScores: APIRoute.scores("users", "a person")
    case .inboxStream:
      RouteDefinition(
        .get,
        "/v1/users/{id}/inbox/stream",
        keys: [.inbox, .admin],
        "The same as server-sent events: `prompt` for each that comes, `gone` for each that is over.",
        [
          RouteParameter(
            "after",
            .count(0...Int.max),
            "Only those after this event's id; else what the header `Last-Event-ID` says."
          )
        ],
        gives: .events,
        or: [404, 503]
      )
    case .inbox:
      RouteDefinition(
        .get,
        "/v1/users/{id}/inbox",
        keys: [.inbox, .admin],
        "The in-app prompts that wait for a person, oldest first.",
        [.limit(RouteLimits.deliveriesPerPage)],
        gives: .json(.object([("prompts", .list(.prompt))])),
        or: [404]
      )
    case .seePrompt: APIRoute.promptAct("seen", "Notes that a person has seen a prompt.")
    case .clickPrompt:
      APIRoute.promptAct("clicked", "Notes that a person has followed a prompt, which then goes.")
    case .dismissPrompt:
      APIRoute.promptAct("dismissed", "Notes that a person has put a prompt away.")
    case .userExport:
      RouteDefinition(
        .get,
        "/v1/users/{id}/export",
        "Everything that is kept about a person: traits, progress, decisions, deliveries, and a page of events.",
        [.after, .limit(RouteLimits.eventsPerPage)],
        gives: .json(.export),
        or: [404]
      )
    default:
      RouteDefinition(
        .delete,
        "/v1/users/{id}",
        "Erases a person for good; it is done when the answer comes.",
        [.by],
        gives: .json(.erasure),
        or: [404, 503]
      )
    }
  }

  var accountDefinition: RouteDefinition {
    switch self {
    case .accounts: APIRoute.list("accounts", "accounts")
    case .account: APIRoute.card("accounts", "an account")
    case .accountProgress: APIRoute.progress("accounts", "an account")
    case .accountDecisions: APIRoute.decisions("accounts", "an account")
    case .accountExplanation: APIRoute.explanation("accounts", "an account")
    default: APIRoute.scores("accounts", "an account")
    }
  }

  private static func promptAct(_ act: String, _ summary: String) -> RouteDefinition {
    RouteDefinition(
      .post,
      "/v1/users/{id}/inbox/{prompt}/\(act)",
      keys: [.inbox, .admin],
      summary,
      gives: .json(.object([("id", .text), ("act", .text)])),
      or: [404, 503]
    )
  }

  private static func list(_ route: String, _ whom: String) -> RouteDefinition {
    RouteDefinition(
      .get,
      "/v1/\(route)",
      "A page of \(whom): one row for each model in which they have started.",
      [
        RouteParameter("where", "An expression, as `--where` of `nudged user list` takes it."),
        RouteParameter("model", "Only this model."), .after, .limit(RouteLimits.subjectsPerPage),
      ],
      gives: .json(.subjects)
    )
  }

  private static func card(_ route: String, _ whom: String) -> RouteDefinition {
    RouteDefinition(
      .get,
      "/v1/\(route)/{id}",
      "The traits and the progress of \(whom).",
      RouteParameter.style,
      gives: .json(.card),
      or: [404]
    )
  }

  private static func progress(_ route: String, _ whom: String) -> RouteDefinition {
    RouteDefinition(
      .get,
      "/v1/\(route)/{id}/progress",
      keys: [.inbox, .admin],
      "What a checklist in the product shows of \(whom), for each model that has started.",
      gives: .json(.list(.progress)),
      or: [404]
    )
  }

  private static func decisions(_ route: String, _ whom: String) -> RouteDefinition {
    RouteDefinition(
      .get,
      "/v1/\(route)/{id}/decisions",
      "The decisions about \(whom), oldest first.",
      [
        RouteParameter("campaign", "Only this campaign."), .after,
        .limit(RouteLimits.decisionsPerPage),
      ],
      gives: .json(.object([("decisions", .list(.decision)), ("next", .maybe(.whole))])),
      or: [404]
    )
  }

  private static func explanation(_ route: String, _ whom: String) -> RouteDefinition {
    RouteDefinition(
      .get,
      "/v1/\(route)/{id}/explain",
      "Why \(whom) got what they got, and not the rest.",
      [
        RouteParameter("campaign", "Only this campaign."),
        RouteParameter("at", .time, "As it was then."),
      ] + RouteParameter.style,
      gives: .json(.object([("explanation", .map(.any)), ("text", .text)])),
      or: [404]
    )
  }

  private static func scores(_ route: String, _ whom: String) -> RouteDefinition {
    RouteDefinition(
      .get,
      "/v1/\(route)/{id}/scores",
      "The scores of \(whom) as sums, with what moved each part.",
      [
        RouteParameter("name", "Only this score."), RouteParameter("at", .time, "As it was then."),
      ] + RouteParameter.style,
      gives: .json(.object([("scores", .list(.map(.any))), ("text", .text)])),
      or: [404]
    )
  }
}
