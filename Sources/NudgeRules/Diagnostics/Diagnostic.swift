/// Something in a rule file that is wrong, or that may be: placed, and with what would be right.
public struct Diagnostic: Hashable, Sendable {
  /// How much it matters.
  public enum Level: String, Hashable, Sendable, CaseIterable {
    /// It stops a load.
    case error
    /// It stops a load only with `--deny-warnings`.
    case warning
    /// It is worth a thought.
    case hint
  }

  /// The kind of mistake.
  public let code: DiagnosticCode
  /// How much it matters here.
  public let level: Level
  /// The stretch of text that it is about.
  public let place: Place
  /// One sentence without a full stop that names what was found.
  public let message: String
  /// Lines that stand beside the carets: what would be right.
  public let label: [String]
  /// Lines below the snippet.
  public let help: [String]

  /// A diagnostic at a place; the level is the code's own unless said.
  public init(
    _ code: DiagnosticCode,
    at place: Place,
    _ message: String,
    level: Level? = nil,
    label: [String] = [],
    help: [String] = []
  ) {
    self.code = code
    self.level = level ?? code.level
    self.place = place
    self.message = message
    self.label = label
    self.help = help
  }
}

extension Diagnostic: Comparable {
  /// By file and position; at one position by code, then message.
  public static func < (left: Diagnostic, right: Diagnostic) -> Bool {
    if left.place != right.place, left.place < right.place || right.place < left.place {
      return left.place < right.place
    }
    return (left.code.rawValue, left.message) < (right.code.rawValue, right.message)
  }
}
