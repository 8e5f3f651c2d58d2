/// Prints diagnostics for people, with the lines they are about.
public struct DiagnosticPrinter: Sendable {
  private let lines: [String: [String]]

  /// A printer that takes its snippets from these files.
  public init(files: [SourceFile]) {
    self.lines = Dictionary(files.map { ($0.path, $0.lines) }) { first, _ in first }
  }

  private init(lines: [String: [String]]) {
    self.lines = lines
  }

  /// All of them, with an empty line between two.
  public func text(of diagnostics: [Diagnostic]) -> String {
    let printer = hidingSecrets(of: diagnostics)
    return diagnostics.map(printer.written).joined(separator: "\n")
  }

  /// One diagnostic: a first line as GNU's, the snippet with carets, and what helps.
  ///
  /// Every line ends with a newline.
  public func text(of diagnostic: Diagnostic) -> String {
    hidingSecrets(of: [diagnostic]).written(diagnostic)
  }

  /// A printer whose snippets do not show what should not have been written there.
  private func hidingSecrets(of diagnostics: [Diagnostic]) -> DiagnosticPrinter {
    var lines = self.lines
    for place in diagnostics.filter({ $0.code == .plainSecret }).map(\.place) {
      guard let line = lines[place.path]?[place.line - 1] else { continue }
      let hidden = line.unicodeScalars.enumerated().map { index, scalar in
        (place.column - 1..<place.column - 1 + place.length).contains(index) ? "*" : scalar
      }
      lines[place.path]?[place.line - 1] = String(String.UnicodeScalarView(hidden))
    }
    return DiagnosticPrinter(lines: lines)
  }

  private func written(_ diagnostic: Diagnostic) -> String {
    let parts = [headline(diagnostic)] + snippet(diagnostic) + helpLines(diagnostic)
    return parts.map { $0 + "\n" }.joined()
  }

  private func headline(_ diagnostic: Diagnostic) -> String {
    let kind = "\(diagnostic.level.rawValue)[\(diagnostic.code.rawValue)]"
    return "\(diagnostic.place): \(kind): \(printable(diagnostic.message))"
  }

  private func snippet(_ diagnostic: Diagnostic) -> [String] {
    let place = diagnostic.place
    guard let source = lines[place.path], source.indices.contains(place.line - 1) else {
      return diagnostic.label.map { "   = \(printable($0))" }
    }
    let line = source[place.line - 1]
    let number = String(place.line)
    let gutter = String(repeating: " ", count: max(2, number.count))
    let shown = String(repeating: " ", count: gutter.count - number.count) + number
    return ["\(gutter) |", "\(shown) | \(printable(line))"]
      + caretLines(diagnostic, below: line).map { "\(gutter) | \($0)" }
  }

  private func caretLines(_ diagnostic: Diagnostic, below line: String) -> [String] {
    let before = line.unicodeScalars.prefix(diagnostic.place.column - 1)
    let indent = String(String.UnicodeScalarView(before.map { $0 == "\t" ? "\t" : " " }))
    let room = max(1, line.unicodeScalars.count - before.count)
    let carets = String(repeating: "^", count: min(diagnostic.place.length, room))
    guard let first = diagnostic.label.first else { return [indent + carets] }
    let hanging = indent + String(repeating: " ", count: carets.count + 1)
    return ["\(indent)\(carets) \(printable(first))"]
      + diagnostic.label.dropFirst().map { hanging + printable($0) }
  }

  private func helpLines(_ diagnostic: Diagnostic) -> [String] {
    guard !diagnostic.help.isEmpty else { return [] }
    return (diagnostic.help.map(printable) + ["nudged docs \(diagnostic.code.rawValue)"])
      .map { "   = \($0)" }
  }

  /// Text without control characters, so that a file cannot steer a terminal.
  private func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 })
    )
  }

  private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 && scalar != "\t" || (0x7F...0x9F).contains(scalar.value)
  }
}
