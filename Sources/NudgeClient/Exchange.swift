/// One field of a request's or an answer's head.
public struct HeaderField: Hashable, Sendable {
  /// In any case.
  public let name: String
  /// Without line breaks.
  public let value: String

  /// A field of this name and value.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// What is sent.
public struct OutgoingRequest: Hashable, Sendable {
  /// In upper case.
  public let method: String
  /// Where to.
  public let url: WebURL
  /// Beside the framing headers and `host`.
  public let headers: [HeaderField]
  /// May be empty.
  public let body: [UInt8]

  /// A request with a body; the framing headers and `host` are added on the way.
  public init(method: String, url: WebURL, headers: [HeaderField], body: [UInt8]) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// What came back.
public struct IncomingAnswer: Hashable, Sendable {
  /// The status code.
  public let status: Int
  /// The value of `Retry-After`, `nil` when there is none.
  public let retryAfter: String?
  /// The body, or its beginning.
  public let body: [UInt8]
  /// Whether the body went on beyond the limit, and was not read further.
  public let isCut: Bool

  /// An answer of these parts.
  public init(status: Int, retryAfter: String? = nil, body: [UInt8] = [], isCut: Bool = false) {
    self.status = status
    self.retryAfter = retryAfter
    self.body = body
    self.isCut = isCut
  }
}

/// Why there is no answer.
public struct ExchangeFailure: Error, Hashable, Sendable {
  /// What kind of thing went wrong.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Nobody took the connection.
    case refused
    /// The deadline passed.
    case timedOut = "timed-out"
    /// The name stands for no address.
    case dns
    /// The encryption could not be agreed on, or the certificate is not to be trusted.
    case tls
    /// The connection broke before the answer was complete.
    case reset
    /// The answer is no HTTP, or the request cannot be written as such.
    case malformed
    /// The policy forbids the address.
    case blockedAddress = "blocked-address"
    /// The task was cancelled.
    case cancelled
  }

  /// What kind of thing went wrong.
  public let kind: Kind
  /// A sentence for people.
  public let text: String

  /// A failure of this kind.
  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }
}

/// What one exchange came to.
public enum ExchangeResult: Hashable, Sendable {
  /// A complete answer, its body up to the limit.
  case answered(IncomingAnswer)
  /// No complete answer.
  case failed(ExchangeFailure)
}
