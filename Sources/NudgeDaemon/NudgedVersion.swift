/// The version of the product.
public enum NudgedVersion {
  /// As people write it (semver.org).
  public static let text = "0.1.0"
  /// When it was finished, as manual pages tell it.
  public static let date = "2026-11-22"
}
