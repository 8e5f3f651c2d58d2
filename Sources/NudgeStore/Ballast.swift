import Foundation
import Synchronization

/// A file that takes up room on the disk until the room is needed.
///
/// A class, since it owns that file; a mutex guards what is small.
final class Ballast: Sendable {
  private struct State {
    var isLaid = false
    /// Whether it has ever been laid: a disk that never had room for it needs none to be well.
    var isWanted = false
  }

  /// `nil`: there is no disk.
  private let path: String?
  private let state = Mutex(State())

  init(path: String?) {
    self.path = path
  }

  /// Lays it where the disk has several times its room; tells whether it lies there.
  func lay() -> Bool {
    guard let path, freeBytes >= 3 * Limits.ballastBytes else { return false }
    let isLaid = Ballast.fill(path)
    state.withLock { state in
      state.isLaid = isLaid
      state.isWanted = state.isWanted || isLaid
    }
    return isLaid
  }

  /// Lays it if it ever was.
  func layAgain() {
    if state.withLock({ $0.isWanted && !$0.isLaid }) { _ = lay() }
  }

  /// Gives its room back.
  func release() {
    guard let path else { return }
    state.withLock { $0.isLaid = false }
    unlink(path)
  }

  /// Whether the disk has room for more than the ballast.
  var hasRoomAround: Bool {
    guard path != nil else { return true }
    let wanted = state.withLock { $0.isWanted } ? 3 * Limits.ballastBytes : 0
    return freeBytes >= wanted + Limits.leastRoomBytes
  }

  /// What the disk has left for us; endless when it does not say.
  private var freeBytes: Int {
    guard let path else { return .max }
    var status = statvfs()
    let folder = (path as NSString).deletingLastPathComponent
    guard statvfs(folder.isEmpty ? "." : folder, &status) == 0 else { return .max }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }

  /// Makes a file whose blocks are the file's (posix_fallocate(3)); none is left behind when there is no room.
  private static func fill(_ path: String) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard posix_fallocate(descriptor, 0, off_t(Limits.ballastBytes)) == 0 else {
      unlink(path)
      return false
    }
    return true
  }
}
