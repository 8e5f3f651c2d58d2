import HummingbirdCore

/// Where a server listens.
public enum ListenAddress: Hashable, Sendable {
  /// Port 0 lets the system choose.
  case tcp(host: String, port: Int)
  /// A socket file, which its owner and group may use.
  case unix(path: String)

  var bindAddress: BindAddress {
    switch self {
    case .tcp(let host, let port): .hostname(host, port: port)
    case .unix(let path): .unixDomainSocket(path: path)
    }
  }
}
