import NudgeCore
import NudgeWire

/// What a path takes.
enum IngestCall: Hashable, Sendable {
  /// The wire of Segment and RudderStack.
  case segment(SegmentDecoder.Call)
  /// Events of PostHog's wire.
  case postHog
  /// PostHog's question about feature flags, of which we have none.
  case flags(FlagQuestion)
  /// CloudEvents over HTTP.
  case cloudEvents
}

/// How an SDK of PostHog asks about feature flags.
enum FlagQuestion: Hashable, Sendable {
  case flags
  /// As SDKs asked before there was `/flags`.
  case decide
}

/// Which paths take events, and what call each makes.
enum IngestPath {
  /// The call of a path without trailing slash; `nil` for all other paths.
  static func call(of path: String) -> IngestCall? {
    calls[path]
  }

  /// All of the paths, in order.
  static var paths: [String] { calls.keys.sorted() }

  /// Whether a path also answers GET, since it only asks.
  static func isQuestion(_ path: String) -> Bool {
    if case .flags = calls[path] { true } else { false }
  }

  private static let calls: [String: IngestCall] = [
    "/v1/batch": .segment(.batch), "/v1/import": .segment(.batch), "/v1/b": .segment(.batch),
    "/v1/track": .segment(.single(.track)), "/v1/t": .segment(.single(.track)),
    "/v1/identify": .segment(.single(.identify)), "/v1/i": .segment(.single(.identify)),
    "/v1/group": .segment(.single(.group)), "/v1/g": .segment(.single(.group)),
    "/v1/page": .segment(.single(.page)), "/v1/p": .segment(.single(.page)),
    "/v1/screen": .segment(.single(.screen)), "/v1/s": .segment(.single(.screen)),
    "/v1/alias": .segment(.single(.alias)), "/v1/a": .segment(.single(.alias)),
    "/batch": .postHog, "/capture": .postHog, "/e": .postHog, "/i/v0/e": .postHog,
    "/flags": .flags(.flags), "/decide": .flags(.decide),
    "/events": .cloudEvents,
  ]
}
