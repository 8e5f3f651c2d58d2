public import Foundation

/// An empty folder that is removed, with all that is in it, when the last reference to it goes.
///
/// A class, since closures of a test share it and its end is the folder's.
public final class TemporaryFolder: Sendable {
  /// Where it is, links resolved, without a slash at its end.
  public let path: String

  /// A new folder in the system's place for temporary files.
  ///
  /// - Throws: What the file system says.
  public init() throws {
    let pattern = FileManager.default.temporaryDirectory.appending(path: "nudged-XXXXXX").path()
    var name = Array(pattern.utf8CString)
    guard let made = mkdtemp(&name), let real = realpath(made, nil) else {
      throw CocoaError(.fileWriteUnknown)
    }
    defer { free(real) }
    self.path = String(cString: real)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Where it is, as a URL.
  public var url: URL { URL(filePath: path, directoryHint: .isDirectory) }

  /// The path of a name inside it, which need not exist.
  public func path(of name: String) -> String {
    "\(path)/\(name)"
  }

  /// Writes a file, with the folders that it needs, and hands back its path.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// Writes a file, with the folders that it needs, and hands back its path.
  @discardableResult
  public func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(bytes).write(to: file)
    return path(of: name)
  }

  /// The text of a file in it.
  public func read(_ name: String) throws -> String {
    try String(contentsOf: url.appending(path: name), encoding: .utf8)
  }
}
