/// What a channel sends in its own form instead of the payload, rendered when it was decided.
public enum ChannelRequest: Hashable, Sendable {
  /// One header of the call.
  public struct Header: Hashable, Sendable {
    /// As the settings write it.
    public let name: String
    /// One line.
    public let value: String

    /// A header of these texts.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// This body and these headers; no body: the payload itself.
  case ready(body: JSONText?, headers: [Header])
  /// The templates gave nothing that can be sent, for this reason.
  case failed(reason: String)
}

extension ChannelRequest {
  /// The request as the database keeps it.
  public var json: JSONText {
    switch self {
    case .failed(let reason): JSONValue.object([.init("failure", .string(reason))]).json
    case .ready(let body, let headers):
      JSONValue.object([
        .init("body", .optional(body?.text)),
        .init("headers", .object(headers.map { JSONValue.Member($0.name, .string($0.value)) })),
      ]).json
    }
  }

  /// The request that was kept so; `nil` for what is none.
  public init?(kept text: JSONText) {
    guard let value = text.value, case .object = value else { return nil }
    if let reason = value["failure"]?.text {
      self = .failed(reason: reason)
      return
    }
    var headers: [Header] = []
    if case .object(let members)? = value["headers"] {
      headers = members.compactMap { member in member.value.text.map { Header(member.key, $0) } }
    }
    let body = value["body"]?.text.map { JSONText(wellFormed: Array($0.utf8)) }
    self = .ready(body: body, headers: headers)
  }
}
