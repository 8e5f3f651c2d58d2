// Dispatch has its own copy of `stat`, and which one the compiler means depends on what it reads first.
import CDispatch
import Glibc

/// What the system says of a file (stat(2)).
struct FileStatus: Hashable {
  let device: UInt64
  let inode: UInt64
  /// The permission bits, of whom it belongs to, of its group and of others.
  let permissions: UInt32

  /// The status of the file at a path, links followed; `nil` when it cannot be had.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The status of an open file; `nil` when it cannot be had.
  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    permissions = UInt32(status.st_mode & 0o7777)
  }
}
