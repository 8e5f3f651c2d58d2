/// The UTF-8 bytes of one JSON value, known to be well-formed; empty stands for nothing.
public struct JSONText: Hashable, Sendable {
  /// The bytes as they stand on disk and on the wire.
  public let bytes: [UInt8]

  /// Bytes that a strict parser has accepted, or that we have written ourselves.
  public init(wellFormed bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Nothing at all.
  public static let empty = JSONText(wellFormed: [])

  /// Whether nothing is there.
  public var isEmpty: Bool { bytes.isEmpty }

  /// The bytes as text.
  public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// One JSON value, read.
public enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(Number)
  case string(String)
  case array([JSONValue])
  /// In the order of the text; a repeated key keeps its last value at its first place.
  case object([Member])

  /// One key and its value.
  public struct Member: Hashable, Sendable {
    /// The key, unescaped.
    public let key: String
    /// What stands under it.
    public let value: JSONValue

    /// A key with its value.
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }
}

/// A value that rules can compare: JSON's without maps and lists.
public enum Scalar: Hashable, Sendable {
  case bool(Bool)
  case number(Number)
  case text(String)
}
