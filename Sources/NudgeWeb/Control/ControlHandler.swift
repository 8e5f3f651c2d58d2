/// Answers the routes that read and change the daemon.
///
/// Whoever gets here may do so: keys are checked, or the socket's file was.
public protocol ControlHandler: Sendable {
  /// The answer to a request.
  ///
  /// - Parameters:
  ///   - method: In capitals; HEAD comes as GET.
  ///   - path: As on the wire, percent-encoding and all, without query and trailing slash.
  ///   - query: Decoded; of a repeated name the last value.
  ///   - body: At most `WireLimits.bodyBytes`.
  /// - Returns: A status with a JSON document, for errors too.
  func answer(
    method: String,
    path: String,
    query: [String: String],
    body: [UInt8]
  ) async -> ControlAnswer
}

/// A status with a JSON document.
public struct ControlAnswer: Hashable, Sendable {
  /// The HTTP status.
  public let status: Int
  /// One JSON document.
  public let json: [UInt8]

  /// An answer of this status and document.
  public init(status: Int = 200, json: [UInt8]) {
    self.status = status
    self.json = json
  }

  /// An error in the form that all of the API uses.
  public static func failure(_ status: Int, code: String, message: String) -> ControlAnswer {
    ControlAnswer(status: status, json: Answer.failure(status, code, message).body)
  }
}

/// Which key opens which path of the control routes.
enum ControlPath {
  /// The kinds of keys that open a path, any of them; `nil` when the path is none of ours.
  static func keys(for path: String) -> [KeyRing.Kind]? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    guard parts.count >= 2, parts.first == "v1" else { return nil }
    let rest = Array(parts.dropFirst())
    switch rest[0] {
    case "users", "accounts":
      let isForProducts = rest.count >= 3 && (rest[2] == "progress" || rest[2] == "inbox")
      return isForProducts ? [.inbox, .admin] : [.admin]
    case "status", "reload", "plan", "campaigns", "silences", "decisions", "outbox", "reports",
      "events", "rules":
      return [.admin]
    default:
      return nil
    }
  }
}
