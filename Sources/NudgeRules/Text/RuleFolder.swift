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
  /// - Throws: what the disk says when a file or folder cannot be read.
  public static func load(_ folder: String) throws -> [SourceFile] {
    let paths = try relativePaths(below: folder, keeping: isRuleFile)
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return try paths.map { path in
      let bytes = try Data(contentsOf: URL(fileURLWithPath: prefix + path))
      return SourceFile(path: prefix + path, bytes: Array(bytes))
    }
  }

  /// All templates below a folder, `NAME.md`, by path; a missing folder has none.
  ///
  /// - Throws: what the disk says when a file or folder cannot be read.
  public static func loadTemplates(_ folder: String) throws -> [SourceFile] {
    let paths = try relativePaths(below: folder) { $0.hasSuffix(".md") && !$0.hasPrefix(".") }
    let prefix = folder.hasSuffix("/") ? folder : folder + "/"
    return try paths.map { path in
      let bytes = try Data(contentsOf: URL(fileURLWithPath: prefix + path))
      return SourceFile(path: prefix + path, bytes: Array(bytes))
    }
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
