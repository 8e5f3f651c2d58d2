import HTTPTypes
import Hummingbird
import NudgeCore
import NudgeWire

/// Finds who answers a request.
struct WebRouter: Sendable {
  private let service: WebService
  private let access: Access
  private let limits: WebLimits
  private let cors: CORS
  private let ingest: IngestRoute
  private let rates: KeyRates

  init(service: WebService, access: Access, limits: WebLimits, cors: [String]) {
    self.service = service
    self.access = access
    self.limits = limits
    self.cors = CORS(origins: cors)
    rates = KeyRates(perSecond: limits.requestsPerSecond)
    ingest = IngestRoute(access: access, service: service, limits: limits.wire, rates: rates)
  }

  func respond(to request: Request, from peer: Peer) async throws -> Response {
    let begin = ContinuousClock.now
    let outcome = try await outcome(of: request, from: peer)
    service.report(
      WebService.Report(
        route: outcome.route,
        status: outcome.answer.status,
        duration: ContinuousClock.now - begin,
        events: outcome.events,
        rejected: outcome.rejected
      )
    )
    return outcome.answer.response(isHead: request.method == .head)
  }

  fileprivate struct Outcome {
    let route: String
    let answer: Answer
    var events = 0
    var rejected = 0
  }

  private func outcome(of request: Request, from peer: Peer) async throws -> Outcome {
    let path = WebRouter.path(of: request)
    if let call = IngestPath.call(of: path) {
      return try await ingested(request, path, call)
    }
    guard let place = RouteTable.place(of: path) else {
      return Outcome(route: "none", answer: .failure(404, "not-found", "nothing is at this path"))
    }
    let outcome = try await answer(to: request, at: place, from: peer)
    return place.isForProducts ? outcome.adding(cors.fields(for: request)) : outcome
  }

  /// The path without query and trailing slashes, which some SDKs add.
  private static func path(of request: Request) -> String {
    var path = (request.head.path ?? "/").prefix { $0 != "?" }
    while path.count > 1, path.last == "/" { path.removeLast() }
    return String(path)
  }

  // MARK: Ingest

  private func ingested(
    _ request: Request,
    _ path: String,
    _ call: IngestCall
  ) async throws -> Outcome {
    switch request.method {
    case .post, .get:
      if case .flags(let question) = call {
        return Outcome(route: path, answer: question.answer.adding(cors.fields(for: request)))
      }
      guard request.method == .post else { return Outcome(route: path, answer: call.wrongMethod) }
      let outcome = try await ingest.answer(to: request, call: call)
      return Outcome(
        route: path,
        answer: outcome.answer.adding(cors.fields(for: request)),
        events: outcome.events,
        rejected: outcome.rejected
      )
    case .options: return Outcome(route: path, answer: cors.preflight(request))
    default: return Outcome(route: path, answer: call.wrongMethod)
    }
  }

  // MARK: Routes

  private func answer(
    to request: Request,
    at place: RouteTable.Place,
    from peer: Peer
  ) async throws -> Outcome {
    if request.method == .options, place.isForProducts {
      return Outcome(route: "preflight", answer: cors.preflight(request, methods: place.methods))
    }
    if let refusal = refusal(of: request, at: place, from: peer) {
      return Outcome(route: "refused", answer: refusal)
    }
    guard let route = place.route(for: request.method.rawValue) else {
      return Outcome(route: "refused", answer: .wrongMethod(place.methods))
    }
    return Outcome(route: route.label, answer: try await answer(to: request, route, place))
  }

  /// Why the one who asks gets no answer; `nil` for one who may ask.
  private func refusal(of request: Request, at place: RouteTable.Place, from peer: Peer) -> Answer?
  {
    let asked = place.route(for: request.method.rawValue).map { [$0] } ?? place.routes
    let kinds = asked.flatMap(\.definition.keys)
    if kinds.isEmpty { return nil }
    if asked.allSatisfy(\.definition.needsNoKeyHere), isLocal(request, peer) { return nil }
    let key = request.headers[.authorization].flatMap(Authorization.key)
    let held = access.kinds(of: key)
    guard !held.isEmpty else { return .unknownKey }
    if held.isDisjoint(with: kinds) { return .wrongKey(held, kinds) }
    return key.map { rates.admits($0) } ?? true ? nil : .tooFast
  }

  private func answer(
    to request: Request,
    _ route: APIRoute,
    _ place: RouteTable.Place
  ) async throws -> Answer {
    do {
      let call = try RouteCall(
        route,
        encodedNames: place.encodedNames,
        query: (request.head.path ?? "").drop { $0 != "?" }.dropFirst(),
        body: try await BodyReader.bytes(of: request, limit: limits.wire.bodyBytes),
        limits: limits.wire
      )
      if case .events = route.definition.reply { return await stream(call, request) }
      return await answer(to: call)
    } catch let bad as BadCall {
      return .failure(400, bad.code, bad.message)
    } catch let error as WireError {
      return .failure(error.status, error.code, error.message)
    }
  }

  private func answer(to call: RouteCall) async -> Answer {
    switch call.route {
    case .health: return state(await service.health())
    case .readiness: return state(await service.readiness())
    case .metrics:
      let text = await service.metrics()
      return Answer(200, Array(text.utf8), contentType: "text/plain; version=0.0.4; charset=utf-8")
    case .openAPI: return Answer(200, OpenAPIDocument.bytes)
    default:
      let answer = await service.control.answer(call)
      return Answer(answer.status, answer.json, fields: [(.cacheControl, "no-store")])
    }
  }

  private func stream(_ call: RouteCall, _ request: Request) async -> Answer {
    let last = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }
    switch await service.control.stream(call.resuming(after: last)) {
    case .refused(let answer):
      return Answer(answer.status, answer.json, fields: [(.cacheControl, "no-store")])
    case .events(let next):
      return Answer(
        200,
        [],
        contentType: "text/event-stream",
        fields: [(.cacheControl, "no-store")],
        stream: next
      )
    }
  }

  private func state(_ health: WebService.Health) -> Answer {
    Answer(health.isGood ? 200 : 503, health.json)
  }

  /// Whether the request comes from this machine itself, not through a proxy on it.
  private func isLocal(_ request: Request, _ peer: Peer) -> Bool {
    peer == .local && !WebRouter.proxyFields.contains { request.headers.contains($0) }
  }

  private static let proxyFields = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"]
    .compactMap { HTTPField.Name($0) }
}

extension WebRouter.Outcome {
  func adding(_ fields: [(name: HTTPField.Name, value: String)]) -> WebRouter.Outcome {
    WebRouter.Outcome(
      route: route,
      answer: answer.adding(fields),
      events: events,
      rejected: rejected
    )
  }
}

extension APIRoute {
  /// The word under which answers are counted: few of them, and no subject.
  fileprivate var label: String {
    switch self {
    case .health: "healthz"
    case .readiness: "readyz"
    case .metrics: "metrics"
    case .openAPI: "openapi"
    default: "control"
    }
  }
}

extension Answer {
  /// The path is right and the method is not.
  static func wrongMethod(_ allowed: String) -> Answer {
    failure(
      405,
      "wrong-method",
      "this path takes \(allowed)",
      fields: [(.allow, allowed)]
    )
  }

  /// The key is known, and is used too fast.
  static let tooFast = failure(
    429,
    "too-fast",
    "this key sends more requests a second than `limits.rate` allows",
    fields: [(.retryAfter, "1")]
  )

  /// The key is known, and opens other doors.
  static func wrongKey(_ held: Set<KeyRing.Kind>, _ needed: [KeyRing.Kind]) -> Answer {
    func words(_ kinds: [KeyRing.Kind]) -> String {
      kinds.map(\.rawValue).joined(separator: " or ")
    }
    let own = words(KeyRing.Kind.allCases.filter(held.contains))
    let right = words(KeyRing.Kind.allCases.filter(needed.contains))
    return failure(403, "wrong-key", "this takes an \(right) key, and yours is for \(own)")
  }
}
