/// Turns a template's name and the payload's `data` into a subject and a body.
public protocol MessageRenderer: Sendable {
  /// Whether there are templates at all; without any, nothing is asked of it.
  var hasTemplates: Bool { get }

  /// The rendered message; `nil` when the receiver renders, since there is no such template here.
  ///
  /// - Throws: ``MessageFailure`` when the template cannot be rendered with these values.
  func message(template: String, values: JSONValue) throws(MessageFailure) -> Message?

  /// What a channel with templates of its own sends instead of a payload; `nil` for a channel without.
  func request(channel: String, payload: JSONText) -> ChannelRequest?
}

extension MessageRenderer {
  /// Nothing, since no channel has templates of its own.
  public func request(channel: String, payload: JSONText) -> ChannelRequest? { nil }
}

/// A subject line and a body.
public struct Message: Hashable, Sendable {
  /// The subject line; one line.
  public let subject: String
  /// The text below it.
  public let body: String

  /// A message of these texts.
  public init(subject: String, body: String) {
    self.subject = subject
    self.body = body
  }
}

/// Why a message could not be rendered.
public struct MessageFailure: Error, Hashable, Sendable {
  /// What is wrong, for people.
  public let reason: String

  /// A failure for this reason.
  public init(reason: String) {
    self.reason = reason
  }
}

/// No templates here: every name is handed on and the receiver renders.
public struct NoMessages: MessageRenderer {
  /// A renderer without templates.
  public init() {}

  /// None.
  public var hasTemplates: Bool { false }

  /// Nothing, since the receiver renders.
  public func message(template: String, values: JSONValue) -> Message? { nil }
}
