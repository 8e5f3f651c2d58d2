/// The version of the product.
public enum NudgedVersion {
  /// As people write it (semver.org).
  public static let text = "0.1.0"
}
