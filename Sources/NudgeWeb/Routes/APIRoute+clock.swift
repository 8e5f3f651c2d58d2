// What the routes about the clock take and give.

extension APIRoute {
  var clockDefinition: RouteDefinition {
    switch self {
    case .confirmClock:
      RouteDefinition(
        .post,
        "/v1/clock/confirm",
        "Believes the machine's clock as it is; answers how it stood before.",
        [.by],
        gives: .json(APIRoute.clockState),
        or: [507]
      )
    default:
      RouteDefinition(
        .get,
        "/v1/clock",
        "Whether the daemon believes the machine's clock.",
        gives: .json(APIRoute.clockState)
      )
    }
  }

  private static let clockState = Shape.object([
    ("now", .instant), ("timezone", .text), ("clock", .clock),
  ])
}
