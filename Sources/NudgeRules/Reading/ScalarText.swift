/// A single value as it is written.
public struct ScalarText: Hashable, Sendable {
  public let text: String
  /// Whether it stands without quotes.
  public let isPlain: Bool
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
  public let code: DiagnosticCode
  public let message: String
  public let label: [String]

  /// A reason that names what was found and what would be right.
  public init(_ code: DiagnosticCode, _ message: String, label: [String]) {
    self.code = code
    self.message = message
    self.label = label
  }
}
