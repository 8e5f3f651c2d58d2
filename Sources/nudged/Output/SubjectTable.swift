import NudgeCore

/// The lines of a list of people or accounts: printed as they come, or gathered where they are sorted or aligned.
struct SubjectTable {
  /// The columns that every list can be sorted by.
  static let columns = ["id", "model", "day", "health", "segment", "pace", "missing", "owner"]

  /// Whether a list can be sorted by it.
  static func isColumn(_ name: String) -> Bool {
    columns.contains(name) || name.hasPrefix("score.") && name != "score."
  }

  private let options: ListOptions
  private let noun: String
  private let answer = Answer()
  private var rows: [JSONValue] = []
  private var written = 0

  init(_ options: ListOptions, kind: SubjectKind) {
    self.options = options
    noun = kind == .account ? "account" : "user"
  }

  /// Whether further lines would not be shown.
  var isFull: Bool {
    guard options.sort == nil, let limit = options.limit else { return false }
    return max(written, rows.count) >= limit
  }

  /// Whether no line has come.
  var isEmpty: Bool { rows.isEmpty && written == 0 }

  /// Takes the rows of a page.
  mutating func add(_ page: [JSONValue]) throws {
    guard options.format == .jsonl, options.sort == nil else {
      rows += page
      return
    }
    for row in page where !isFull {
      try answer.line(row.json.text)
      written += 1
    }
  }

  /// Writes what was gathered.
  mutating func finish() throws {
    sort()
    let shown = Array(rows.prefix(options.limit ?? rows.count))
    switch options.format {
    case .jsonl: for row in shown { try answer.line(row.json.text) }
    case .json: try answer.line(JSONValue.array(shown).json.text)
    case .csv: for line in csv(shown) { try answer.line(line) }
    case .text: try text(shown)
    }
    try answer.finish()
  }

  // MARK: Order

  private mutating func sort() {
    guard let column = options.sort else { return }
    let keyed = rows.enumerated().map { (place: $0, key: SortKey($1, column), row: $1) }
    rows = keyed.sorted {
      if $0.key == $1.key { return $0.place < $1.place }
      return options.reverse ? $1.key < $0.key : $0.key < $1.key
    }
    .map(\.row)
  }

  /// Numbers before words; what is absent last.
  private struct SortKey: Comparable {
    let number: Int
    let text: String

    init(_ row: JSONValue, _ column: String) {
      let value: JSONValue?
      if column.hasPrefix("score.") {
        value = row["scores"]?[String(column.dropFirst("score.".count))]
      } else {
        value = row[column]
      }
      if case .array(let elements) = value {
        number = elements.count
      } else {
        number = value?.wholeNumber ?? (value?.text == nil ? Int.max : 0)
      }
      text = value?.text ?? ""
    }

    static func < (left: SortKey, right: SortKey) -> Bool {
      (left.number, left.text) < (right.number, right.text)
    }
  }

  // MARK: Cells

  private func text(_ rows: [JSONValue]) throws {
    guard !rows.isEmpty else {
      options.output.note(
        options.expression == nil
          ? "No \(noun) has started in any model yet; `nudged ingest FILE` takes events in."
          : "No \(noun) matches; `nudged \(noun) list` shows all of them."
      )
      return
    }
    let header = header(of: rows)
    let cells = rows.map { row in header.map { cell(row, $0) } }
    let kept = header.indices.filter { column in cells.contains { $0[column] != "" } }
    var table = Table(kept.map { isNumber(header[$0]) ? .right : .left })
    table.add(kept.map { header[$0] })
    for row in cells { table.add(kept.map { row[$0].isEmpty ? "-" : row[$0] }) }
    for line in table.lines(width: options.output.answer.width) { try answer.line(line) }
    options.output.note(rows.count.counted("line"))
  }

  private func header(of rows: [JSONValue]) -> [String] {
    var scores: [String] = []
    for row in rows {
      guard case .object(let members) = row["scores"] else { continue }
      for member in members where !scores.contains(member.key) { scores.append(member.key) }
    }
    return ["id", "model", "day", "health", "segment", "pace"] + scores.map { "score.\($0)" }
      + ["missing", "owner"]
  }

  private func isNumber(_ column: String) -> Bool { column == "day" || column.hasPrefix("score.") }

  private func cell(_ row: JSONValue, _ column: String) -> String {
    let value =
      column.hasPrefix("score.")
      ? row["scores"]?[String(column.dropFirst("score.".count))] : row[column]
    switch value {
    case .string(let text): return text
    case .number(let number): return "\(number)"
    case .array(let elements): return elements.compactMap(\.text).joined(separator: ", ")
    case .null, .bool, .object, nil: return ""
    }
  }

  /// Lines as in RFC 4180, the names of the columns first.
  private func csv(_ rows: [JSONValue]) -> [String] {
    let header = header(of: rows)
    let lines = rows.map { row in header.map { cell(row, $0) } }
    return ([header] + lines).map { cells in cells.map(quoted).joined(separator: ",") }
  }

  private func quoted(_ cell: String) -> String {
    // A cell that a spreadsheet would take for a formula is made text.
    let text = ["=", "+", "-", "@"].contains { cell.hasPrefix($0) } ? "'\(cell)" : cell
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }
}
