/// Why a whole body was refused.
public enum WireError: Error, Hashable, Sendable {
  /// Not JSON, even read leniently: what was expected, and at which byte.
  case malformed(expected: String, at: Int)
  case notAnObject
  /// `batch` is missing, or not a list.
  case noBatch
  case tooManyMessages(limit: Int)
  case tooDeep(limit: Int)
  case bodyTooLarge(limit: Int)
  case outOfMemory

  /// A stable word for the reason.
  public var code: String {
    switch self {
    case .malformed: "malformed-json"
    case .notAnObject: "not-an-object"
    case .noBatch: "no-batch"
    case .tooManyMessages: "too-many-messages"
    case .tooDeep: "too-deep"
    case .bodyTooLarge: "too-large"
    case .outOfMemory: "out-of-memory"
    }
  }

  /// A sentence that says what is wrong and what would be right.
  public var message: String {
    switch self {
    case .malformed(let expected, let offset):
      "the body is not JSON: expected \(expected) at byte \(offset)"
    case .notAnObject: "the body must be one JSON object"
    case .noBatch: "the body needs `batch`, a list of messages"
    case .tooManyMessages(let limit): "a batch holds at most \(limit) messages"
    case .tooDeep(let limit): "JSON is nested at most \(limit) levels deep"
    case .bodyTooLarge(let limit): "a body has at most \(limit) bytes, after inflating"
    case .outOfMemory: "there is no memory to read the body"
    }
  }
}
