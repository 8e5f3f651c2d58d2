/// Every route of the API beside the ingest endpoints; what each takes and gives stands in its `definition`.
///
/// Who serves them switches over this, so that no route is without an answer; `/openapi.json` is made of it too.
public enum APIRoute: String, CaseIterable, Hashable, Sendable {
  case health, readiness, metrics, openAPI
  case status, reload, plan, applyPlan
  case users, user, userProgress, userDecisions, userExplanation, userScores, userExport, forgetUser
  case inbox, inboxStream, seePrompt, clickPrompt, dismissPrompt
  case accounts, account, accountProgress, accountDecisions, accountExplanation, accountScores
  case campaigns, campaign, pauseCampaign, resumeCampaign
  case silences, addSilence, expireSilence
  case decisions, decision
  case outbox, delivery, retryDeliveries, dropDeliveries, flushOutbox, enableChannel
  case events, linesTaken, takeLines
  case clock, confirmClock
}

/// One call of a route, taken apart and found to be of its form.
public struct RouteCall: Hashable, Sendable {
  /// Which route.
  public let route: APIRoute
  /// The name in the path, decoded; empty where the route has none.
  public let name: String
  /// The second name in the path, decoded; empty where the route has none.
  public let item: String
  /// Decoded; of a repeated name the last value.
  public let query: [String: String]
  /// At most `WireLimits.bodyBytes`; JSON where the route takes JSON, or empty.
  public let body: [UInt8]

  /// A call of these parts.
  public init(
    route: APIRoute,
    name: String = "",
    item: String = "",
    query: [String: String] = [:],
    body: [UInt8] = []
  ) {
    self.route = route
    self.name = name
    self.item = item
    self.query = query
    self.body = body
  }

  /// The same call of a stream after the last event that a client has; what the query says goes first, and what is no
  /// number of ours means nothing.
  func resuming(after last: String?) -> RouteCall {
    guard let last, query["after"] == nil, let number = Int64(last), number >= 0 else {
      return self
    }
    let query = query.merging(["after": String(number)]) { $1 }
    return RouteCall(route: route, name: name, item: item, query: query, body: body)
  }
}
