import HTTPTypes
import Hummingbird

/// Which pages' scripts may send events from a browser (Fetch standard, section 3.2).
struct CORS: Sendable {
  private let origins: Set<String>

  /// These origins, as `https://app.example.com`; `*` stands for all.
  init(origins: [String]) {
    self.origins = Set(origins.map { $0.lowercased() })
  }

  /// The fields that let the page read the answer; none when its origin is not listed.
  func fields(for request: Request) -> [(name: HTTPField.Name, value: String)] {
    guard let origin = request.headers[.origin], allows(origin) else { return [] }
    return [(.accessControlAllowOrigin, origin), (.vary, "Origin")]
  }

  /// The answer to a preflight.
  func preflight(_ request: Request, methods: String = "POST") -> Answer {
    let fields = fields(for: request)
    guard !fields.isEmpty else {
      return .failure(403, "unknown-origin", "this origin is not in the settings' `cors`")
    }
    return Answer(200, Array("{}".utf8)).adding(
      fields + [
        (.accessControlAllowMethods, "\(methods), OPTIONS"),
        (
          .accessControlAllowHeaders, "authorization, content-type, content-encoding, last-event-id"
        ),
        (.accessControlMaxAge, "86400"),
      ]
    )
  }

  private func allows(_ origin: String) -> Bool {
    origins.contains("*") || origins.contains(origin.lowercased())
  }
}
