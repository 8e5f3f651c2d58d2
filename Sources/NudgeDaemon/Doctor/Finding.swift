public import NudgeCore

/// What one look at a machine, its settings or its data has found.
public struct Finding: Hashable, Sendable {
  /// How it is.
  public enum State: String, Hashable, Sendable {
    case good = "ok"
    /// It works, but somebody should look.
    case warning
    case bad
  }

  /// What was looked at: `clock`, `disk`, `channel email`.
  public let subject: String
  /// How it is.
  public let state: State
  /// What was found, in one line.
  public let text: String
  /// What to do; `nil` when nothing is to be done.
  public let advice: String?

  private init(_ subject: String, _ state: State, _ text: String, _ advice: String?) {
    self.subject = subject
    self.state = state
    self.text = text
    self.advice = advice
  }

  static func good(_ subject: String, _ text: String) -> Finding {
    Finding(subject, .good, text, nil)
  }

  static func warning(_ subject: String, _ text: String, _ advice: String) -> Finding {
    Finding(subject, .warning, text, advice)
  }

  static func bad(_ subject: String, _ text: String, _ advice: String) -> Finding {
    Finding(subject, .bad, text, advice)
  }

  /// The finding as one object.
  public var json: JSONValue {
    .object([
      .init("subject", .string(subject)), .init("state", .string(state.rawValue)),
      .init("text", .string(text)), .init("advice", .optional(advice)),
    ])
  }
}
