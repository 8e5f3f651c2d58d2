import Foundation
import NudgeDaemon
import NudgeRules

/// Files that the arguments name.
enum InputFile {
  /// What a path leads to.
  enum Kind {
    case file
    case folder
    case nothing
  }

  /// What a path leads to, links followed; a pipe counts as a file.
  static func kind(of path: String) -> Kind {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      return .nothing
    }
    return isFolder.boolValue ? .folder : .file
  }

  /// A file with its bytes.
  static func source(_ path: String) throws(Failure) -> SourceFile {
    switch kind(of: path) {
    case .nothing: throw Failure("there is no file \(path)", .noSuchFile)
    case .folder: throw Failure("\(path) is a folder, not a file", .noSuchFile)
    case .file: return SourceFile(path: path, bytes: try bytes(of: path))
    }
  }

  /// The rule files that a path names: itself, or all below a folder.
  static func rules(_ path: String) throws(Failure) -> [SourceFile] {
    guard kind(of: path) == .folder else { return [try source(path)] }
    return try loaded { try RuleFolder.load(path) }
  }

  /// The templates below a folder.
  static func templates(_ folder: String) throws(Failure) -> [SourceFile] {
    guard kind(of: folder) == .folder else {
      throw Failure("there is no folder \(folder) of templates", .noSuchFile)
    }
    return try loaded { try RuleFolder.loadTemplates(folder) }
  }

  private static func bytes(of path: String) throws(Failure) -> [UInt8] {
    try loaded { Array(try Data(contentsOf: URL(filePath: path))) }
  }

  private static func loaded<Value>(_ load: () throws -> Value) throws(Failure) -> Value {
    do {
      return try load()
    } catch let error as CocoaError where error.code == .fileReadNoPermission {
      throw Failure("may not read \(error.filePath ?? "a file")", .permission)
    } catch {
      throw Failure(error.localizedDescription, .inputOutput)
    }
  }
}
