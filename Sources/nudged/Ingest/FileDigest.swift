import Foundation
import NudgeCore
import NudgeDaemon

/// Names a file by what is in it, so that a renamed one is known and a changed one is not.
enum FileDigest {
  /// How much of the beginning and of the end tells files apart.
  private static let readBytes = 1 << 20

  /// The name of a file that is read in some way.
  static func text(of path: String, readAs signature: String) throws(Failure) -> String {
    try InputFile.explained {
      let file = try handle(path)
      let head = try file.read(upToCount: readBytes) ?? Data()
      let size = try file.seekToEnd()
      try file.seek(toOffset: size > UInt64(readBytes) ? size - UInt64(readBytes) : 0)
      let tail = try file.read(upToCount: readBytes) ?? Data()
      let way = signature == "\n" ? "" : signature
      return Digest.hexadecimal(
        Digest.sha256(Array(head) + Array(tail) + Array("\(size)\(way)".utf8))
      )
    }
  }

  /// How many bytes of plain text a file has; `nil` when it is compressed.
  static func plainBytes(of path: String) throws(Failure) -> Int? {
    try InputFile.explained {
      let file = try handle(path)
      let isCompressed = try file.read(upToCount: 2) == Data([0x1F, 0x8B])
      return isCompressed ? nil : Int(try file.seekToEnd())
    }
  }

  private static func handle(_ path: String) throws(Failure) -> FileHandle {
    switch InputFile.kind(of: path) {
    case .nothing: throw Failure("there is no file \(path)", .noSuchFile)
    case .folder: throw Failure("\(path) is a folder; name the files in it", .noSuchFile)
    case .file: break
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Failure("may not read \(path)", .permission)
    }
    return file
  }
}
