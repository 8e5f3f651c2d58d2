import NudgeWeb

/// Makes keys that open the API.
public enum NewKey {
  /// What a key may be for: `ingest`, `admin`, `inbox`.
  public static var purposes: [String] { KeyRing.Kind.allCases.map(\.rawValue) }

  /// A key that nobody knows yet; `nil` for a purpose that is none of `purposes`.
  public static func text(for purpose: String) -> String? {
    KeyRing.Kind(rawValue: purpose).map(KeyRing.newKey)
  }
}
