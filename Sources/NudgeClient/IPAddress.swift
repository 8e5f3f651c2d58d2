import Glibc

/// An internet address of version 4 or 6.
///
/// An IPv4 address mapped into IPv6 (`::ffff:127.0.0.1`) is the IPv4 address itself, so that no rule can be
/// passed by writing an address differently.
public struct IPAddress: Hashable, Sendable {
  /// The bytes in network order: 4 or 16 of them.
  public let bytes: [UInt8]

  /// The address of these bytes; `nil` unless there are 4 or 16.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    let isMapped =
      bytes.count == 16 && bytes[0..<10].allSatisfy { $0 == 0 } && bytes[10] == 255
      && bytes[11] == 255
    self.bytes = isMapped ? Array(bytes[12...]) : bytes
  }

  /// The address that this text writes in its full form (`127.0.0.1`, `2001:db8::1`, without brackets);
  /// `nil` for anything else, short forms such as `127.1` included.
  public init?(_ text: String) {
    var version4 = in_addr()
    if inet_pton(AF_INET, text, &version4) == 1 {
      self.init(bytes: withUnsafeBytes(of: version4) { Array($0) })
      return
    }
    var version6 = in6_addr()
    guard inet_pton(AF_INET6, text, &version6) == 1 else { return nil }
    self.init(bytes: withUnsafeBytes(of: version6) { Array($0) })
  }

  /// Whether it is an IPv6 address.
  public var isVersion6: Bool { bytes.count == 16 }
}

extension IPAddress: CustomStringConvertible {
  /// The address in text; IPv6 without brackets and without `::`.
  public var description: String {
    guard isVersion6 else { return bytes.map { String($0) }.joined(separator: ".") }
    return stride(from: 0, to: 16, by: 2).map { index in
      String(Int(bytes[index]) << 8 | Int(bytes[index + 1]), radix: 16)
    }.joined(separator: ":")
  }
}

/// A range of addresses, as in `10.0.0.0/8`.
public struct IPNetwork: Hashable, Sendable {
  /// An address inside.
  public let address: IPAddress
  /// How many leading bits are fixed: up to 32 or 128.
  public let prefixLength: Int

  /// The network that `10.0.0.0/8`, or one address alone, writes; `nil` for any other form.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(String(parts[0])) else { return nil }
    let width = address.bytes.count * 8
    guard parts.count == 2 else {
      self.init(address: address, prefixLength: width)
      return
    }
    guard parts[1].allSatisfy(\.isASCIIDigit), let length = Int(parts[1]), length <= width else {
      return nil
    }
    self.init(address: address, prefixLength: length)
  }

  private init(address: IPAddress, prefixLength: Int) {
    self.address = address
    self.prefixLength = prefixLength
  }

  /// Whether the address lies inside.
  public func contains(_ other: IPAddress) -> Bool {
    guard other.bytes.count == address.bytes.count else { return false }
    let whole = prefixLength / 8
    guard other.bytes[0..<whole] == address.bytes[0..<whole] else { return false }
    let rest = prefixLength % 8
    guard rest > 0 else { return true }
    return (other.bytes[whole] ^ address.bytes[whole]) >> UInt8(8 - rest) == 0
  }
}

extension Character {
  /// Whether it is a decimal digit of ASCII.
  var isASCIIDigit: Bool { ("0"..."9").contains(self) }
}
