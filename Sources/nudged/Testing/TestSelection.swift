import Foundation
import NudgeCore
import NudgeDaemon
import NudgeRules

/// The test files that the arguments name, and those of their tests that are to run.
struct TestSelection: Sendable {
  /// One test of one file.
  struct Item: Sendable {
    let file: LoadedTests
    let test: CampaignTest
  }

  /// In the order of their paths.
  let files: [LoadedTests]
  /// In the order of the files.
  let items: [Item]
  /// The folders that were named, without a slash at the end.
  let folders: [String]

  /// Finds the files, reads them side by side, and picks the tests whose names match.
  init(paths: [String], matching pattern: String?, zones: ZoneTable) async throws {
    let sources = try TestSelection.sources(paths)
    let files = try await sideBySide(sources) { try LoadedTests.load($0, zones: zones) }
    self.files = files
    folders = paths.filter { InputFile.kind(of: $0) == .folder }.map { path in
      path.hasSuffix("/") ? String(path.dropLast()) : path
    }
    let regex = try pattern.map { text throws(Failure) in try TestSelection.regex(text) }
    items = files.flatMap { file in
      file.tests.filter { test in
        regex.map { test.name.firstMatch(of: $0) != nil } ?? true
      }
      .map { Item(file: file, test: $0) }
    }
    if items.isEmpty, !files.contains(where: \.hasErrors) {
      throw Failure(
        "no test's name matches `\(pattern ?? "")`; there are \(files.map(\.tests.count).reduce(0, +))",
        .badData
      )
    }
  }

  private static func regex(_ text: String) throws(Failure) -> Regex<AnyRegexOutput> {
    do {
      return try Regex(text)
    } catch {
      throw Failure("--run is no regular expression: \(error)", .usage)
    }
  }

  // MARK: Files

  private static func sources(_ paths: [String]) throws(Failure) -> [SourceFile] {
    let places = paths.isEmpty ? standardFolders : paths
    var found: [String] = []
    for place in places {
      for path in try files(at: place) where !found.contains(path) { found.append(path) }
    }
    guard !found.isEmpty else {
      throw Failure(
        "there is no *.test.yaml in \(places.joined(separator: ", "))\n"
          + "  docs/testing.md says how to write one",
        .badData
      )
    }
    var sources: [SourceFile] = []
    for path in found { sources.append(try InputFile.source(path)) }
    return sources
  }

  /// The folders of rules and of tests, if there are any; else here.
  private static var standardFolders: [String] {
    let folders = ["rules", "tests"].filter { InputFile.kind(of: $0) == .folder }
    return folders.isEmpty ? ["."] : folders
  }

  private static func files(at path: String) throws(Failure) -> [String] {
    switch InputFile.kind(of: path) {
    case .nothing: throw Failure("there is no file or folder \(path)", .noSuchFile)
    case .file: return [path]
    case .folder: return try InputFile.explained { try RuleFolder.testFiles(below: path) }
    }
  }
}

/// What a function makes of many values, in their order, on all processors.
func sideBySide<Value: Sendable, Made: Sendable>(
  _ values: [Value],
  _ make: @escaping @Sendable (Value) throws -> Made
) async throws -> [Made] {
  let workers = max(1, min(values.count, ProcessInfo.processInfo.activeProcessorCount))
  return try await withThrowingTaskGroup(of: [(Int, Made)].self) { group in
    for worker in 0..<workers {
      group.addTask {
        try stride(from: worker, to: values.count, by: workers).map { ($0, try make(values[$0])) }
      }
    }
    var made: [(Int, Made)] = []
    for try await some in group { made += some }
    return made.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
