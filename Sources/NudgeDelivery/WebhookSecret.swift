/// A key that a channel and its receiver share, in the form `whsec_…` of Standard Webhooks.
public struct WebhookSecret: Hashable, Sendable {
  /// Why a text is no secret.
  ///
  /// The text itself is never repeated.
  public enum Invalid: Error, Hashable, Sendable {
    /// It does not begin with `whsec_`.
    case prefix
    /// What follows is not Base64.
    case encoding
    /// It stands for so many bytes, and not for 24 ... 64.
    case length(Int)
  }

  let key: [UInt8]

  /// The secret that this text writes; white space around it is ignored.
  ///
  /// - Throws: what is wrong with the text.
  public init(_ text: String) throws(Invalid) {
    let text = text.drop(while: \.isWhitespace)
    let trimmed = text.prefix { !$0.isWhitespace }
    guard trimmed.hasPrefix("whsec_"), text[trimmed.endIndex...].allSatisfy(\.isWhitespace) else {
      throw .prefix
    }
    guard let key = Base64.decoded(trimmed.dropFirst(6)) else { throw .encoding }
    guard Limits.secretBytes.contains(key.count) else { throw .length(key.count) }
    self.key = key
  }
}

extension WebhookSecret: CustomStringConvertible {
  /// Never the secret.
  public var description: String { "whsec_…" }
}

extension WebhookSecret.Invalid: CustomStringConvertible {
  /// What would be right.
  public var description: String {
    switch self {
    case .prefix: "a webhook secret begins with whsec_"
    case .encoding: "what follows whsec_ must be Base64"
    case .length(let count): "a webhook secret has 24 to 64 bytes, this one has \(count)"
    }
  }
}
