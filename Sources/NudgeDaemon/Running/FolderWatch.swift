import Dispatch
import Foundation
import Glibc

/// Says that something below some folders has changed, without looking again and again (inotify(7)).
///
/// A class, since it owns a descriptor. Unchecked, since a dispatch source may be used from all threads and does not say
/// so; nothing else of it changes.
final class FolderWatch: @unchecked Sendable {
  /// The system watches no more: `errno` of what failed.
  struct Failure: Error {
    let errno: Int32
  }

  private let descriptor: Int32
  private let source: any DispatchSourceRead
  /// A note for each burst of changes.
  let changes: AsyncStream<Void>

  private static let kinds =
    IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB
    | IN_DELETE_SELF | IN_MOVE_SELF

  /// A watch of nothing yet.
  init() throws(Failure) {
    descriptor = inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK))
    guard descriptor >= 0 else { throw Failure(errno: errno) }
    let (changes, change) = AsyncStream.makeStream(
      of: Void.self,
      bufferingPolicy: .bufferingNewest(1)
    )
    self.changes = changes
    let queue = DispatchQueue(label: "nudged.watch")
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    let descriptor = descriptor
    source.setEventHandler {
      FolderWatch.drain(descriptor)
      change.yield()
    }
    // The descriptor must stay open as long as the source looks at it.
    source.setCancelHandler {
      close(descriptor)
      change.finish()
    }
    self.source = source
    source.resume()
  }

  deinit { source.cancel() }

  /// Watches these folders, and these trees with all that is below them; what is watched already stays so.
  func watch(folders: [String], trees: [String]) {
    for folder in folders { add(folder) }
    for folder in trees {
      add(folder)
      guard let below = FileManager.default.enumerator(atPath: folder) else { continue }
      for case let path as String in below {
        let type = below.fileAttributes?[.type] as? FileAttributeType
        if type == .typeDirectory { add("\(folder)/\(path)") }
      }
    }
  }

  private func add(_ folder: String) {
    // A folder that is not there yet is noticed by its parent's watch.
    _ = inotify_add_watch(descriptor, folder, UInt32(FolderWatch.kinds))
  }

  private static func drain(_ descriptor: Int32) {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while read(descriptor, &bytes, bytes.count) > 0 {}
  }
}
