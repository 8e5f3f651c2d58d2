import NudgeCore
import NudgeWeb

/// Makes keys that open the API.
public enum NewKey {
  /// Too many to guess, and no more than a line holds.
  private static let randomBytes = 24

  /// What a key may be for: `ingest`, `admin`, `inbox`.
  public static var purposes: [String] { KeyRing.Kind.allCases.map(\.rawValue) }

  /// A key that nobody knows yet: what it is for, as a prefix, and 24 random bytes in hexadecimal.
  ///
  /// `nil` for a purpose that is none of `purposes`.
  public static func text(
    for purpose: String,
    using random: inout some RandomNumberGenerator
  ) -> String? {
    guard let kind = KeyRing.Kind(rawValue: purpose) else { return nil }
    let bytes = (0..<randomBytes).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    return kind.prefix + Digest.hexadecimal(bytes)
  }
}
