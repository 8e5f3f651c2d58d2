import NudgeCore

/// The keys that open the API, as hashes only; several at once, so that they can be changed
/// without a gap.
public struct KeyRing: Sendable {
  /// What a key is good for.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// Sending events.
    case ingest
    /// Reading and changing everything.
    case admin
    /// Reading the progress and the inbox of people.
    case inbox

    /// What keys that we make begin with.
    public var prefix: String {
      switch self {
      case .ingest: "nwk_"
      case .admin: "nat_"
      case .inbox: "nib_"
      }
    }
  }

  /// Why a key file cannot be used; the line is counted from 1.
  public enum Invalid: Error, Hashable, Sendable {
    /// Shorter than 16 characters: it could be guessed.
    case tooShort(line: Int)
    /// Made for another purpose.
    case wrongKind(line: Int, is: Kind)
    /// `sha256:` without 64 hexadecimal digits behind it.
    case badHash(line: Int)
    /// Spaces or other characters that no header carries.
    case badCharacter(line: Int)
  }

  private let hashes: [Kind: [[UInt8]]]

  /// A ring of the keys in these files, one a line, plain or as `sha256:HEX`; `#` begins a comment.
  ///
  /// - Throws: What is wrong with the first bad line.
  public init(ingest: String = "", admin: String = "", inbox: String = "") throws(Invalid) {
    self.hashes = [
      .ingest: try KeyRing.hashes(in: ingest, kind: .ingest),
      .admin: try KeyRing.hashes(in: admin, kind: .admin),
      .inbox: try KeyRing.hashes(in: inbox, kind: .inbox),
    ]
  }

  /// Whether this key is one of that kind, in a time that tells nothing of the others.
  public func holds(_ key: String, as kind: Kind) -> Bool {
    let hash = Digest.sha256(Array(key.utf8))
    var isFound = false
    for known in hashes[kind] ?? [] {
      let isEqual = Digest.areEqual(hash, known)
      isFound = isFound || isEqual
    }
    return isFound
  }

  /// A new key of these random bytes, of which there must be at least 16 (128 bits).
  public static func makeKey(_ kind: Kind, random bytes: [UInt8]) -> String {
    precondition(bytes.count >= 16, "a key of \(bytes.count) random bytes")
    return kind.prefix + Digest.hexadecimal(bytes)
  }

  private static func hashes(in text: String, kind: Kind) throws(Invalid) -> [[UInt8]] {
    var found: [[UInt8]] = []
    for (place, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let content = trimmed(line.prefix { $0 != "#" })
      if content.isEmpty { continue }
      found.append(try hash(of: content, kind: kind, line: place + 1))
    }
    return found
  }

  private static func hash(
    of content: String,
    kind: Kind,
    line: Int
  ) throws(Invalid) -> [UInt8] {
    if content.hasPrefix("sha256:") {
      guard let hash = bytes(hexadecimal: content.dropFirst(7)), hash.count == 32 else {
        throw .badHash(line: line)
      }
      return hash
    }
    for other in Kind.allCases where other != kind && content.hasPrefix(other.prefix) {
      throw .wrongKind(line: line, is: other)
    }
    guard content.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }) else {
      throw .badCharacter(line: line)
    }
    guard content.utf8.count >= 16 else { throw .tooShort(line: line) }
    return Digest.sha256(Array(content.utf8))
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }

  private static func bytes(hexadecimal text: Substring) -> [UInt8]? {
    let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[place], let low = digits[place + 1] else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    return bytes
  }
}
