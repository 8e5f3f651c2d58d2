import NudgeCore
import Synchronization

/// A disk that is full: events are refused, and what was decided still reaches its outbox.
extension Store {
  /// Keeps some room for what must be written when the disk is full; for the daemon alone.
  ///
  /// Tells whether there was room for that.
  @discardableResult
  public func keepRoom() -> Bool { ballast.lay() }

  /// Whether there is room for events; once a disk that was full has room again, some of it is kept anew.
  public func hasRoom() -> Bool {
    guard condition.withLock({ $0.isFull }) else { return true }
    if !ballast.hasRoomAround {
      // It may be the log that takes the room, when a reader held it or the file could not grow.
      _ = try? checkpoint(truncating: true)
      guard ballast.hasRoomAround else { return false }
    }
    ballast.layAgain()
    condition.withLock { $0.isFull = false }
    return true
  }

  /// Whether the last write found no room, and there has been none since.
  public var isDiskFull: Bool { condition.withLock { $0.isFull } }

  /// Lets the ballast go, and empties the log into the file.
  func makeRoom() {
    let isNew = condition.withLock { condition in
      defer { condition.isFull = true }
      return !condition.isFull
    }
    guard isNew else { return }
    ballast.release()
    // What the log holds twice is room too; if that fails, it stays as it is.
    _ = try? checkpoint(truncating: true)
  }
}
