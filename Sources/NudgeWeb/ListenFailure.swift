import Glibc

/// Why the system lets nobody listen at an address.
public struct ListenFailure: Error, Hashable, Sendable {
  /// The address.
  public let address: ListenAddress
  /// The system's error number.
  public let errno: Int32
}

extension ListenFailure: CustomStringConvertible {
  /// What is wrong and what would help, for people.
  public var description: String {
    let advice = errno == EADDRINUSE ? "; another process listens there" : ""
    return "cannot listen at \(address.text): \(String(cString: strerror(errno)))\(advice)"
  }
}

extension ListenAddress {
  var text: String {
    switch self {
    case .tcp(let host, let port): "\(host):\(port)"
    case .unix(let path): path
    case .inherited(let descriptor): "the socket handed over as descriptor \(descriptor)"
    }
  }
}
