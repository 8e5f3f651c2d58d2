import Yams

/// Turns the bytes of a file into a tree, and whatever the format does not allow into diagnostics.
public enum YAMLReader {
  /// The tree of a file's only document, or `nil` if it has none that can be read.
  ///
  /// An empty file is an empty map. Doubled keys, aliases, further documents and too deep nesting are
  /// reported, and the rest of the tree is still there.
  public static func read(_ file: SourceFile, into collector: DiagnosticCollector) -> YAMLNode? {
    guard file.bytes.count <= YAMLLimits.fileBytes else {
      collector.report(
        .fileTooLarge,
        at: Place(path: file.path, line: 1, column: 1),
        "the file has \(file.bytes.count) bytes; at most \(YAMLLimits.fileBytes) (1 MiB) are read",
        label: ["split it into several files"]
      )
      return nil
    }
    guard String(validating: file.bytes, as: UTF8.self) != nil else {
      collector.report(
        .yamlSyntax,
        at: Place(path: file.path, line: firstInvalidLine(of: file), column: 1),
        "the file is not UTF-8"
      )
      return nil
    }
    return YAMLFileReader(file: file, collector: collector).read()
  }

  private static func firstInvalidLine(of file: SourceFile) -> Int {
    let before = file.bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    return 1 + (before.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0)
  }
}

/// Reads one file of acceptable size and encoding.
private struct YAMLFileReader {
  let file: SourceFile
  let collector: DiagnosticCollector
  let lines: [[Unicode.Scalar]]

  init(file: SourceFile, collector: DiagnosticCollector) {
    self.file = file
    self.collector = collector
    self.lines = file.lines.map { Array($0.unicodeScalars) }
  }

  func read() -> YAMLNode? {
    do {
      let stream = try parse()
      defer { withExtendedLifetime(stream.parser) {} }
      if let second = stream.second {
        collector.report(
          .secondDocument,
          at: place(Position(second.mark)),
          "a second document begins in this file",
          label: ["put it into a file of its own, or drop the line `---` above"]
        )
      }
      guard let root = stream.root else { return emptyFile }
      var walk = TreeWalk(reader: self, renamed: stream.renamed)
      return walk.node(root, depth: 1)
    } catch {
      report(error)
      return nil
    }
  }

  private var emptyFile: YAMLNode {
    YAMLNode(place: Place(path: file.path, line: 1, column: 1), content: .map([]))
  }

  private struct Stream {
    let root: Node?
    let second: Node?
    /// Keys that were written differently so that the parser takes doubled ones, by position.
    let renamed: [Position: String]
    /// Nodes refer weakly to what the parser owns.
    let parser: Parser
  }

  /// Parses the text.
  ///
  /// Yams refuses a map with a doubled key and names one of the two positions, so the
  /// first character of that key is exchanged for one of private use, and the text is parsed again:
  /// in the end all keys are there at their positions.
  private func parse() throws -> Stream {
    var lines = self.lines
    var renamed: [Position: String] = [:]
    while true {
      do {
        let text = String(String.UnicodeScalarView(lines.joined(separator: ["\n"])))
        let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
        let root = try parser.nextRoot()
        let second = try parser.nextRoot()
        return Stream(root: root, second: second, renamed: renamed, parser: parser)
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        let position = Position(context.mark)
        guard let key = keys.first, renamed.count < YAMLLimits.duplicateKeys,
          renamed[position] == nil, disguise(position, in: &lines, number: renamed.count)
        else { throw YamlError.duplicatedKeysInMapping(duplicates: keys, context: context) }
        renamed[position] = key
      }
    }
  }

  private func disguise(
    _ position: Position,
    in lines: inout [[Unicode.Scalar]],
    number: Int
  ) -> Bool {
    guard lines.indices.contains(position.line - 1),
      let substitute = Unicode.Scalar(UInt32(0xE000 + number))
    else { return false }
    let line = lines[position.line - 1]
    let isQuoted = line[safe: position.column - 1].map { $0 == "\"" || $0 == "'" } ?? false
    let column = position.column - 1 + (isQuoted ? 1 : 0)
    guard let first = line[safe: column], !"\"'&*!|>[{?".unicodeScalars.contains(first) else {
      return false
    }
    lines[position.line - 1][column] = substitute
    return true
  }

  private func report(_ error: any Error) {
    guard let error = error as? YamlError else {
      return collector.report(
        .yamlSyntax,
        at: Place(path: file.path, line: 1, column: 1),
        "the file cannot be read"
      )
    }
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      if problem == "found undefined alias" { return reportAlias(at: place(Position(mark))) }
      if isTab(at: Position(mark)) { return reportTab(at: place(Position(mark))) }
      let opening = context.map { ["\($0.text) in line \($0.mark.line)"] } ?? []
      collector.report(.yamlSyntax, at: place(Position(mark)), problem, label: opening)
    case .reader(let problem, let offset, _, _):
      collector.report(.yamlSyntax, at: place(offset: offset ?? 0), problem)
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { "`\($0)`" }.joined(separator: ", ")
      collector.report(
        .duplicateKey,
        at: place(Position(context.mark)),
        "the key \(names) stands here twice"
      )
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
      collector.report(
        .yamlSyntax,
        at: Place(path: file.path, line: 1, column: 1),
        "the file cannot be read"
      )
    }
  }

  private func isTab(at position: Position) -> Bool {
    lines.indices.contains(position.line - 1)
      && lines[position.line - 1][safe: position.column - 1] == "\t"
  }

  private func reportTab(at place: Place) {
    collector.report(
      .yamlSyntax,
      at: place,
      "a tab stands where YAML allows none",
      label: ["indent with spaces"]
    )
  }

  func reportAlias(at place: Place) {
    collector.report(
      .yamlAlias,
      at: place,
      "anchors, aliases and merge keys are not used in these files",
      label: ["write it out; what is used twice is an audience or a metric"]
    )
  }

  /// A mark's place.
  ///
  /// A mark at the end of the file may lie behind the last line.
  func place(_ mark: Position, length: Int = 1) -> Place {
    let line = min(max(mark.line, 1), lines.count)
    let width = lines[line - 1].count + 1
    let column = line == mark.line ? min(max(mark.column, 1), width) : width
    return Place(path: file.path, line: line, column: column, length: length)
  }

  private func place(offset: Int) -> Place {
    var rest = offset
    for (index, line) in lines.enumerated() {
      if rest <= line.count {
        return Place(path: file.path, line: index + 1, column: rest + 1)
      }
      rest -= line.count + 1
    }
    return Place(path: file.path, line: lines.count, column: 1)
  }

  /// The place of a scalar, as long as it is written on its first line.
  func place(of scalar: Node.Scalar, key: String? = nil) -> Place {
    let start = place(Position(scalar.mark))
    let rest = lines[start.line - 1].dropFirst(start.column - 1)
    let length = writtenLength(rest, text: key ?? scalar.string, style: scalar.style)
    return Place(
      path: file.path,
      line: start.line,
      column: start.column,
      length: max(1, length)
    )
  }

  private func writtenLength(
    _ rest: ArraySlice<Unicode.Scalar>,
    text: String,
    style: Node.Scalar.Style
  ) -> Int {
    switch style {
    case .doubleQuoted, .singleQuoted: quotedLength(rest)
    case .literal, .folded: 1
    case .plain, .any: min(text.unicodeScalars.count, rest.count)
    }
  }

  private func quotedLength(_ rest: ArraySlice<Unicode.Scalar>) -> Int {
    guard let quote = rest.first else { return 1 }
    var isEscaped = false
    for (count, scalar) in rest.dropFirst().enumerated() {
      if isEscaped {
        isEscaped = false
      } else if scalar == "\\" && quote == "\"" {
        isEscaped = true
      } else if scalar == quote {
        return count + 2
      }
    }
    return rest.count
  }
}

/// Follows the parsed nodes in the order of the file.
private struct TreeWalk {
  let reader: YAMLFileReader
  let renamed: [Position: String]
  /// The last position seen; a node that lies before it came through an alias.
  var cursor = Position(line: 0, column: 0)

  init(reader: YAMLFileReader, renamed: [Position: String]) {
    self.reader = reader
    self.renamed = renamed
  }

  mutating func node(_ node: Node, depth: Int) -> YAMLNode {
    let mark = Position(node.mark)
    let place = reader.place(mark)
    guard !isAlias(node, at: mark), acceptsTag(of: node, at: place) else {
      return YAMLNode(place: place, content: .broken)
    }
    cursor = mark
    if case .scalar(let scalar) = node {
      let isPlain = scalar.style == .plain
      return YAMLNode(
        place: reader.place(of: scalar),
        content: .scalar(scalar.string, isPlain: isPlain)
      )
    }
    guard depth <= YAMLLimits.depth else {
      reader.collector.report(
        .nestingTooDeep,
        at: place,
        "more than \(YAMLLimits.depth) levels are nested here",
        label: ["give the inner part a name, as an audience or a metric"]
      )
      return YAMLNode(place: place, content: .broken)
    }
    return YAMLNode(place: place, content: collection(node, depth: depth))
  }

  private mutating func collection(_ node: Node, depth: Int) -> YAMLNode.Content {
    switch node {
    case .sequence(let sequence):
      var elements: [YAMLNode] = []
      for element in sequence { elements.append(self.node(element, depth: depth + 1)) }
      return .list(elements)
    case .mapping(let mapping): return .map(entries(of: mapping, depth: depth))
    case .scalar, .alias: return .broken
    }
  }

  private mutating func entries(of mapping: Node.Mapping, depth: Int) -> [YAMLEntry] {
    var entries: [YAMLEntry] = []
    var first: [String: YAMLEntry] = [:]
    for (key, value) in mapping {
      guard let (name, place) = keyName(key) else {
        _ = node(value, depth: depth + 1)
        continue
      }
      let entry = YAMLEntry(key: name, place: place, value: node(value, depth: depth + 1))
      if let first = first[name] {
        reportDuplicate(entry, of: first)
      } else {
        first[name] = entry
        entries.append(entry)
      }
    }
    return entries
  }

  private mutating func keyName(_ key: Node) -> (String, Place)? {
    let mark = Position(key.mark)
    guard !isAlias(key, at: mark) else { return nil }
    guard case .scalar(let scalar) = key else {
      reader.collector.report(
        .wrongType,
        at: reader.place(mark),
        "a key is a word, not a list or a map"
      )
      return nil
    }
    cursor = mark
    let name = renamed[cursor] ?? scalar.string
    let place = reader.place(of: scalar, key: name)
    if name == "<<" && scalar.style == .plain {
      reader.reportAlias(at: place)
      return nil
    }
    return (name, place)
  }

  private func reportDuplicate(_ entry: YAMLEntry, of first: YAMLEntry) {
    reader.collector.report(
      .duplicateKey,
      at: entry.place,
      "the key `\(entry.key)` stands here twice",
      label: ["first in line \(first.place.line), column \(first.place.column)"]
    )
  }

  /// Whether a node came through an anchor or an alias; both are reported.
  private func isAlias(_ node: Node, at mark: Position) -> Bool {
    guard let anchor = node.anchor else { return false }
    let isSeenBefore = mark <= cursor
    let written = Array("*\(anchor.rawValue)".unicodeScalars)
    let place = isSeenBefore ? find(written) ?? reader.place(mark) : reader.place(mark)
    reader.reportAlias(at: place)
    return true
  }

  private func find(_ written: [Unicode.Scalar]) -> Place? {
    var column = max(cursor.column - 1, 0)
    for line in max(cursor.line, 1)..<(reader.lines.count + 1) {
      let scalars = reader.lines[line - 1]
      while column + written.count <= scalars.count {
        if scalars[column..<(column + written.count)].elementsEqual(written) {
          return Place(
            path: reader.file.path,
            line: line,
            column: column + 1,
            length: written.count
          )
        }
        column += 1
      }
      column = 0
    }
    return nil
  }

  private func acceptsTag(of node: Node, at place: Place) -> Bool {
    let tag = node.tag.description
    if ["str", "map", "seq"].contains(where: { tag == "tag:yaml.org,2002:\($0)" }) { return true }
    reader.collector.report(
      .yamlSyntax,
      at: place,
      "the tag `\(tag)` is not used in these files",
      label: ["what a value is follows from its key"]
    )
    return false
  }
}

/// A line and a column, counted from 1.
private struct Position: Hashable, Comparable {
  let line: Int
  let column: Int

  init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// Where the parser saw something; the beginning when it does not say.
  init(_ mark: Mark?) {
    self.init(line: mark?.line ?? 1, column: mark?.column ?? 1)
  }

  static func < (left: Position, right: Position) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

extension Array {
  fileprivate subscript(safe index: Int) -> Element? {
    indices.contains(index) ? self[index] : nil
  }
}
