/// Where a server listens.
public enum ListenAddress: Hashable, Sendable {
  /// Port 0 lets the system choose.
  case tcp(host: String, port: Int)
  /// A socket file, which its owner and group may use.
  case unix(path: String)
  /// A TCP socket that listens already and that somebody else has opened for us; the server closes its descriptor.
  case inherited(descriptor: CInt)
}
