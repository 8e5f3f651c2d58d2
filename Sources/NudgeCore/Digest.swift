import Crypto

/// SHA-256 and HMAC-SHA256, the only cryptography of the project.
public enum Digest {
  /// The SHA-256 of these bytes, 32 of them.
  public static func sha256(_ bytes: some Collection<UInt8>) -> [UInt8] {
    Array(SHA256.hash(data: Array(bytes)))
  }

  /// The SHA-256 of texts in UTF-8 with one zero byte between them.
  public static func sha256(joining parts: [String]) -> [UInt8] {
    sha256(Array(parts.map { Array($0.utf8) }.joined(separator: [0])))
  }

  /// The HMAC-SHA256 of these bytes under this key, 32 of them.
  public static func hmacSHA256(_ bytes: some Collection<UInt8>, key: [UInt8]) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: Array(bytes), using: SymmetricKey(data: key)))
  }

  /// Whether two byte strings are equal, in a time that tells nothing of where they differ.
  public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (one, other) in zip(left, right) { difference |= one ^ other }
    return difference == 0
  }

  /// Bytes as lower-case hexadecimal.
  public static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
