/// Puts the keys of maps that go over lines into order, each with its comments, two spaces a level.
struct BlockFormatter {
  /// A form that is left as it is.
  struct Unsupported: Error {}

  /// An entry of a map or an element of a list, in its new lines.
  private struct Part {
    let leading: [String]
    let body: [String]

    var lines: [String] { leading + body }

    var withoutBlankLinesAbove: Part {
      Part(leading: Array(leading.drop { $0.isEmpty }), body: body)
    }
  }

  /// The lines of an entry or element: what stands above it, and itself.
  private struct Chunk {
    let leading: Range<Int>
    let body: Range<Int>
  }

  /// Without spaces at their ends.
  let lines: [String]

  /// The lines of the file's only map, in order.
  func file(_ root: YAMLNode, as kind: MapKind) throws(Unsupported) -> [String] {
    guard let entries = root.entries, !entries.isEmpty else { return lines }
    guard isBlock(root) else { throw Unsupported() }
    return try map(entries, .map(kind), in: lines.indices, at: 0).flatMap(\.lines)
  }

  // MARK: Maps

  private func map(
    _ entries: [YAMLEntry],
    _ shape: Shape,
    in range: Range<Int>,
    at indent: Int
  ) throws(Unsupported) -> [Part] {
    let starts = entries.map { $0.place.line - 1 }
    let chunks = try chunks(starts, column: entries[0].place.column - 1, in: range)
    var parts: [Part] = []
    for (entry, chunk) in zip(entries, chunks) {
      parts.append(try part(entry, chunk, shape.value(of: entry.key), at: indent))
    }
    let order = shape.order(of: entries.map(\.key))
    return order.enumerated().map { place, index in
      place == 0 ? parts[index].withoutBlankLinesAbove : parts[index]
    }
  }

  private func part(
    _ entry: YAMLEntry,
    _ chunk: Chunk,
    _ shape: Shape,
    at indent: Int
  ) throws(Unsupported) -> Part {
    let column = entry.place.column - 1
    let head = line(entry.place.line - 1, holding: entry.value, shape).dropFirst(column)
    let rest = chunk.body.dropFirst()
    let inner = try inner(of: entry, shape, in: rest, at: indent + 2)
    return Part(
      leading: leading(chunk.leading, at: indent),
      body: [spaces(indent) + head] + (inner ?? shifted(rest, by: indent - column))
    )
  }

  /// The lines of a value that is a map or list over lines of its own; `nil` for any other.
  private func inner(
    of entry: YAMLEntry,
    _ shape: Shape,
    in range: Range<Int>,
    at indent: Int
  ) throws(Unsupported) -> [String]? {
    guard entry.value.place.line > entry.place.line else { return nil }
    switch entry.value.content {
    case .map(let entries) where !entries.isEmpty && isBlock(entry.value):
      return try map(entries, shape, in: range, at: indent).flatMap(\.lines)
    case .list(let elements) where !elements.isEmpty && isBlock(entry.value):
      return try list(elements, shape.element, in: range, at: indent)
    case .map, .list, .scalar, .broken: return nil
    }
  }

  // MARK: Lists

  private func list(
    _ elements: [YAMLNode],
    _ shape: Shape,
    in range: Range<Int>,
    at indent: Int
  ) throws(Unsupported) -> [String] {
    let starts = elements.map { $0.place.line - 1 }
    guard let first = starts.first, starts.allSatisfy({ lines[$0].trimmingSpaces.hasPrefix("- ") })
    else { throw Unsupported() }
    let chunks = try chunks(starts, column: lines[first].indentation, in: range)
    var written: [String] = []
    for (index, (element, chunk)) in zip(elements, chunks).enumerated() {
      let part = try part(element, chunk, shape, at: indent)
      written += index == 0 ? part.withoutBlankLinesAbove.lines : part.lines
    }
    return written
  }

  private func part(
    _ element: YAMLNode,
    _ chunk: Chunk,
    _ shape: Shape,
    at indent: Int
  ) throws(Unsupported) -> Part {
    let above = leading(chunk.leading, at: indent)
    guard let entries = element.entries, !entries.isEmpty, isBlock(element) else {
      return try single(element, chunk, shape, above: above, at: indent)
    }
    let parts = try map(entries, shape, in: chunk.body, at: indent + 2)
    guard let first = parts.first, let head = first.body.first else { throw Unsupported() }
    let comments = first.leading.map { spaces(indent) + $0.trimmingSpaces }
    return Part(
      leading: above + comments,
      body: ["\(spaces(indent))- \(head.trimmingSpaces)"] + first.body.dropFirst()
        + parts.dropFirst().flatMap(\.lines)
    )
  }

  private func single(
    _ element: YAMLNode,
    _ chunk: Chunk,
    _ shape: Shape,
    above: [String],
    at indent: Int
  ) throws(Unsupported) -> Part {
    if case .list(let inner) = element.content, !inner.isEmpty, isBlock(element) {
      throw Unsupported()
    }
    let column = element.place.column - 1
    let head = line(element.place.line - 1, holding: element, shape).dropFirst(column)
    let rest = chunk.body.dropFirst()
    return Part(
      leading: above,
      body: ["\(spaces(indent))- \(head)"] + shifted(rest, by: indent + 2 - column)
    )
  }

  // MARK: Lines

  private func isBlock(_ node: YAMLNode) -> Bool {
    let line = Array(lines[node.place.line - 1].unicodeScalars)
    return
      !(line.count >= node.place.column
      && "{[".unicodeScalars.contains(line[node.place.column - 1]))
  }

  /// A line in which the map or list in braces that begins there is in order.
  private func line(_ index: Int, holding value: YAMLNode, _ shape: Shape) -> String {
    guard value.place.line == index + 1, value.text == nil, !isBlock(value) else {
      return lines[index]
    }
    return FlowFormatter(lines[index]).formatted(at: value.place.column - 1, as: shape)
  }

  /// Shares out lines: comments and empty lines above an entry, as far left as it, belong to it.
  private func chunks(
    _ starts: [Int],
    column: Int,
    in range: Range<Int>
  ) throws(Unsupported) -> [Chunk] {
    guard Set(starts).count == starts.count, starts == starts.sorted(),
      starts.allSatisfy(range.contains)
    else { throw Unsupported() }
    let tops = starts.enumerated().map { place, start in
      place == 0 ? range.lowerBound : top(of: start, above: starts[place - 1], column: column)
    }
    return starts.indices.map { place in
      let end = place + 1 < starts.count ? tops[place + 1] : range.upperBound
      return Chunk(leading: tops[place]..<starts[place], body: starts[place]..<end)
    }
  }

  private func top(of start: Int, above previous: Int, column: Int) -> Int {
    var top = start
    while top - 1 > previous, lines[top - 1].isCommentOrEmpty(upTo: column) { top -= 1 }
    return top
  }

  private func leading(_ range: Range<Int>, at indent: Int) -> [String] {
    var written: [String] = []
    for line in lines[range].map(\.trimmingSpaces) {
      if !line.isEmpty { written.append(spaces(indent) + line) }
      if line.isEmpty, written.last != "" { written.append("") }
    }
    return written
  }

  private func shifted(_ range: Range<Int>, by count: Int) -> [String] {
    lines[range].map { line in
      guard !line.isEmpty else { return line }
      return spaces(max(0, line.indentation + count)) + line.trimmingSpaces
    }
  }

  private func spaces(_ count: Int) -> String {
    String(repeating: " ", count: count)
  }
}

extension String {
  fileprivate var indentation: Int { prefix { $0 == " " }.count }

  fileprivate func isCommentOrEmpty(upTo column: Int) -> Bool {
    let text = drop { $0 == " " }
    return text.isEmpty || text.first == "#" && indentation <= column
  }
}
