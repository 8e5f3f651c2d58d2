import Foundation
import Glibc
import NudgeDelivery

/// Looks at the disks of the database and of file outboxes.
struct DiskExam {
  let settings: Settings

  var findings: [Finding] {
    let outboxes = settings.outboxes.sorted { $0.key < $1.key }.compactMap { name, outbox in
      if case .file(let path, _) = outbox { file(name, path) } else { nil }
    }
    return [database, fileSystem].compactMap(\.self) + outboxes
  }

  private var database: Finding {
    guard let space = DiskSpace(at: settings.database) else {
      return .bad(
        "disk",
        "there is no folder for \(settings.database)",
        "make it, and give it to the user of nudged"
      )
    }
    let text = "\((space.freeBytes / 1_048_576)) MiB free for \(settings.database)"
    guard !space.isLow else {
      return .bad(
        "disk",
        text,
        "make room; with none left, senders of events are told to come back later"
      )
    }
    return .good("disk", text)
  }

  /// What SQLite's write-ahead log does not work on (https://sqlite.org/wal.html, "WAL does not work over a network
  /// filesystem").
  private static let networks: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "afs", "9p", "fuse.sshfs", "ceph", "glusterfs",
  ]

  private var fileSystem: Finding? {
    let path = URL(filePath: settings.database).resolvingSymlinksInPath().path
    guard let name = DiskExam.fileSystem(of: path), DiskExam.networks.contains(name) else {
      return nil
    }
    return .bad(
      "disk",
      "\(settings.database) lies on \(name), where SQLite's log is not safe",
      "move it to a disk of this machine: store.path of the settings"
    )
  }

  /// The type of the file system that a file lies on, from the table of mounts (proc(5)); the innermost counts.
  private static func fileSystem(of path: String) -> String? {
    guard let table = FileManager.default.contents(atPath: "/proc/self/mounts") else { return nil }
    let mounts = String(decoding: table, as: UTF8.self).split(separator: "\n")
      .map { $0.split(separator: " ").map(String.init) }
      .filter { $0.count > 2 && (path + "/").hasPrefix($0[1] == "/" ? "/" : $0[1] + "/") }
    return mounts.max { $0[1].count < $1[1].count }?[2]
  }

  private func file(_ name: String, _ path: String) -> Finding {
    let folder = (path as NSString).deletingLastPathComponent
    let place = folder.isEmpty ? "." : folder
    guard access(place, F_OK) == 0 else {
      return .good("channel \(name)", "\(path); its folder is made with the first message")
    }
    guard access(place, W_OK) == 0 else {
      return .bad(
        "channel \(name)",
        "the folder of \(path) cannot be written by this user",
        "give it to the user of nudged, or run this as that user"
      )
    }
    return .good("channel \(name)", path)
  }
}
