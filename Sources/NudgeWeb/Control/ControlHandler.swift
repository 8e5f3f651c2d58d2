/// Answers the routes that read and change the daemon.
///
/// Whoever gets here may do so: keys are checked, or the socket's file was; and the call is of the form that the
/// route's definition asks for.
public protocol ControlHandler: Sendable {
  /// The answer to a call: a status with a JSON document, for errors too.
  func answer(_ call: RouteCall) async -> ControlAnswer
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
