import Glibc

/// The right to be the only daemon on a path, held for as long as this value lives.
///
/// A lock by flock(2) on `PATH.lock`, in which the owner's process id stands. The system gives it back when
/// its process ends in whatever way; the file stays, since removing it would let two in.
public struct DirectoryLock: ~Copyable {
  /// Why the lock could not be had.
  public enum Failure: Error, Hashable, Sendable {
    /// Another process holds it; `nil` when it has not said which.
    case held(by: Int32?)
    /// The system refused a call on the lock's file.
    case system(path: String, call: String, errno: Int32)
  }

  private let descriptor: CInt

  /// Takes the lock of a path at once, or not at all.
  public init(_ path: String) throws(Failure) {
    let file = path + ".lock"
    descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard descriptor >= 0 else { throw .system(path: file, call: "open", errno: errno) }
    do {
      try DirectoryLock.lock(descriptor, file: file)
      try DirectoryLock.write(getpid(), to: descriptor, file: file)
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit {
    ftruncate(descriptor, 0)
    close(descriptor)
  }

  private static func lock(_ descriptor: CInt, file: String) throws(Failure) {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      switch errno {
      case EINTR: continue
      case EWOULDBLOCK: throw .held(by: owner(in: descriptor))
      default: throw .system(path: file, call: "lock", errno: errno)
      }
    }
  }

  private static func owner(in descriptor: CInt) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int32(String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self))
  }

  private static func write(
    _ owner: pid_t,
    to descriptor: CInt,
    file: String
  ) throws(Failure) {
    let bytes = Array("\(owner)\n".utf8)
    guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count
    else { throw .system(path: file, call: "write", errno: errno) }
  }
}

extension DirectoryLock.Failure: CustomStringConvertible {
  /// A sentence for people.
  public var description: String {
    switch self {
    case .held(let owner?): "another nudged runs here, process \(owner)"
    case .held(nil): "another nudged runs here"
    case .system(let path, let call, let code):
      "\(path): \(call): \(String(cString: strerror(code)))"
    }
  }
}
