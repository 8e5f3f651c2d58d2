/// Brings files into their canonical form: keys in the order of the table, two spaces a level, comments kept.
public enum RuleFormatter {
  /// What came of it.
  public enum Outcome: Hashable, Sendable {
    /// The canonical text, which may be the one that is there.
    case formatted(String)
    /// Mistakes of YAML are in the way.
    case unreadable([Diagnostic])
    /// It is written in a form that cannot be brought into order; what it says would change.
    case unsupported
  }

  /// The canonical form of a rule file, a settings file or a file of campaign tests.
  ///
  /// It says the same and has the same characters but for spaces; empty lines stay, no two in a row above a key.
  public static func format(_ file: SourceFile) -> Outcome {
    let collector = DiagnosticCollector()
    guard let root = YAMLReader.read(file, into: collector), !collector.hasErrors else {
      return .unreadable(collector.diagnostics)
    }
    let formatter = BlockFormatter(lines: lines(of: file))
    guard let lines = try? formatter.file(root, as: FileFormat(of: root).root) else {
      return .unsupported
    }
    let text = lines.joined(separator: "\n").withoutEmptyLinesAround
    return isSame(SourceFile(path: file.path, text: text), as: file, root)
      ? .formatted(text) : .unsupported
  }

  /// The lines without spaces at their ends, and without empty ones at the end of the file.
  private static func lines(of file: SourceFile) -> [String] {
    let lines = file.lines.map(\.withoutSpacesAtEnd)
    return Array(lines.prefix(1 + (lines.lastIndex { !$0.isEmpty } ?? -1)))
  }

  /// Whether a text says the same as the file that it was made of, with the same characters.
  private static func isSame(_ new: SourceFile, as old: SourceFile, _ root: YAMLNode) -> Bool {
    guard let tree = YAMLReader.read(new, into: DiagnosticCollector()) else { return false }
    return tree.meaning == root.meaning && characters(new) == characters(old)
  }

  private static func characters(_ file: SourceFile) -> [Unicode.Scalar: Int] {
    file.text.unicodeScalars.reduce(into: [:]) { counts, scalar in
      if !scalar.properties.isWhitespace { counts[scalar, default: 0] += 1 }
    }
  }
}

extension YAMLNode {
  /// The value as text, without places, keys sorted.
  fileprivate var meaning: String {
    switch content {
    case .scalar(let text, let isPlain): "\(isPlain)\(text.debugDescription)"
    case .list(let elements): "[\(elements.map(\.meaning).joined(separator: ","))]"
    case .map(let entries):
      "{\(entries.sorted { $0.key < $1.key }.map { "\($0.key.debugDescription):\($0.value.meaning)" }.joined(separator: ","))}"
    case .broken: "!"
    }
  }
}

extension String {
  fileprivate var withoutSpacesAtEnd: String {
    var text = self
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }

  /// Without empty lines at both ends, and with a newline at its end.
  fileprivate var withoutEmptyLinesAround: String {
    var text = self
    while text.last?.isNewline == true { text.removeLast() }
    return text.drop { $0.isNewline } + "\n"
  }
}
