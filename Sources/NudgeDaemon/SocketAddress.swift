import Glibc

/// The address of a Unix socket: a path, or an abstract name behind `@`.
struct SocketAddress {
  private var address = sockaddr_un()
  private let length: socklen_t

  /// The address that a text names; `nil` when it is too long.
  init?(_ text: String) {
    let isAbstract = text.hasPrefix("@")
    let name = isAbstract ? [0] + Array(text.utf8.dropFirst()) : Array(text.utf8)
    let head = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path)
    guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    // An abstract name ends where its length says, and every byte counts (unix(7)).
    length = socklen_t(head + name.count + (isAbstract ? 0 : 1))
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
