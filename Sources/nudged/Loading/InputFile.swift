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

  /// The rule files that paths name, each once: themselves, or all below a folder.
  static func rules(_ paths: [String]) throws(Failure) -> [SourceFile] {
    var files: [SourceFile] = []
    for path in paths {
      let known = Set(files.map(\.path))
      files += try rules(path).filter { !known.contains($0.path) }
    }
    return files
  }

  private static func rules(_ path: String) throws(Failure) -> [SourceFile] {
    try explained {
      switch kind(of: path) {
      case .nothing: throw Failure("there is no file or folder \(path)", .noSuchFile)
      case .folder: try RuleFolder.load(path)
      case .file: [try source(path)]
      }
    }
  }

  /// The file at a path.
  static func source(_ path: String) throws(Failure) -> SourceFile {
    try explained {
      SourceFile(path: path, bytes: Array(try Data(contentsOf: URL(filePath: path))))
    }
  }

  /// What a function reads, or why the disk does not give it.
  static func explained<Value>(_ read: () throws -> Value) throws(Failure) -> Value {
    do {
      return try read()
    } catch let failure as Failure {
      throw failure
    } catch let refusal as RuleFolder.Refusal {
      throw Failure(refusal.description, .permission)
    } catch let error as CocoaError where error.code == .fileReadNoPermission {
      throw Failure("may not read \(error.filePath ?? "a file")", .permission)
    } catch {
      throw Failure(error.localizedDescription, .inputOutput)
    }
  }
}
