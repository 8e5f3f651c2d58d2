/// Where requests may go.
///
/// Without further word only addresses that the public internet routes to: loopback, private, link-local,
/// cloud metadata and every other special range are refused (IANA's IPv4 and IPv6 Special-Purpose Address
/// Registries, RFC 6890), and the scheme is https.
public struct AddressPolicy: Hashable, Sendable {
  /// Why a request may not leave.
  public enum Refusal: Error, Hashable, Sendable {
    /// The scheme is http, and http is not allowed.
    case notEncrypted
    /// The name or the literal stands for an address inside a special range.
    case special(IPAddress, range: String)
  }

  /// The special ranges that are allowed all the same.
  public let allowedNetworks: [IPNetwork]
  /// Whether plain http is allowed.
  public let allowsHTTP: Bool

  /// A policy that allows these networks beside the public ones.
  public init(allowedNetworks: [IPNetwork] = [], allowsHTTP: Bool = false) {
    self.allowedNetworks = allowedNetworks
    self.allowsHTTP = allowsHTTP
  }

  /// Lets addresses pass.
  ///
  /// One bad address refuses all: a name that stands for a public and a private address is an attack or a mistake.
  /// - Throws: the first reason to refuse.
  public func vet(_ addresses: [IPAddress]) throws(Refusal) {
    for address in addresses {
      guard !allowedNetworks.contains(where: { $0.contains(address) }) else { continue }
      guard let range = AddressPolicy.specialRanges.first(where: { $0.network.contains(address) })
      else { continue }
      throw .special(address, range: range.name)
    }
  }

  /// Lets the scheme of a URL pass.
  ///
  /// - Throws: `notEncrypted`.
  public func vet(scheme: WebURL.Scheme) throws(Refusal) {
    if scheme == .http && !allowsHTTP { throw .notEncrypted }
  }

  /// What is no public host.
  ///
  /// IPv6 outside of 2000::/3 is all reserved, and holds loopback, NAT64, unique local,
  /// link-local and multicast addresses.
  private static let specialRanges: [(network: IPNetwork, name: String)] = [
    ("0.0.0.0/8", "this network"), ("10.0.0.0/8", "private"), ("100.64.0.0/10", "shared"),
    ("127.0.0.0/8", "loopback"), ("169.254.0.0/16", "link-local and metadata"),
    ("172.16.0.0/12", "private"), ("192.0.0.0/24", "protocol assignments"),
    ("192.0.2.0/24", "documentation"), ("192.88.99.0/24", "relays"), ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "benchmarks"), ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"), ("224.0.0.0/4", "multicast"), ("240.0.0.0/4", "reserved"),
    ("::1", "loopback"), ("::/3", "reserved"), ("2001::/23", "protocol assignments"),
    ("2001:db8::/32", "documentation"), ("2002::/16", "relays"), ("2620:4f:8000::/48", "relays"),
    ("3fff::/20", "documentation"), ("fc00::/7", "private"), ("fe80::/10", "link-local"),
    ("ff00::/8", "multicast"), ("4000::/2", "reserved"), ("8000::/1", "reserved"),
  ].compactMap { text, name in IPNetwork(text).map { ($0, name) } }
}

extension AddressPolicy.Refusal: CustomStringConvertible {
  /// What is refused and which setting allows it.
  public var description: String {
    switch self {
    case .notEncrypted:
      "the address is not https; `allow_http: true` allows it"
    case .special(let address, let range):
      "\(address) is a special address (\(range)); `allow_networks` can list it"
    }
  }
}
