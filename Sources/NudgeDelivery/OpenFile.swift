import Glibc

/// A file or folder that is open; closed when it goes.
struct OpenFile: ~Copyable {
  let descriptor: CInt

  /// The file at this path; `nil` when there is none.
  ///
  /// A symbolic link is an error.
  static func existing(_ path: String) throws(FileOutbox.Failure) -> OpenFile? {
    let descriptor = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    if descriptor < 0 && errno == ENOENT { return nil }
    guard descriptor >= 0 else { throw .system("open", errno) }
    return OpenFile(descriptor: descriptor)
  }

  /// A new file at this path, for its owner and group.
  static func created(_ path: String) throws(FileOutbox.Failure) -> OpenFile {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
    guard descriptor >= 0 else { throw .system("create", errno) }
    return OpenFile(descriptor: descriptor)
  }

  /// Makes what has happened to the names in a folder durable.
  static func syncFolder(_ path: String) throws(FileOutbox.Failure) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open folder", errno) }
    let folder = OpenFile(descriptor: descriptor)
    guard fsync(folder.descriptor) == 0 else { throw .system("sync folder", errno) }
  }

  deinit {
    close(descriptor)
  }

  /// The length of a regular file; `nil` for anything else.
  func length() throws(FileOutbox.Failure) -> Int? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("stat", errno) }
    return status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
  }

  /// The bytes of a range; fewer at the end of the file.
  func read(_ range: Range<Int>) throws(FileOutbox.Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    var done = 0
    while done < range.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        pread(
          descriptor,
          buffer.baseAddress?.advanced(by: done),
          range.count - done,
          off_t(range.lowerBound + done)
        )
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system("read", errno) }
      if count == 0 { break }
      done += count
    }
    return Array(bytes[..<done])
  }

  /// Writes at most this many bytes at an offset; returns how many.
  func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(FileOutbox.Failure) -> Int {
    while true {
      let count = bytes.withUnsafeBytes { buffer in
        pwrite(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .system("write", count < 0 ? errno : EIO) }
      return count
    }
  }

  /// Makes the contents durable.
  func sync() throws(FileOutbox.Failure) {
    guard fdatasync(descriptor) == 0 else { throw .system("sync", errno) }
  }
}
