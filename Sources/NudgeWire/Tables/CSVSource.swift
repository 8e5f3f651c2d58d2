/// The records of a file with a header, plain or gzip.
///
/// Not copyable, since it owns the file.
public struct CSVSource: ~Copyable {
  /// One record.
  public struct Record: Hashable, Sendable {
    /// The line that it begins on, counted from 1.
    public let line: Int
    /// Where the plain text behind it begins, in bytes.
    public let endOffset: Int
    /// Its cells, or why there are none.
    public let content: Content
  }

  /// What a record holds.
  public enum Content: Hashable, Sendable {
    /// As many cells as the header has.
    case cells([[UInt8]])
    /// What is wrong, and what would be right.
    case malformed(String)
  }

  /// Why a file cannot be read as a table.
  public enum Failure: Error, Hashable, Sendable {
    case unreadable(LineSource.Failure)
    /// It has no line that is not blank.
    case noHeader
    /// It is not UTF-8.
    case utf16
    /// Text follows a closing quote in this cell of the header.
    case misquoted(cell: Int)
    /// A cell in quotes that begins in the record of this line does not end within the bytes that are held.
    case endlessCell(line: Int)
  }

  /// The names of the columns.
  public let columns: [String]
  private var lines: LineSource
  private var parser: CSVParser

  /// The records behind the header of a file.
  ///
  /// - Parameters:
  ///   - lines: The file's.
  ///   - separator: Stands between cells; `nil` leaves it to the header.
  /// - Throws: ``Failure`` for what is no table.
  public init(_ lines: consuming LineSource, separator: UInt8? = nil) throws(Failure) {
    var lines = lines
    guard let line = try CSVSource.nextLine(&lines, keepsBlanks: false) else { throw .noHeader }
    var bytes = line.bytes
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { throw .utf16 }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    var parser = CSVParser(separator: separator ?? CSVParser.separator(ofHeader: bytes))
    columns = try CSVSource.record(from: line.number, bytes, &parser, &lines)
      .map { String(decoding: $0, as: UTF8.self).trimmingSpace }
    self.lines = lines
    self.parser = parser
  }

  /// The next record; `nil` at the end.
  public mutating func next() throws(Failure) -> Record? {
    guard let line = try CSVSource.nextLine(&lines, keepsBlanks: false) else { return nil }
    let content: Content
    do {
      content = checked(try CSVSource.record(from: line.number, line.bytes, &parser, &lines))
    } catch .misquoted(let cell) {
      content = .malformed(
        "text follows the closing quote of cell \(cell); a quote inside is doubled"
      )
    }
    return Record(line: line.number, endOffset: lines.offset, content: content)
  }

  private func checked(_ cells: [[UInt8]]) -> Content {
    cells.count == columns.count
      ? .cells(cells)
      : .malformed("the header has \(columns.count) cells, this record has \(cells.count)")
  }

  /// The record that begins with this line, whose cells in quotes may go on in further ones.
  private static func record(
    from begin: Int,
    _ first: [UInt8],
    _ parser: inout CSVParser,
    _ lines: inout LineSource
  ) throws(Failure) -> [[UInt8]] {
    var outcome = parser.take(first)
    while outcome == .unfinished {
      let line = try nextLine(&lines, keepsBlanks: true)
      guard let line, parser.heldBytes <= WireLimits.lineBytes else {
        throw .endlessCell(line: begin)
      }
      outcome = parser.take(line.bytes)
    }
    switch outcome {
    case .record(let cells): return cells
    case .misquoted(let cell): throw .misquoted(cell: cell)
    case .unfinished: throw .endlessCell(line: begin)
    }
  }

  private static func nextLine(
    _ lines: inout LineSource,
    keepsBlanks: Bool
  ) throws(Failure) -> LineSource.Line? {
    do {
      return keepsBlanks ? try lines.nextOfAll() : try lines.next()
    } catch {
      throw .unreadable(error)
    }
  }
}

extension String {
  /// Without spaces at both ends.
  var trimmingSpace: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
