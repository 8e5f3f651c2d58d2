import Glibc
import NudgeCore
import NudgeDaemon
import NudgeWire

/// Sorts events by arrival through a temporary file: lines are gathered up to a size, sorted, and written as
/// one run; the runs are merged when they are read.
///
/// Not copyable, since what it has gathered goes to disk once.
struct EventSorter: ~Copyable {
  private var lines: [(arrival: Arrival, bytes: [UInt8])] = []
  private var gatheredBytes = 0
  private let file: TemporaryFile
  private var ranges: [Range<Int64>] = []

  /// A sorter with nothing in it.
  init() throws(Failure) {
    file = try TemporaryFile()
  }

  /// Adds an event's line.
  mutating func add(_ bytes: [UInt8], at arrival: Arrival) throws(Failure) {
    lines.append((arrival, bytes))
    gatheredBytes += bytes.count + SpilledRun.headerBytes
    if gatheredBytes >= Limits.sortedRunBytes { try spill() }
  }

  /// The runs that hold everything that was added.
  consuming func runs() throws(Failure) -> [any EventRun] {
    try spill()
    var runs: [any EventRun] = []
    for range in ranges { runs.append(try SpilledRun(file: file, range: range)) }
    return runs
  }

  private mutating func spill() throws(Failure) {
    if lines.isEmpty { return }
    lines.sort { $0.arrival < $1.arrival }
    let begin = file.length
    var piece: [UInt8] = []
    for line in lines {
      SpilledRun.append(line.bytes, at: line.arrival, to: &piece)
      guard piece.count >= Limits.spillPieceBytes else { continue }
      try file.append(piece)
      piece.removeAll(keepingCapacity: true)
    }
    try file.append(piece)
    ranges.append(begin..<file.length)
    lines = []
    gatheredBytes = 0
  }
}

/// One sorted stretch of a temporary file.
///
/// A class, since its place in the file moves.
final class SpilledRun: EventRun {
  /// The arrival's instant, file and line, and the number of bytes that follow.
  static let headerBytes = 8 + 4 + 8 + 4

  private let file: TemporaryFile
  private let decoder: LineDecoder
  private var rest: Range<Int64>
  private var buffer: [UInt8] = []
  private var position = 0

  /// A stretch that `append` has written.
  init(file: TemporaryFile, range: Range<Int64>) throws(Failure) {
    self.file = file
    self.rest = range
    self.decoder = try EventFile.decoder()
  }

  /// Adds a line in the form that a run reads.
  static func append(_ line: [UInt8], at arrival: Arrival, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: arrival.instant.millisecondsSinceEpoch) { bytes += $0 }
    withUnsafeBytes(of: arrival.file) { bytes += $0 }
    withUnsafeBytes(of: arrival.line) { bytes += $0 }
    withUnsafeBytes(of: Int32(line.count)) { bytes += $0 }
    bytes += line
  }

  /// The next event of the stretch.
  func next() throws(Failure) -> ArrivedEvent? {
    guard try fill(SpilledRun.headerBytes) else { return nil }
    let arrival = Arrival(
      instant: Timestamp(millisecondsSinceEpoch: take(Int64.self)),
      file: take(Int32.self),
      line: take(Int64.self)
    )
    let length = Int(take(Int32.self))
    guard try fill(length) else { return nil }
    let bytes = Array(buffer[position..<position + length])
    position += length
    let line = LineSource.Line(number: Int(arrival.line), offset: 0, bytes: bytes)
    guard case .taken(let event) = decoder.decode(line) else {
      preconditionFailure("a line that was taken is rejected: \(arrival)")
    }
    return ArrivedEvent(arrival: arrival, event: event)
  }

  private func take<Value: FixedWidthInteger>(_: Value.Type) -> Value {
    defer { position += MemoryLayout<Value>.size }
    return buffer.withUnsafeBytes {
      $0.loadUnaligned(fromByteOffset: position, as: Value.self)
    }
  }

  /// Whether so many bytes lie ahead, after reading on where they do not.
  private func fill(_ count: Int) throws(Failure) -> Bool {
    while buffer.count - position < count, !rest.isEmpty {
      buffer.removeFirst(position)
      position = 0
      let wanted = min(Int64(Limits.spillPieceBytes), rest.upperBound - rest.lowerBound)
      let piece = try file.read(at: rest.lowerBound, count: Int(wanted))
      rest = (rest.lowerBound + Int64(piece.count))..<rest.upperBound
      buffer += piece
    }
    return buffer.count - position >= count
  }
}
