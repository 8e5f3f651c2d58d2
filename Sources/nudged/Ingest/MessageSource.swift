import NudgeCore
import NudgeDaemon
import NudgeWire

/// The messages of a file, each on the line where it begins: lines of JSON, or rows of a table turned into them.
struct MessageSource: ~Copyable {
  /// What a line holds.
  enum Item {
    case message(LineSource.Line)
    /// A row that is none, and why.
    case malformed(line: Int, String)
  }

  /// What files are called in messages: standard input is `-` among the arguments.
  static func name(of file: String) -> String { file == "-" ? "standard input" : file }

  private let name: String
  private let mapping: CSVMapping?
  // One of the two is there; an enum of them could not be read in place.
  private var lines: LineSource?
  private var table: CSVSource?
  /// How much of the plain text was read, in bytes.
  private(set) var offset = 0

  /// The messages of a file; `-` is standard input.
  init(_ file: String, _ options: InputOptions) throws(Failure) {
    name = MessageSource.name(of: file)
    switch options.form(of: file) {
    case .jsonl:
      lines = try MessageSource.open(file, name)
      table = nil
      mapping = nil
    case .csv:
      let source = try MessageSource.table(of: MessageSource.open(file, name), name)
      mapping = try options.mapping(of: source.columns, in: name)
      lines = nil
      table = consume source
    }
  }

  private static func open(_ file: String, _ name: String) throws(Failure) -> LineSource {
    do {
      return try file == "-" ? LineSource(standardInputAs: name) : LineSource(path: file)
    } catch {
      throw Failure(error)
    }
  }

  private static func table(
    of lines: consuming LineSource,
    _ name: String
  ) throws(Failure) -> CSVSource {
    do { return try CSVSource(lines) } catch { throw Failure(error, in: name) }
  }

  /// The columns that fill nothing.
  var unused: [String] { mapping?.unused ?? [] }

  /// The next one; `nil` at the end.
  mutating func next() throws(Failure) -> Item? {
    guard let mapping else { return try nextLine().map(Item.message) }
    return try nextRecord().map { item(of: $0, mapping) }
  }

  private mutating func nextLine() throws(Failure) -> LineSource.Line? {
    do {
      let line = try lines?.next()
      offset = lines?.offset ?? 0
      return line
    } catch {
      throw Failure(error)
    }
  }

  private mutating func nextRecord() throws(Failure) -> CSVSource.Record? {
    do {
      let record = try table?.next()
      offset = record?.endOffset ?? offset
      return record
    } catch {
      throw Failure(error, in: name)
    }
  }

  private func item(of record: CSVSource.Record, _ mapping: CSVMapping) -> Item {
    switch record.content {
    case .malformed(let reason): .malformed(line: record.line, reason)
    case .cells(let cells):
      .message(
        LineSource.Line(number: record.line, offset: 0, bytes: mapping.line(of: cells))
      )
    }
  }
}

extension Failure {
  /// Why a file is no table.
  init(_ failure: CSVSource.Failure, in name: String) {
    switch failure {
    case .unreadable(let failure): self.init(failure)
    case .noHeader:
      self.init("\(name) is empty; the first line of a table names its columns", .badData)
    case .utf16: self.init("\(name):1: the table is UTF-16; save it as UTF-8", .badData)
    case .misquoted(let cell):
      self.init(
        "\(name):1: text follows the closing quote of cell \(cell); a quote inside is doubled",
        .badData
      )
    case .endlessCell(let line):
      self.init(
        "\(name):\(line): a cell begins with a quote that nothing closes; write `\"\"` for a quote inside",
        .badData
      )
    }
  }
}
