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

  init(service: WebService, access: Access, limits: WebLimits, cors: [String]) {
    self.service = service
    self.access = access
    self.limits = limits
    self.cors = CORS(origins: cors)
    self.ingest = IngestRoute(access: access, service: service, limits: limits.wire)
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

  private struct Outcome {
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
    switch path {
    case "/healthz":
      return Outcome(route: "healthz", answer: await read(request) { await state(service.health) })
    case "/readyz":
      return Outcome(
        route: "readyz",
        answer: await read(request) { await state(service.readiness) }
      )
    case "/metrics":
      return Outcome(route: "metrics", answer: await read(request) { await metrics(request, peer) })
    default:
      return try await controlled(request, path)
    }
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

  // MARK: Reading

  private func read(_ request: Request, _ answer: () async -> Answer) async -> Answer {
    guard request.method == .get || request.method == .head else {
      return .wrongMethod("GET, HEAD")
    }
    return await answer()
  }

  private func state(_ ask: () async -> WebService.Health) async -> Answer {
    let health = await ask()
    return Answer(health.isGood ? 200 : 503, health.json)
  }

  private func metrics(_ request: Request, _ peer: Peer) async -> Answer {
    guard isLocal(request, peer) || allows(request, [.admin]) else { return .unknownKey }
    let text = await service.metrics()
    return Answer(200, Array(text.utf8), contentType: "text/plain; version=0.0.4; charset=utf-8")
  }

  /// Whether the request comes from this machine itself, not through a proxy on it.
  private func isLocal(_ request: Request, _ peer: Peer) -> Bool {
    peer == .local && !WebRouter.proxyFields.contains { request.headers.contains($0) }
  }

  private static let proxyFields = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"]
    .compactMap { HTTPField.Name($0) }

  // MARK: Control

  private func controlled(_ request: Request, _ path: String) async throws -> Outcome {
    guard let keys = ControlPath.keys(for: path) else {
      return Outcome(route: "none", answer: .failure(404, "not-found", "nothing is at this path"))
    }
    guard allows(request, keys) else { return Outcome(route: "control", answer: .unknownKey) }
    do {
      let body = try await BodyReader.bytes(of: request, limit: limits.wire.bodyBytes)
      return Outcome(route: "control", answer: await control(request, path, body))
    } catch let error as WireError {
      return Outcome(
        route: "control",
        answer: .failure(error.status, error.code, error.message)
      )
    }
  }

  private func control(_ request: Request, _ path: String, _ body: [UInt8]) async -> Answer {
    let method = request.method == .head ? "GET" : request.method.rawValue
    let query = (request.head.path ?? "").drop { $0 != "?" }.dropFirst()
    let answer = await service.control.answer(
      method: method,
      path: path,
      query: PercentEncoding.query(query),
      body: body
    )
    return Answer(answer.status, answer.json, fields: [(.cacheControl, "no-store")])
  }

  private func allows(_ request: Request, _ kinds: [KeyRing.Kind]) -> Bool {
    let key = request.headers[.authorization].flatMap(Authorization.key)
    return kinds.contains { access.allows(key, $0) }
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
}
