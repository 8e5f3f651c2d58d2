import Glibc

/// The journal's socket, to which each entry goes as one datagram.
///
/// A class, since it owns a descriptor.
public final class JournalSocket: Sendable {
  /// Where systemd-journald listens.
  public static let standardPath = "/run/systemd/journal/socket"

  private let descriptor: Int32

  /// A connection to the socket at a path; `nil` when nobody listens there.
  public init?(path: String = JournalSocket.standardPath) {
    guard let address = SocketAddress(path) else { return nil }
    let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, kind, 0)
    guard descriptor >= 0 else { return nil }
    let result = address.withPointer { connect(descriptor, $0, $1) }
    guard result == 0 else {
      close(descriptor)
      return nil
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Sends a datagram; whether it was taken.
  func send(_ bytes: [UInt8]) -> Bool {
    while true {
      let count = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      if count < 0, errno == EINTR { continue }
      return count == bytes.count
    }
  }
}
