import Glibc

/// The listening sockets that a service manager has opened for us (sd_listen_fds(3)).
///
/// They outlive us, so what comes between two runs waits in them instead of being refused.
public struct HandedSockets: Hashable, Sendable {
  /// One of them.
  struct Socket: Hashable, Sendable {
    let descriptor: CInt
    /// What its unit calls it.
    let name: String
  }

  let sockets: [Socket]

  /// These sockets.
  init(sockets: [Socket]) {
    self.sockets = sockets
  }

  /// The sockets that an environment tells of.
  ///
  /// - Parameters:
  ///   - environment: Of it, `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES` are read.
  ///   - processID: Us; sockets meant for another process are none.
  public init(environment: [String: String], processID: Int32) {
    let count = environment["LISTEN_FDS"].flatMap(Int32.init) ?? 0
    guard environment["LISTEN_PID"] == String(processID), (1...HandedSockets.most).contains(count)
    else {
      sockets = []
      return
    }
    let names = (environment["LISTEN_FDNAMES"] ?? "")
      .split(separator: ":", omittingEmptySubsequences: false)
    sockets = (0..<count).map { index in
      let name = names.indices.contains(Int(index)) ? String(names[Int(index)]) : ""
      return Socket(descriptor: HandedSockets.first + index, name: name)
    }
  }

  /// The sockets of this process, whose variables and descriptors are then kept from children.
  ///
  /// To be called once and first of all: changing the environment while other threads read it is not safe.
  public static func takenFromEnvironment() -> HandedSockets {
    var environment: [String: String] = [:]
    for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] {
      guard let value = getenv(name) else { continue }
      environment[name] = String(cString: value)
      unsetenv(name)
    }
    let handed = HandedSockets(environment: environment, processID: getpid())
    for socket in handed.sockets { _ = fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC) }
    return handed
  }

  /// The first descriptor that is handed over: SD_LISTEN_FDS_START.
  private static let first: CInt = 3
  /// More are a mistake: one for each address of a machine is plenty.
  private static let most: Int32 = 64
}

// MARK: Checking

extension HandedSockets {
  /// The descriptors at which HTTP is to be served.
  ///
  /// - Throws: ``DaemonFailure`` for one that is no listening TCP socket, or that can be reached from outside though
  ///   neither nudged nor a proxy speaks TLS.
  func listeners(allowingPublic allowsPublic: Bool) throws(DaemonFailure) -> [CInt] {
    for socket in sockets {
      guard let mistake = socket.mistake(allowsPublic) else { continue }
      throw DaemonFailure(
        .invalid,
        "the socket that the service manager hands over\(socket.title) \(mistake)"
      )
    }
    return sockets.map(\.descriptor)
  }
}

extension HandedSockets.Socket {
  fileprivate var title: String { name.isEmpty ? "" : " as `\(name)`" }

  /// What is wrong with it, and what would be right; `nil` when nothing is.
  fileprivate func mistake(_ allowsPublic: Bool) -> String? {
    // Without a name of its own a socket is called like its unit.
    guard ["", "unknown", "ingest"].contains(name) || name.hasSuffix(".socket") else {
      return "is not one that nudged knows; write FileDescriptorName=ingest"
    }
    guard let kind = option(SO_TYPE) else {
      return "is no socket; write ListenStream= with a port"
    }
    guard kind == Int32(SOCK_STREAM.rawValue) else {
      return "does not take connections; write ListenStream= instead of ListenDatagram="
    }
    guard let family = option(SO_DOMAIN), family == AF_INET || family == AF_INET6 else {
      return "is not TCP; write ListenStream= with a port, such as 127.0.0.1:8627"
    }
    guard option(SO_ACCEPTCONN) == 1 else {
      return "does not listen; write Accept=no"
    }
    return allowsPublic || isLoopback
      ? nil
      : "can be reached from outside, without TLS; write ListenStream=127.0.0.1:8627, or in the settings `tls`, or `behind_proxy: true` where a proxy ends TLS"
  }

  private func option(_ name: CInt) -> CInt? {
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }

  private var isLoopback: Bool {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      let address = UnsafeMutableRawPointer(pointer)
      guard
        getsockname(descriptor, address.assumingMemoryBound(to: sockaddr.self), &length) == 0
      else { return false }
      return switch CInt(pointer.pointee.ss_family) {
      case AF_INET: HandedSockets.isLoopback(address.load(as: sockaddr_in.self))
      case AF_INET6: HandedSockets.isLoopback(address.load(as: sockaddr_in6.self))
      default: false
      }
    }
  }
}

extension HandedSockets {
  /// 127.0.0.0/8 (RFC 1122, section 3.2.1.3).
  fileprivate static func isLoopback(_ address: sockaddr_in) -> Bool {
    UInt32(bigEndian: address.sin_addr.s_addr) >> 24 == 127
  }

  /// `::1` (RFC 4291, section 2.5.3).
  fileprivate static func isLoopback(_ address: sockaddr_in6) -> Bool {
    withUnsafeBytes(of: address.sin6_addr) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
  }
}
