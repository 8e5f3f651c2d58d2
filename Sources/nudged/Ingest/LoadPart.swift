import NudgeWire

/// What of a file is to be sent next: lines that keep their numbers.
struct LoadPart {
  /// The number of the first line in `body`.
  private(set) var first: Int
  private(set) var body: [UInt8] = []
  private var lines = 0

  /// An empty part behind so many lines.
  init(after done: Int) {
    first = done + 1
  }

  /// Half of what the daemon takes in one request, and a transaction's worth of events.
  private static let mostBytes = 4 << 20
  private static let mostLines = 5000

  /// The number of the last line in `body`.
  var last: Int { first + lines - 1 }

  /// Whether one more line still fits; the first one always does.
  func fits(_ line: LineSource.Line) -> Bool {
    lines == 0
      || (line.number - first < LoadPart.mostLines
        && body.count + line.bytes.count < LoadPart.mostBytes)
  }

  /// Adds a line; blank ones before it keep their numbers.
  mutating func add(_ line: LineSource.Line) {
    if lines == 0 { first = line.number }
    while first + lines < line.number {
      body.append(UInt8(ascii: "\n"))
      lines += 1
    }
    if !body.isEmpty { body.append(UInt8(ascii: "\n")) }
    body += line.bytes
    lines += 1
  }

  /// The part behind this one, empty.
  var following: LoadPart { LoadPart(after: last) }
}
