import Foundation

/// The Swift files below `Sources`, as text.
enum SourceTree {
  /// One file, by its path below `Sources`.
  struct File {
    let path: String
    let text: String

    /// The lines without what stands behind `//`.
    var code: [Substring] {
      text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { line in
          line.firstRange(of: "//").map { line.prefix(upTo: $0.lowerBound) } ?? line
        }
    }
  }

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources")

  /// The folders of `Sources`, sorted: one for each target.
  static func targets() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.path()).sorted()
  }

  /// The Swift files of a target, sorted by path.
  static func files(of target: String) throws -> [File] {
    let folder = root.appending(path: target)
    let paths = FileManager.default.subpaths(atPath: folder.path()) ?? []
    return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
      let file = folder.appending(path: path)
      return File(path: "\(target)/\(path)", text: try String(contentsOf: file, encoding: .utf8))
    }
  }
}
