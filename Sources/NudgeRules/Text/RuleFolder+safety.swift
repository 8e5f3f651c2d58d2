public import Foundation

extension RuleFolder {
  /// Why a file is not read: somebody else than the owner of the folder could have written it, or it is no file.
  public enum Refusal: Error, Hashable, Sendable {
    /// A pipe, a device, a folder.
    case notRegular(path: String)
    /// A link that leads out of the folder.
    case outside(path: String, folder: String)
    /// Everybody may write it, or the folder that it is in.
    case writableByOthers(path: String, mode: String)
  }

  /// Reads a file of a folder, if it is one that its owner alone, or a group of theirs, can have written.
  ///
  /// What is looked at is what was opened, so that no link can change in between.
  ///
  /// - Throws: ``Refusal``, or what the disk says.
  static func bytes(of path: String, in folder: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      // Foundation's words for it, as for any other file.
      return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw Refusal.notRegular(path: path)
    }
    try check(status, path)
    let real = realPath("/proc/self/fd/\(descriptor)") ?? path
    guard let root = realPath(folder), real.hasPrefix(root == "/" ? root : root + "/") else {
      throw Refusal.outside(path: path, folder: folder)
    }
    return Array(try file.readToEnd() ?? Data())
  }

  private static func check(_ status: stat, _ path: String) throws(Refusal) {
    guard status.st_mode & S_IWOTH == 0 else {
      throw .writableByOthers(path: path, mode: String(status.st_mode & 0o7777, radix: 8))
    }
    var folder = stat()
    let parent = (path as NSString).deletingLastPathComponent
    guard stat(parent.isEmpty ? "." : parent, &folder) == 0 else { return }
    // In a folder such as /tmp only the owner of a file may put another in its place (the sticky bit, chmod(2)).
    guard folder.st_mode & S_IWOTH == 0 || folder.st_mode & S_ISVTX != 0 else {
      throw .writableByOthers(path: parent, mode: String(folder.st_mode & 0o7777, radix: 8))
    }
  }

  private static func realPath(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }
}

extension RuleFolder.Refusal: CustomStringConvertible, LocalizedError {
  /// What is wrong, and what would be right.
  public var description: String {
    switch self {
    case .notRegular(let path): "\(path) is no regular file; take it out of the folder of rules"
    case .outside(let path, let folder):
      "\(path) leads out of \(folder); copy the file to where the link is"
    case .writableByOthers(let path, let mode):
      "\(path) can be written by everybody (mode \(mode)); run `chmod o-w \(path)`"
    }
  }

  /// The same, for whoever tells it as an error of the disk.
  public var errorDescription: String? { description }
}
