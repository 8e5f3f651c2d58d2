// What the routes about deliveries and files take and give.

import NudgeCore

extension APIRoute {
  var deliveryDefinition: RouteDefinition {
    switch self {
    case .outbox:
      RouteDefinition(
        .get,
        "/v1/outbox",
        "Deliveries, oldest first; without `state` those that wait or are dead.",
        [
          RouteParameter(
            "state",
            .choice(["waiting", "dead", "delivered", "expired", "cancelled"]),
            "Only these."
          )
        ] + APIRoute.chosen + [.after, .limit(RouteLimits.deliveriesPerPage)],
        gives: .json(.deliveries)
      )
    case .delivery:
      RouteDefinition(
        .get,
        "/v1/outbox/{id}",
        "One delivery with its payload.",
        gives: .json(.merged(.delivery, .object([("payload", .map(.any))]))),
        or: [404]
      )
    case .retryDeliveries:
      RouteDefinition(
        .post,
        "/v1/outbox/retry",
        "Sends dead deliveries again, except for those that have lost their meaning; a channel that is named is enabled.",
        [RouteParameter("id", "Only this one.")] + APIRoute.chosen + [
          RouteParameter("per_second", .count(1...1_000_000), "So many in a second, no more."),
          APIRoute.dryRun,
        ],
        gives: .json(.object([("retried", .whole), ("expired", .whole)])),
        or: [404, 409]
      )
    case .dropDeliveries:
      RouteDefinition(
        .post,
        "/v1/outbox/drop",
        "Gives dead or waiting deliveries up for good.",
        [
          RouteParameter("id", "Only this one."),
          RouteParameter(
            "state",
            .choice(["waiting", "dead"]),
            "Only these; `dead` if left out, any of them with `id`."
          ),
        ] + APIRoute.chosen + [APIRoute.dryRun],
        gives: .json(.object([("dropped", .whole)])),
        or: [404, 409]
      )
    case .flushOutbox:
      RouteDefinition(
        .post,
        "/v1/outbox/flush",
        "Tries waiting deliveries now instead of at their next time.",
        APIRoute.chosen + [APIRoute.dryRun],
        gives: .json(.object([("flushed", .whole)]))
      )
    case .enableChannel:
      RouteDefinition(
        .post,
        "/v1/outbox/enable",
        "Lets a channel send again whose receiver had said that it is gone.",
        [RouteParameter("channel", isRequired: true, "Which one.")],
        gives: .json(.object([("channel", .text), ("enabled", .flag), ("waiting", .whole)])),
        or: [404]
      )
    case .events:
      RouteDefinition(
        .get,
        "/v1/events",
        "Events in their order; without `after` the latest.",
        [
          .after, .limit(RouteLimits.eventsPerPage, from: 0),
          RouteParameter("user", "Only those of this person."),
          RouteParameter("account", "Only those that name this account."),
          RouteParameter("event", "Only those of this name."),
          RouteParameter(
            "type",
            .choice(Event.Kind.allCases.map(\.rawValue)),
            "Only those of this kind of call."
          ),
        ],
        gives: .json(
          .object([("timezone", .text), ("last", .whole), ("events", .list(.map(.any)))])
        )
      )
    case .linesTaken:
      RouteDefinition(
        .get,
        "/v1/events/lines",
        "How far a file of events was taken in.",
        [RouteParameter("file", isRequired: true, "The digest of the file.")],
        gives: .json(.object([("lines", .whole)]))
      )
    default:
      RouteDefinition(
        .post,
        "/v1/events/lines",
        "Takes a part of a file of past events in, as `nudged ingest` does.",
        [
          RouteParameter("file", isRequired: true, "The digest of the file."),
          RouteParameter("from", .count(1...Int.max), isRequired: true, "The first line's number."),
          RouteParameter("path", "The name of the file."),
        ],
        body: .lines,
        gives: .json(.linesTaken),
        or: [429, 503, 507]
      )
    }
  }

  private static let dryRun = RouteParameter(
    "dry_run",
    .choice(["0", "1"]),
    "Whether only to count them."
  )

  /// Which deliveries, by what they have in common.
  private static let chosen = [
    RouteParameter("channel", "Only this channel."),
    RouteParameter("campaign", "Only this campaign."),
    RouteParameter("error", "Only those whose last answer has this text in it."),
    RouteParameter("since", .time, "Only those decided then or later."),
    RouteParameter("until", .time, "Only those decided before."),
  ]
}
