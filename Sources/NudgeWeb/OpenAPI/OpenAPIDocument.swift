import NudgeCore

/// The description of the whole API in OpenAPI 3.1, made from the definitions that requests are held to.
enum OpenAPIDocument {
  /// The document as it is served; it is the same as long as the program runs.
  static let bytes: [UInt8] = document.json.bytes

  static var document: JSONValue {
    .object([
      .init("openapi", .string("3.1.0")),
      .init("info", info),
      .init("paths", .object(paths + ingestPaths)),
      .init("components", components),
    ])
  }

  private static var info: JSONValue {
    .object([
      .init("title", .string("nudged")),
      .init("version", .string("1")),
      .init(
        "description",
        .string(
          "Events in, progress, decisions and deliveries out. Times are RFC 3339 in UTC, errors have `code` and `message`; keys of answers are added to, never taken away."
        )
      ),
    ])
  }

  // MARK: Paths

  private static var paths: [JSONValue.Member] {
    var order: [String] = []
    var methods: [String: [JSONValue.Member]] = [:]
    for route in APIRoute.allCases {
      let path = "/" + route.definition.path.joined(separator: "/")
      if methods[path] == nil { order.append(path) }
      methods[path, default: []].append(
        .init(route.definition.method.rawValue, route.definition.operation(id: route.rawValue))
      )
    }
    return order.map { .init($0, .object(methods[$0] ?? [])) }
  }

  private static var ingestPaths: [JSONValue.Member] {
    IngestPath.paths.map { path in
      let methods =
        IngestPath.isQuestion(path)
        ? ["get", "post"].map { JSONValue.Member($0, question(path, $0)) }
        : [JSONValue.Member("post", ingest(path))]
      return .init(path, .object(methods))
    }
  }

  private static func ingest(_ path: String) -> JSONValue {
    let id = "ingest" + path.split(separator: "/").map(\.capitalizedFirst).joined()
    return .object([
      .init("operationId", .string(id)),
      .init("summary", .string("Takes events as analytics SDKs send them; durable once answered.")),
      .init("tags", .array([.string("ingest")])),
      // The key may come in the body, as `writeKey`.
      .init("security", security([.ingest], orNone: true)),
      .init("requestBody", OpenAPIDocument.body(.any, isRequired: true)),
      .init(
        "responses",
        responses(.json(.map(.any)), failures: [400, 401, 405, 413, 429, 503, 507])
      ),
    ])
  }

  private static func question(_ path: String, _ method: String) -> JSONValue {
    let name = path.split(separator: "/").map(\.capitalizedFirst).joined()
    return .object([
      .init("operationId", .string("\(method)\(name)")),
      .init("summary", .string("Tells an SDK of PostHog that there are no feature flags.")),
      .init("tags", .array([.string("ingest")])),
      .init("responses", responses(.json(.map(.any)), failures: [405])),
    ])
  }

  // MARK: Components

  private static var components: JSONValue {
    let schemes = KeyRing.Kind.allCases.map { kind in
      JSONValue.Member(
        kind.rawValue,
        .object([
          .init("type", .string("http")), .init("scheme", .string("bearer")),
          .init("description", .string("`nudged keys new \(kind.rawValue)` makes one.")),
        ])
      )
    }
    return .object([
      .init("schemas", .object([.init("Error", Shape.error.schema)])),
      .init("securitySchemes", .object(schemes)),
    ])
  }

  /// Any of these keys; or none, where that too may do.
  static func security(_ kinds: [KeyRing.Kind], orNone isOptional: Bool = false) -> JSONValue {
    let schemes = kinds.map { JSONValue.object([.init($0.rawValue, .array([]))]) }
    return .array(isOptional ? schemes + [.object([])] : schemes)
  }

  static func body(_ shape: Shape, isRequired: Bool) -> JSONValue {
    .object([
      .init("required", .bool(isRequired)),
      .init("content", content("application/json", shape.schema)),
    ])
  }

  static func content(_ type: String, _ schema: JSONValue) -> JSONValue {
    .object([.init(type, .object([.init("schema", schema)]))])
  }

  /// What may come back.
  static func responses(_ reply: RouteDefinition.Reply, failures: [Int]) -> JSONValue {
    let good: JSONValue =
      switch reply {
      case .json(let shape): content("application/json", shape.schema)
      case .text: content("text/plain", Shape.text.schema)
      case .events: content("text/event-stream", Shape.text.schema)
      }
    let error = JSONValue.object([.init("$ref", .string("#/components/schemas/Error"))])
    return .object(
      [.init("200", response("All is well.", good))]
        + failures.sorted().map {
          .init("\($0)", response(meaning(of: $0), content("application/json", error)))
        }
    )
  }

  private static func response(_ description: String, _ content: JSONValue) -> JSONValue {
    .object([.init("description", .string(description)), .init("content", content)])
  }

  private static func meaning(of status: Int) -> String {
    switch status {
    case 400: "The request cannot be understood; `message` says what would be right."
    case 401: "The key is missing or unknown."
    case 403: "The key is for other routes."
    case 404: "Nothing is known under this name."
    case 405: "The path takes other methods; `Allow` names them."
    case 409: "It does not fit how things stand."
    case 412: "Another rule set is running."
    case 413: "The body is too large."
    case 422: "The rules have errors."
    case 429, 503: "Not now; ask again later."
    case 507: "The disk is full; ask again later."
    default: "It failed."
    }
  }
}

extension RouteDefinition {
  /// The route as one operation.
  fileprivate func operation(id: String) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("operationId", .string(id)),
      .init("summary", .string(summary)),
      .init("tags", .array([.string(tag)])),
    ]
    if !keys.isEmpty {
      let security = OpenAPIDocument.security(keys, orNone: needsNoKeyHere)
      members.append(.init("security", security))
    }
    let parameters = pathParameters + self.parameters.map(\.document)
    if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
    if let requestBody { members.append(.init("requestBody", requestBody)) }
    members.append(.init("responses", OpenAPIDocument.responses(reply, failures: allFailures)))
    return .object(members)
  }

  private var tag: String { path.first == "v1" && path.count > 1 ? path[1] : "service" }

  private var allFailures: [Int] {
    let common = keys.isEmpty ? [400, 405, 413] : [400, 401, 403, 405, 413, 429]
    return Array(Set(common + failures))
  }

  private var requestBody: JSONValue? {
    switch body {
    case .none: nil
    case .json(let shape): OpenAPIDocument.body(shape, isRequired: false)
    case .lines:
      .object([
        .init("content", OpenAPIDocument.content("text/plain", Shape.text.schema))
      ])
    }
  }

  private var pathParameters: [JSONValue] {
    path.filter { $0.hasPrefix("{") }.map { segment in
      .object([
        .init("name", .string(String(segment.dropFirst().dropLast()))),
        .init("in", .string("path")), .init("required", .bool(true)),
        .init(
          "schema",
          .object([.init("type", .string("string")), .init("minLength", .whole(1))])
        ),
      ])
    }
  }
}

extension RouteParameter {
  /// The parameter as OpenAPI tells it.
  fileprivate var document: JSONValue {
    .object([
      .init("name", .string(name)), .init("in", .string("query")),
      .init("required", .bool(isRequired)), .init("description", .string(summary)),
      .init("schema", .object(schema)),
    ])
  }

  private var schema: [JSONValue.Member] {
    switch form {
    case .text: [.init("type", .string("string"))]
    case .choice(let words):
      [.init("type", .string("string")), .init("enum", .array(words.map(JSONValue.string)))]
    case .count(let range):
      [.init("type", .string("integer")), .init("minimum", .whole(range.lowerBound))]
        + (range.upperBound == .max ? [] : [.init("maximum", .whole(range.upperBound))])
    case .time:
      [
        .init("type", .string("string")),
        .init(
          "anyOf",
          .array(["date-time", "date"].map { .object([.init("format", .string($0))]) })
        ),
      ]
    }
  }
}

extension Substring {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
