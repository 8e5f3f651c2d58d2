import Glibc

/// What makes a file the same under two names.
struct FileIdentity: Hashable {
  let device: UInt
  let inode: UInt
}

/// The few questions to the file system that tzdata needs; Foundation takes ten times as long.
enum File {
  /// What a path leads to, links followed.
  enum Kind {
    case folder
    case file(FileIdentity)
    /// Nothing, or something that cannot be read.
    case other
  }

  static func kind(of path: String) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { return .other }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: return .folder
    case S_IFREG:
      return .file(FileIdentity(device: UInt(status.st_dev), inode: UInt(status.st_ino)))
    default: return .other
    }
  }

  /// The names in a folder, sorted, without hidden ones.
  static func names(in path: String) throws(SystemZones.Failure) -> [String] {
    guard let folder = opendir(path) else { throw .unreadable(path: path, code: errno) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  /// The bytes of a file, at most as many as the limit.
  static func bytes(of path: String, limit: Int) throws(SystemZones.Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unreadable(path: path, code: errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, code: errno) }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: min(limit, Int(status.st_size))) {
      buffer,
      count in
      while count < buffer.count {
        let taken = read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
        if taken < 0, errno == EINTR { continue }
        if taken < 0 { failure = errno }
        if taken <= 0 { return }
        count += taken
      }
    }
    guard failure == 0 else { throw .unreadable(path: path, code: failure) }
    return bytes
  }
}
