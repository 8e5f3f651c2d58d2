import Foundation
import Synchronization

/// A file that takes up room on the disk until the room is needed.
///
/// A class, since it owns that file; a mutex guards what is small.
final class Ballast: Sendable {
  private struct State {
    var isLaid = false
    /// How large it is; 0 until it was laid for the first time: a disk that never had room for it needs none to be well.
    var bytes = 0
  }

  /// `nil`: there is no disk.
  private let path: String?
  private let state = Mutex(State())

  init(path: String?) {
    self.path = path
  }

  /// Lays it where the disk has several times its room, a smaller one on a small disk; tells whether it lies there.
  func lay() -> Bool {
    guard let path else { return false }
    // What a run left that was killed is room as well.
    unlink(path)
    let bytes = Ballast.bytes(free: freeBytes)
    let isLaid = bytes > 0 && Ballast.fill(path, bytes)
    state.withLock { state in
      state.isLaid = isLaid
      if isLaid { state.bytes = bytes }
    }
    return isLaid
  }

  /// How large it may be beside so much free room; 0 where there is too little for any.
  private static func bytes(free: Int) -> Int {
    if free >= 3 * Limits.ballastBytes { return Limits.ballastBytes }
    let share = free / Limits.ballastShare
    return share >= Limits.leastBallastBytes ? share : 0
  }

  /// Lays it if it ever was.
  func layAgain() {
    if state.withLock({ $0.bytes > 0 && !$0.isLaid }) { _ = lay() }
  }

  /// Gives its room back.
  func release() {
    guard let path else { return }
    state.withLock { $0.isLaid = false }
    unlink(path)
  }

  /// Gives back what a run left that was killed, when not even opening the database would find room.
  func releaseIfFull() {
    if freeBytes < Limits.leastRoomBytes { release() }
  }

  /// Whether the disk has room for more than the ballast.
  var hasRoomAround: Bool {
    guard path != nil else { return true }
    return freeBytes >= 3 * state.withLock { $0.bytes } + Limits.leastRoomBytes
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
  private static func fill(_ path: String, _ bytes: Int) -> Bool {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard posix_fallocate(descriptor, 0, off_t(bytes)) == 0 else {
      unlink(path)
      return false
    }
    return true
  }
}
