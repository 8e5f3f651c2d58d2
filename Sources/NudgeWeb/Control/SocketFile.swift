#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The file of a Unix socket.
public enum SocketFile {
  /// Why no server can listen there.
  public enum Failure: Error, Hashable, Sendable {
    /// Another process answers there.
    case inUse(path: String)
    /// The path is longer than the 107 bytes that the system takes.
    case tooLong(path: String)
    /// Something is there that is no socket.
    case notASocket(path: String)
    case cannotChange(path: String, errno: Int32)
  }

  /// Removes the file that a dead process has left behind; a living one's is an error.
  static func clear(_ path: String) throws(Failure) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
    guard try !isAnswered(path) else { throw .inUse(path: path) }
    guard unlink(path) == 0 || errno == ENOENT else {
      throw .cannotChange(path: path, errno: errno)
    }
  }

  /// Lets owner and group use the socket, and nobody else.
  static func restrict(_ path: String) throws(Failure) {
    guard chmod(path, 0o660) == 0 else { throw .cannotChange(path: path, errno: errno) }
  }

  /// Removes the file, if it is there.
  static func remove(_ path: String) {
    unlink(path)
  }

  private static func isAnswered(_ path: String) throws(Failure) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard bytes.count < room else { throw .tooLong(path: path) }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard probe >= 0 else { throw .cannotChange(path: path, errno: errno) }
    defer { close(probe) }
    let length = socklen_t(MemoryLayout<sockaddr_un>.size)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(probe, $0, length) == 0 }
    }
  }
}
