/// What one route takes, who may call it, and what it answers.
struct RouteDefinition: Sendable {
  /// How a route is called; HEAD is answered as GET.
  enum Method: String, CaseIterable, Sendable {
    case get, post, delete

    /// As on the wire.
    var word: String { rawValue.uppercased() }
  }

  /// What a request brings in its body.
  enum Body: Sendable {
    case none
    /// One JSON document, which may be left out.
    case json(Shape)
    /// Lines of a file.
    case lines
  }

  /// What comes back when all is well.
  enum Reply: Sendable {
    case json(Shape)
    /// Prometheus's text format.
    case text
    /// Server-sent events, without an end.
    case events
  }

  let method: Method
  /// Segments of the path; one is in braces where a name stands.
  let path: [String]
  /// The kinds of keys that open it, any of them; empty: it needs none.
  let keys: [KeyRing.Kind]
  let summary: String
  let parameters: [RouteParameter]
  let body: Body
  let reply: Reply
  /// The errors beside those that every route may give.
  let failures: [Int]

  init(
    _ method: Method,
    _ path: String,
    keys: [KeyRing.Kind] = [.admin],
    _ summary: String,
    _ parameters: [RouteParameter] = [],
    body: Body = .none,
    gives reply: Reply,
    or failures: [Int] = []
  ) {
    self.method = method
    self.path = path.split(separator: "/").map(String.init)
    self.keys = keys
    self.summary = summary
    self.parameters = parameters
    self.body = body
    self.reply = reply
    self.failures = failures
  }

  /// Whether it needs no key from the machine itself.
  var needsNoKeyHere: Bool { path == ["metrics"] }

  /// Whether the path has a name in it.
  var hasName: Bool { path.contains { $0.hasPrefix("{") } }
}
