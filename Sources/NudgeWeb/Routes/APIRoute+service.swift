// What the routes about the daemon take and give.

extension APIRoute {
  var serviceDefinition: RouteDefinition {
    switch self {
    case .health:
      RouteDefinition(
        .get,
        "/healthz",
        keys: [],
        "Whether the process can read and write its database.",
        gives: .json(.health),
        or: [503]
      )
    case .readiness:
      RouteDefinition(
        .get,
        "/readyz",
        keys: [],
        "Whether the daemon is up: from ready until it stops.",
        gives: .json(.health),
        or: [503]
      )
    case .metrics:
      RouteDefinition(
        .get,
        "/metrics",
        keys: [.admin],
        "Figures for Prometheus; on the machine itself without a key.",
        gives: .text
      )
    case .openAPI:
      RouteDefinition(
        .get,
        "/openapi.json",
        keys: [],
        "This description.",
        gives: .json(.map(.any))
      )
    case .status:
      RouteDefinition(.get, "/v1/status", "How the daemon stands.", gives: .json(.status))
    case .reload:
      RouteDefinition(
        .post,
        "/v1/reload",
        "Loads the rules again, all or nothing.",
        [
          RouteParameter("confirm", .count(0...Int.max), "How many people may start over."),
          RouteParameter("expect", "How the hash of the running set must begin."),
        ],
        gives: .json(.loaded),
        or: [409, 412, 422]
      )
    case .plan:
      RouteDefinition(
        .post,
        "/v1/plan",
        "What rules would change, and for whom; without a body, those on disk.",
        RouteParameter.style + [
          RouteParameter("people", .choice(["0", "1"]), "Whether `text` names people."),
          RouteParameter("file", "Where the plan will be kept, as `text` tells it."),
        ] + RouteParameter.confirmations,
        body: .json(.object([("files", .map(.text))])),
        gives: .json(.planned),
        or: [422, 503]
      )
    default:
      RouteDefinition(
        .post,
        "/v1/plan/apply",
        "Loads exactly what was planned; the body is that `plan`.",
        RouteParameter.style + RouteParameter.confirmations + [
          RouteParameter("max_new_sends", .count(0...Int.max), "The most new sends in 7 days.")
        ],
        body: .json(.map(.any)),
        gives: .json(.loaded),
        or: [409, 422, 503]
      )
    }
  }
}

extension RouteParameter {
  fileprivate static let confirmations = [
    RouteParameter(
      "confirm_count",
      .count(0...Int.max),
      "How many people may start over in a new campaign."
    ),
    RouteParameter("confirm_rename", "Names that are new, separated by commas."),
  ]
}
