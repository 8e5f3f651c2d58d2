import HTTPTypes
import NudgeWire

/// Why nothing of a request was taken.
struct IngestRefusal: Error, Hashable {
  let status: Int
  let code: String
  let message: String
  /// Seconds after which asking again may help; `nil` when it never does.
  var retryAfter: Int?

  static let unknownKey = IngestRefusal(
    status: 401,
    code: "unknown-key",
    message: "the key is missing or unknown: send it as Basic user, as Bearer token, or in the "
      + "body as `writeKey` or `api_key`"
  )
}

extension IngestRefusal {
  /// More requests than a key may send in a second.
  static let tooFast = IngestRefusal(
    status: 429,
    code: "too-fast",
    message: "this key sends more requests a second than `limits.rate` allows",
    retryAfter: 1
  )

  init(_ error: WireError) {
    self.init(status: error.status, code: error.code, message: error.message)
  }
}

/// The answers that the SDKs of each wire understand.
extension IngestCall {
  /// All of it is durable.
  func taken(rejected: Int) -> Answer {
    let note = rejected > 0 ? #","rejected":\#(rejected)"# : ""
    return switch self {
    case .segment, .cloudEvents: Answer(200, Array(#"{"success":true\#(note)}"#.utf8))
    case .postHog, .flags: Answer(200, Array(#"{"status":1\#(note)}"#.utf8))
    }
  }

  /// Nothing of it was taken.
  func answer(_ refusal: IngestRefusal) -> Answer {
    let seconds = refusal.retryAfter.map { String($0) }
    return .failure(
      refusal.status,
      refusal.code,
      refusal.message,
      hasDetail: isPostHog,
      fields: seconds.map { [(.retryAfter, $0)] } ?? []
    )
  }

  /// The path is right and the method is not.
  var wrongMethod: Answer {
    let allowed = "POST, OPTIONS"
    return .failure(
      405,
      "wrong-method",
      "this path takes \(allowed)",
      hasDetail: isPostHog,
      fields: [(.allow, allowed)]
    )
  }

  private var isPostHog: Bool {
    switch self {
    case .postHog, .flags: true
    case .segment, .cloudEvents: false
    }
  }
}

extension FlagQuestion {
  /// No flags, in the words that were asked for.
  var answer: Answer {
    switch self {
    case .flags: Answer(200, Array(#"{"flags":{},"errorsWhileComputingFlags":false}"#.utf8))
    case .decide:
      Answer(
        200,
        Array(
          (#"{"flags":{},"featureFlags":{},"featureFlagPayloads":{},"#
            + #""errorsWhileComputingFlags":false,"sessionRecording":false,"#
            + #""supportedCompression":["gzip-js","base64"]}"#).utf8
        )
      )
    }
  }
}
