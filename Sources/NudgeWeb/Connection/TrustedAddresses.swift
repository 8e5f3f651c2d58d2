/// The addresses of proxies, behind each of which are many clients.
public struct TrustedAddresses: Sendable {
  /// No proxies.
  public static let none = TrustedAddresses { _ in false }

  /// Whether an address, as text, is one of them.
  let contains: @Sendable (String) -> Bool

  /// The addresses of which this is true.
  public init(where contains: @escaping @Sendable (String) -> Bool) {
    self.contains = contains
  }
}
