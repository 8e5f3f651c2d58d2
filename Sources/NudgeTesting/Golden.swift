import Foundation
public import Testing

/// Texts that people read, kept as files beside the tests that make them.
public enum Golden {
  /// Records an issue where a text is not the one in `Golden/NAME` beside the calling test file.
  ///
  /// With `NUDGED_BLESS=1` in the environment the file is written instead; read the diff then.
  public static func expect(
    _ text: String,
    matches name: String,
    file: String = #filePath,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let golden = URL(filePath: file).deletingLastPathComponent().appending(path: "Golden/\(name)")
    do {
      if ProcessInfo.processInfo.environment["NUDGED_BLESS"] == "1" { try bless(text, as: golden) }
      let expected = try String(contentsOf: golden, encoding: .utf8)
      guard expected != text else { return }
      let comment = "\(name) reads differently:\n\(difference(from: expected, to: text))"
      Issue.record(Comment(rawValue: comment), sourceLocation: sourceLocation)
    } catch {
      let comment = "\(golden.path()) cannot be read or written: \(error)"
      Issue.record(Comment(rawValue: comment), sourceLocation: sourceLocation)
    }
  }

  /// Records an issue with the first lines that differ, where two texts that must agree do not.
  public static func expect(
    _ found: String,
    equals expected: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    guard found != expected else { return }
    let lines = difference(from: expected, to: found).split(separator: "\n").prefix(12)
    let comment = "they differ:\n\(lines.map { $0.prefix(300) }.joined(separator: "\n"))"
    Issue.record(Comment(rawValue: comment), sourceLocation: sourceLocation)
  }

  /// The lines that differ, `-` as they were and `+` as they are, each with its number.
  public static func difference(from old: String, to new: String) -> String {
    let oldLines = old.split(separator: "\n", omittingEmptySubsequences: false)
    let newLines = new.split(separator: "\n", omittingEmptySubsequences: false)
    let changes = newLines.difference(from: oldLines).map { change in
      switch change {
      case .remove(let line, let text, _): (line: line, order: 0, text: "-\(line + 1)\t\(text)")
      case .insert(let line, let text, _): (line: line, order: 1, text: "+\(line + 1)\t\(text)")
      }
    }
    return changes.sorted { ($0.line, $0.order) < ($1.line, $1.order) }.map(\.text)
      .joined(separator: "\n")
  }

  private static func bless(_ text: String, as golden: URL) throws {
    try FileManager.default.createDirectory(
      at: golden.deletingLastPathComponent(),
      withIntermediateDirectories: true
    )
    try Data(text.utf8).write(to: golden)
  }
}
