import Foundation

/// The files of a folder that hold rules.
public enum RuleFolder {
  /// Whether a path below the folder is a rule file: `*.yaml`, not `*.test.yaml`, nothing hidden.
  public static func isRuleFile(_ relativePath: String) -> Bool {
    relativePath.hasSuffix(".yaml") && !relativePath.hasSuffix(".test.yaml")
      && !relativePath.split(separator: "/").contains { $0.hasPrefix(".") }
  }

  /// All rule files below a folder, by path; a missing folder has none.
  ///
  /// Paths begin with the folder as it was given, so that messages name what the user knows.
  ///
  /// - Throws: ``Refusal``, or what the disk says when a file or folder cannot be read.
  public static func load(_ folder: String) throws -> [SourceFile] {
    let paths = try relativePaths(below: folder, keeping: isRuleFile)
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return try paths.map { path in
      SourceFile(path: prefix + path, bytes: try bytes(of: prefix + path, in: folder))
    }
  }

  /// All templates below a folder, `NAME.md`, by path; a missing folder has none.
  ///
  /// - Throws: ``Refusal``, or what the disk says when a file or folder cannot be read.
  public static func loadTemplates(_ folder: String) throws -> [SourceFile] {
    let paths = try relativePaths(below: folder) { $0.hasSuffix(".md") && !$0.hasPrefix(".") }
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return try paths.map { path in
      SourceFile(path: prefix + path, bytes: try bytes(of: prefix + path, in: folder))
    }
  }

  /// The rule files that a path or pattern in a file names: a file, all below a folder, or all that `*` stands for.
  ///
  /// A `*` stands for any part of one name. The path is seen from the folder of the file that names it.
  ///
  /// - Throws: what the disk says when a file or folder cannot be read.
  public static func load(matching pattern: String, seenFrom file: String) throws -> [SourceFile] {
    let path = PathText.joined(folderOf: file, pattern)
    guard !path.contains("*") else {
      let folder = PathText.beforePattern(path)
      let inside = path.dropFirst(folder == "." ? 0 : folder.count + 1)
      return try relativePaths(below: folder) {
        isRuleFile($0) && PathText.matches($0, String(inside))
      }
      .map { try load(file: folder == "." ? $0 : "\(folder)/\($0)") }
    }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return [] }
    return isDirectory.boolValue ? try load(path) : [try load(file: path)]
  }

  private static func load(file path: String) throws -> SourceFile {
    SourceFile(path: path, bytes: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  /// The paths of all test files, `*.test.yaml`, below a folder; nothing hidden.
  ///
  /// - Throws: what the disk says when the folder cannot be read.
  public static func testFiles(below folder: String) throws -> [String] {
    try relativePaths(below: folder) { path in
      path.hasSuffix(".test.yaml") && !path.split(separator: "/").contains { $0.hasPrefix(".") }
    }
    .map { folder == "." ? $0 : folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)" }
  }

  private static func relativePaths(
    below folder: String,
    keeping isKept: (String) -> Bool
  ) throws -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory) else {
      return []
    }
    guard isDirectory.boolValue else { throw CocoaError(.fileReadUnknown) }
    return try FileManager.default.subpathsOfDirectory(atPath: folder).filter(isKept).sorted()
  }
}
