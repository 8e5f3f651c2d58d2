/// Answers the routes that read and change the daemon.
///
/// Whoever gets here may do so: keys are checked, or the socket's file was; and the call is of the form that the
/// route's definition asks for.
public protocol ControlHandler: Sendable {
  /// The answer to a call: a status with a JSON document, for errors too.
  func answer(_ call: RouteCall) async -> ControlAnswer

  /// The answer to a call of a route that gives server-sent events.
  func stream(_ call: RouteCall) async -> ControlStream
}

extension ControlHandler {
  /// Nothing, since nothing is streamed here.
  public func stream(_ call: RouteCall) async -> ControlStream {
    .refused(.failure(404, code: "not-found", message: "nothing is streamed here"))
  }
}

/// Server-sent events, or why there are none.
public enum ControlStream: Sendable {
  /// An error, as an answer of its own.
  case refused(ControlAnswer)
  /// Gives the next part, when there is one; `nil` ends the stream.
  case events(@Sendable () async -> String?)
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
