// Dispatch has its own copy of `statvfs`, and which one the compiler means depends on what it reads first.
import CDispatch
import Foundation
import Glibc

/// How much room a disk has (statvfs(3)).
struct DiskSpace: Hashable {
  /// What this process may still write.
  let freeBytes: Int
  let totalBytes: Int

  /// The disk of a file or folder; `nil` when the system does not tell.
  init?(at path: String) {
    var status = statvfs()
    let folder = (path as NSString).deletingLastPathComponent
    let candidates = [path, folder.isEmpty ? "." : folder]
    guard candidates.contains(where: { statvfs($0, &status) == 0 }) else { return nil }
    freeBytes = Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    totalBytes = Int(clamping: UInt64(status.f_blocks) * UInt64(status.f_frsize))
  }

  /// Whether so little is left that a person should make room: the smaller of a fixed amount and a share.
  var isLow: Bool { freeBytes < min(Limits.lowSpaceBytes, totalBytes / 20) }
}
