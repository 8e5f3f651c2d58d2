/// One file as it was read: where the user found it, and its bytes.
public struct SourceFile: Hashable, Sendable {
  /// The path as the user gave it, so that messages can be followed.
  public let path: String
  /// The bytes as they stand on disk.
  public let bytes: [UInt8]

  /// A file of these bytes.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// A file of this text.
  public init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// The text, without a byte order mark; wrong UTF-8 becomes U+FFFD.
  public var text: String {
    String(
      decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...],
      as: UTF8.self
    )
  }

  /// The lines of the text without their ends, split where YAML splits them.
  public var lines: [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        lines.append(String(line))
        line = String.UnicodeScalarView()
      default: line.append(scalar)
      }
      previous = scalar
    }
    lines.append(String(line))
    return lines
  }
}

/// A stretch of one line of a file.
public struct Place: Hashable, Sendable {
  /// The path as the user gave it.
  public let path: String
  /// Counted from 1.
  public let line: Int
  /// Counted from 1, in Unicode scalars.
  public let column: Int
  /// In Unicode scalars, at least 1.
  public let length: Int

  /// A stretch of a line.
  public init(path: String, line: Int, column: Int, length: Int = 1) {
    self.path = path
    self.line = line
    self.column = column
    self.length = length
  }
}

extension Place: Comparable {
  /// By path, then line, then column.
  public static func < (left: Place, right: Place) -> Bool {
    (left.path, left.line, left.column) < (right.path, right.line, right.column)
  }
}

extension Place: CustomStringConvertible {
  /// The place as `rules/onboarding.yaml:71:9`.
  public var description: String { "\(path):\(line):\(column)" }
}
