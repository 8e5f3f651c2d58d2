/// The rows of a test's `table`, put in place of `$column` in the test.
struct TestTable {
  let collector: DiagnosticCollector

  /// The test once for each row; the test itself, if it has no table.
  func tests(of node: YAMLNode) -> [YAMLNode] {
    guard let table = node["table"] else { return [node] }
    guard let rows = table.elements, !rows.isEmpty else {
      collector.report(
        .wrongType,
        at: table.place,
        "`table` takes a list of rows",
        label: ["write `- {column: value}`"]
      )
      return []
    }
    let body = node.without("table")
    return rows.enumerated().map { number, row in
      named(filled(body, with: row), number: number + 1, isDistinct: body.namesColumn)
    }
  }

  private func filled(_ node: YAMLNode, with row: YAMLNode) -> YAMLNode {
    switch node.content {
    case .scalar(let text, let isPlain):
      return filled(text, isPlain, at: node.place, with: row)
    case .list(let elements):
      return YAMLNode(place: node.place, content: .list(elements.map { filled($0, with: row) }))
    case .map(let entries):
      let rest = entries.map {
        YAMLEntry(key: $0.key, place: $0.place, value: filled($0.value, with: row))
      }
      return YAMLNode(place: node.place, content: .map(rest))
    case .broken: return node
    }
  }

  /// A text that is one column takes its value whole, be it a map; inside a text columns are texts.
  private func filled(
    _ text: String,
    _ isPlain: Bool,
    at place: Place,
    with row: YAMLNode
  ) -> YAMLNode {
    let parts = TablePart.parts(of: text)
    if parts.count == 1, case .column(let name) = parts[0] {
      return YAMLNode(place: place, content: value(name, in: row, at: place)?.content ?? .broken)
    }
    let words = parts.map { part in
      switch part {
      case .text(let text): text
      case .column(let name): value(name, in: row, at: place)?.text ?? ""
      }
    }
    return YAMLNode(place: place, content: .scalar(words.joined(), isPlain: isPlain))
  }

  private func value(_ name: String, in row: YAMLNode, at place: Place) -> YAMLNode? {
    if let value = row[name] { return value }
    let columns = (row.entries ?? []).map(\.key)
    collector.report(
      .unknownName,
      at: place,
      "a row of the table at line \(row.place.line) has no `\(name)`",
      label: Suggestion.label(for: name, among: columns)
    )
    return nil
  }

  private func named(_ node: YAMLNode, number: Int, isDistinct: Bool) -> YAMLNode {
    guard !isDistinct, case .map(let entries) = node.content else { return node }
    let renamed = entries.map { entry -> YAMLEntry in
      guard entry.key == "name", let text = entry.value.text else { return entry }
      let content = YAMLNode.Content.scalar("\(text) (row \(number))", isPlain: true)
      return YAMLEntry(
        key: entry.key,
        place: entry.place,
        value: YAMLNode(place: entry.value.place, content: content)
      )
    }
    return YAMLNode(place: node.place, content: .map(renamed))
  }
}

/// A stretch of a text with columns in it.
private enum TablePart {
  case text(String)
  case column(String)

  static func parts(of text: String) -> [TablePart] {
    var parts: [TablePart] = []
    var rest = Substring(text)
    while let sign = rest.firstIndex(of: "$") {
      let name = rest[rest.index(after: sign)...].prefix(while: isOfName)
      let isColumn = name.first.map { $0.isLetter } ?? false
      let end = isColumn ? name.endIndex : rest.index(after: sign)
      if rest.startIndex < sign || !isColumn {
        parts.append(.text(String(rest[..<(isColumn ? sign : end)])))
      }
      if isColumn { parts.append(.column(String(name))) }
      rest = rest[end...]
    }
    return rest.isEmpty && !parts.isEmpty ? parts : parts + [.text(String(rest))]
  }

  private static func isOfName(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || character == "_")
  }
}

extension YAMLNode {
  fileprivate func without(_ key: String) -> YAMLNode {
    YAMLNode(place: place, content: .map((entries ?? []).filter { $0.key != key }))
  }

  /// Whether the name tells the rows of a table apart.
  fileprivate var namesColumn: Bool {
    TablePart.parts(of: self["name"]?.text ?? "").contains { part in
      if case .column = part { true } else { false }
    }
  }
}
