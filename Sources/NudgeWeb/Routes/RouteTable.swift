import NudgeCore
import NudgeWire

/// Finds the route of a request among all of them.
enum RouteTable {
  /// What a path leads to.
  struct Place {
    /// The names in the path, still encoded.
    let encodedNames: [String]
    /// The routes at the path, one for each method.
    let routes: [APIRoute]

    /// The route that a method calls; HEAD calls what GET does.
    func route(for method: String) -> APIRoute? {
      routes.first { $0.definition.method.word == (method == "HEAD" ? "GET" : method) }
    }

    /// What `Allow` says.
    var methods: String {
      let words = routes.map(\.definition.method.word)
      return (words.contains("GET") ? words + ["HEAD"] : words).joined(separator: ", ")
    }

    /// Whether products may call it from a browser.
    var isForProducts: Bool { routes.contains { $0.definition.keys.contains(.inbox) } }
  }

  /// The place of a path without query and trailing slash; `nil` when nothing is there.
  static func place(of path: String) -> Place? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    let routes = definitions.filter { matches($0.definition.path, parts) }
    guard let first = routes.first else { return nil }
    // A word of its own goes before a name that happens to be spelled like it.
    let exact = routes.filter { !$0.definition.hasName }
    let names = zip(first.definition.path, parts).filter { $0.0.hasPrefix("{") }
    return exact.isEmpty
      ? Place(encodedNames: names.map { String($0.1) }, routes: routes.map(\.route))
      : Place(encodedNames: [], routes: exact.map(\.route))
  }

  private static let definitions = APIRoute.allCases.map { (route: $0, definition: $0.definition) }

  private static func matches(_ template: [String], _ parts: ArraySlice<Substring>) -> Bool {
    template.count == parts.count
      && zip(template, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
  }
}

/// What is wrong with a call before anybody answers it.
struct BadCall: Error {
  let code: String
  let message: String
}

extension RouteCall {
  /// The call that a request makes.
  ///
  /// - Throws: ``BadCall``, which names what is wrong and what would be right, or `WireError` for the body.
  init(
    _ route: APIRoute,
    encodedNames: [String],
    query text: some StringProtocol,
    body: [UInt8],
    limits: WireLimits
  ) throws {
    let definition = route.definition
    let query = PercentEncoding.query(text)
    try definition.check(query)
    var body = body
    if case .json = definition.body, !body.isEmpty {
      body = try LenientJSON.strict(body, depth: limits.depth)
    }
    let names = try encodedNames.map(RouteCall.name)
    self.init(
      route: route,
      name: names.first ?? "",
      item: names.count > 1 ? names[1] : "",
      query: query,
      body: body
    )
  }

  private static func name(of encoded: String) throws(BadCall) -> String {
    guard let name = PercentEncoding.strict(encoded), !name.contains("\0") else {
      throw BadCall(
        code: "bad-path",
        message: "the name in the path is not percent-encoded UTF-8: write %25 for a percent sign"
      )
    }
    guard !name.isEmpty else {
      throw BadCall(code: "bad-path", message: "the name in the path is empty")
    }
    return name
  }
}

extension RouteDefinition {
  /// Finds the first thing that is wrong with a query.
  fileprivate func check(_ query: [String: String]) throws(BadCall) {
    for parameter in parameters where parameter.isRequired && query[parameter.name] == nil {
      throw BadCall(
        code: "bad-request",
        message: "`\(parameter.name)` is missing: \(parameter.summary)"
      )
    }
    for (name, value) in query.sorted(by: { $0.key < $1.key }) {
      guard let parameter = parameters.first(where: { $0.name == name }) else {
        throw unknown(name)
      }
      if let complaint = parameter.complaint(about: value) {
        throw BadCall(code: "bad-request", message: complaint)
      }
    }
  }

  fileprivate func unknown(_ name: String) -> BadCall {
    let names = parameters.map(\.name).joined(separator: " · ")
    return BadCall(
      code: "unknown-parameter",
      message: "this route takes no `\(name)`; it takes \(names.isEmpty ? "no query" : names)"
    )
  }
}
