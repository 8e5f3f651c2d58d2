import Foundation
import Glibc

/// A port of loopback at which nobody listens, and which nobody else gets while this value lives.
///
/// A class, since it owns its socket.
public final class ClosedPort: Sendable {
  /// The port.
  public let port: Int
  private let descriptor: CInt

  /// A port that the system chooses.
  ///
  /// - Throws: `POSIXError` when there is none.
  public init() throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard bindLoopback(descriptor, 0, isShared: false) else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
    }
    port = boundPort(descriptor)
  }

  deinit { close(descriptor) }
}

func bindLoopback(_ descriptor: CInt, _ port: Int, isShared: Bool = true) -> Bool {
  // A port that another receiver has just left.
  var isOn: CInt = isShared ? 1 : 0
  let size = socklen_t(MemoryLayout<CInt>.size)
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, size)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(port).bigEndian
  address.sin_addr.s_addr = inet_addr("127.0.0.1")
  return withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
}

func bindUnix(_ descriptor: CInt, _ path: String) -> Bool {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
  return withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
    }
  }
}

func boundPort(_ descriptor: CInt) -> Int {
  var address = sockaddr_in()
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      _ = getsockname(descriptor, $0, &length)
    }
  }
  return Int(UInt16(bigEndian: address.sin_port))
}
