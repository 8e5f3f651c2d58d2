/// A single value as it is written.
public struct ScalarText: Hashable, Sendable {
  /// The text, without quotes.
  public let text: String
  /// Whether it stands without quotes.
  public let isPlain: Bool
  /// Where it stands.
  public let place: Place

  /// A value that is written so.
  public init(text: String, isPlain: Bool, place: Place) {
    self.text = text
    self.isPlain = isPlain
    self.place = place
  }
}

/// Why a value could not be read, and what would be right.
public struct Misreading: Error, Hashable {
  /// The kind of mistake.
  public let code: DiagnosticCode
  /// What was found, as one sentence.
  public let message: String
  /// Lines that say what would be right.
  public let label: [String]

  /// A reason that names what was found and what would be right.
  public init(_ code: DiagnosticCode, _ message: String, label: [String]) {
    self.code = code
    self.message = message
    self.label = label
  }
}
