/// Reads tables of separated values (RFC 4180), line by line.
///
/// A cell in quotes may hold separators, doubled quotes and line ends. A quote inside a cell that did not begin with
/// one stands for itself, as spreadsheets have it.
public struct CSVParser: Sendable {
  /// What a line led to.
  public enum Outcome: Hashable, Sendable {
    /// The cells of a record that ends with this line.
    case record([[UInt8]])
    /// The record goes on in the next line.
    case unfinished
    /// Text follows a closing quote in the cell of this place, counted from 1.
    case misquoted(cell: Int)
  }

  private enum State {
    case beginning
    case plain
    case quoted
    case closed
  }

  private let separator: UInt8
  private var state = State.beginning
  private var cells: [[UInt8]] = []
  private var cell: [UInt8] = []
  private var misquoted: Int?
  /// Bytes of the record so far.
  public private(set) var heldBytes = 0

  /// A parser of cells with this byte between them.
  public init(separator: UInt8) {
    self.separator = separator
  }

  /// Whether a record has begun that has not ended.
  public var isInside: Bool { state == .quoted }

  /// Takes a line without its end.
  public mutating func take(_ line: some Sequence<UInt8>) -> Outcome {
    for byte in line {
      heldBytes += 1
      take(byte)
    }
    if state == .quoted {
      cell.append(UInt8(ascii: "\n"))
      heldBytes += 1
      return .unfinished
    }
    return finish()
  }

  private mutating func take(_ byte: UInt8) {
    switch state {
    case .beginning where byte == UInt8(ascii: "\""): state = .quoted
    case .beginning, .plain: takePlain(byte)
    case .quoted where byte == UInt8(ascii: "\""): state = .closed
    case .quoted: cell.append(byte)
    case .closed where byte == UInt8(ascii: "\""):
      cell.append(byte)
      state = .quoted
    case .closed where byte == separator: endCell()
    case .closed:
      misquoted = misquoted ?? cells.count + 1
      state = .plain
      cell.append(byte)
    }
  }

  private mutating func takePlain(_ byte: UInt8) {
    if byte == separator { return endCell() }
    state = .plain
    cell.append(byte)
  }

  private mutating func endCell() {
    cells.append(cell)
    cell = []
    state = .beginning
  }

  private mutating func finish() -> Outcome {
    endCell()
    defer { self = CSVParser(separator: separator) }
    if let misquoted { return .misquoted(cell: misquoted) }
    return .record(cells)
  }
}

extension CSVParser {
  /// The separator of a header: of comma, semicolon and tab the one that it has most of, outside quotes.
  public static func separator(ofHeader line: [UInt8]) -> UInt8 {
    var isQuoted = false
    var counts: [UInt8: Int] = [:]
    for byte in line {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    let candidates = Array(",;\t".utf8)
    return candidates.reversed().max { counts[$0, default: 0] < counts[$1, default: 0] }
      ?? UInt8(ascii: ",")
  }
}
