import NudgeCore

/// Finds the events whose messageId came before, with memory that does not grow with them.
///
/// What is kept of each is a keyed hash of 128 bits, with another key in each process: two ids with the same one are not
/// to be met. All of it is sorted by id through a temporary file, and what is found there by arrival. A class, since all
/// files of a history give to one.
final class RepeatFinder {
  private var seen = RecordSorter { ($0.high, $0.low, $0.arrival) < ($1.high, $1.low, $1.arrival) }

  /// Notes an event.
  func note(_ event: ArrivedEvent) throws(Failure) {
    let id = event.event.messageID
    try seen.add(SeenID(high: half(0, of: id), low: half(1, of: id), arrival: event.arrival))
  }

  private func half(_ which: Int, of id: String) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(which)
    // Two texts that are canonically equal are two ids.
    var id = id
    id.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }

  /// The repeats among everything that was noted; all but the first arrival of each id.
  func repeats() throws(Failure) -> RepeatList {
    var repeats = RecordSorter { $0.arrival < $1.arrival }
    var byID = try seen.sorted()
    seen = RecordSorter { $0.arrival < $1.arrival }
    var first: SeenID?
    while let next = try byID.next() {
      if let first, first.high == next.high, first.low == next.low {
        try repeats.add(next)
      } else {
        first = next
      }
    }
    return try RepeatList(repeats.sorted())
  }
}

/// The repeats of a history, to be asked in the order of arrival.
struct RepeatList {
  private var rest: RecordMerge
  private var ahead: SeenID?

  /// A list of what was sorted by arrival.
  init(_ sorted: RecordMerge) throws(Failure) {
    rest = sorted
    ahead = try rest.next()
  }

  /// Whether the event of an arrival is a repeat; each no earlier than the one asked before.
  mutating func hold(_ arrival: Arrival) throws(Failure) -> Bool {
    while let next = ahead, next.arrival < arrival { ahead = try rest.next() }
    return ahead?.arrival == arrival
  }
}

/// An event's id, shortened, and its arrival.
struct SeenID: Sendable {
  let high: UInt64
  let low: UInt64
  let arrival: Arrival

  /// What it takes in a file.
  static let byteCount = 8 + 8 + 8 + 4 + 8

  init(high: UInt64, low: UInt64, arrival: Arrival) {
    self.high = high
    self.low = low
    self.arrival = arrival
  }

  /// What `append` has written at a place.
  init(_ bytes: [UInt8], at place: Int) {
    func value<Value: FixedWidthInteger>(_ offset: Int) -> Value {
      bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place + offset, as: Value.self) }
    }
    high = value(0)
    low = value(8)
    arrival = Arrival(
      instant: Timestamp(millisecondsSinceEpoch: value(16)),
      file: value(24),
      line: value(28)
    )
  }

  /// Adds it in the form that `init` reads.
  func append(to bytes: inout [UInt8]) {
    withUnsafeBytes(of: high) { bytes += $0 }
    withUnsafeBytes(of: low) { bytes += $0 }
    withUnsafeBytes(of: arrival.instant.millisecondsSinceEpoch) { bytes += $0 }
    withUnsafeBytes(of: arrival.file) { bytes += $0 }
    withUnsafeBytes(of: arrival.line) { bytes += $0 }
  }
}

/// Sorts ids in runs of a bounded size, all but the last in a temporary file.
struct RecordSorter {
  private let isBefore: (SeenID, SeenID) -> Bool
  private var gathered: [SeenID] = []
  private var file: TemporaryFile?
  private var runs: [Range<Int64>] = []

  /// A sorter into this order.
  init(by isBefore: @escaping (SeenID, SeenID) -> Bool) {
    self.isBefore = isBefore
  }

  /// Adds an id.
  mutating func add(_ id: SeenID) throws(Failure) {
    gathered.append(id)
    if gathered.count >= Limits.sortedIDs { try spill() }
  }

  /// Everything that was added, in order.
  consuming func sorted() throws(Failure) -> RecordMerge {
    gathered.sort(by: isBefore)
    var merge = RecordMerge(by: isBefore)
    for run in runs {
      guard let file else { break }
      try merge.add(RecordRun(file: file, range: run))
    }
    try merge.add(RecordRun(gathered))
    return merge
  }

  private mutating func spill() throws(Failure) {
    gathered.sort(by: isBefore)
    let file: TemporaryFile
    if let open = self.file { file = open } else { file = try TemporaryFile() }
    self.file = file
    let begin = file.length
    var piece: [UInt8] = []
    for id in gathered {
      id.append(to: &piece)
      guard piece.count >= Limits.spillPieceBytes else { continue }
      try file.append(piece)
      piece.removeAll(keepingCapacity: true)
    }
    try file.append(piece)
    runs.append(begin..<file.length)
    gathered.removeAll(keepingCapacity: true)
  }
}

/// Sorted ids, from memory or from a stretch of a file.
///
/// A class, since its place moves.
final class RecordRun {
  private let file: TemporaryFile?
  private var rest: Range<Int64>
  private var buffer: ArraySlice<SeenID>

  /// Ids that are in memory.
  init(_ ids: [SeenID]) {
    file = nil
    rest = 0..<0
    buffer = ids[...]
  }

  /// Ids in a stretch of a file.
  init(file: TemporaryFile, range: Range<Int64>) {
    self.file = file
    rest = range
    buffer = []
  }

  /// The next id; `nil` at the end.
  func next() throws(Failure) -> SeenID? {
    if buffer.isEmpty, !rest.isEmpty { try fill() }
    return buffer.popFirst()
  }

  private func fill() throws(Failure) {
    guard let file else { return }
    let size = Int64(SeenID.byteCount)
    let wanted = min(Int64(Limits.spillPieceBytes) / size * size, rest.upperBound - rest.lowerBound)
    var bytes: [UInt8] = []
    while Int64(bytes.count) < wanted {
      let from = rest.lowerBound + Int64(bytes.count)
      bytes += try file.read(at: from, count: Int(wanted) - bytes.count)
    }
    rest = (rest.lowerBound + wanted)..<rest.upperBound
    buffer =
      stride(from: 0, to: bytes.count, by: SeenID.byteCount).map { SeenID(bytes, at: $0) }[...]
  }
}

/// Sorted runs as one.
struct RecordMerge {
  private let isBefore: (SeenID, SeenID) -> Bool
  /// The next id of each run, the first of all at the end.
  private var heads: [(id: SeenID, run: RecordRun)] = []

  /// Nothing yet, in this order.
  init(by isBefore: @escaping (SeenID, SeenID) -> Bool) {
    self.isBefore = isBefore
  }

  /// Adds what is left of a run.
  mutating func add(_ run: RecordRun) throws(Failure) {
    guard let id = try run.next() else { return }
    var (low, high) = (0, heads.count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(heads[middle].id, id) { high = middle } else { low = middle + 1 }
    }
    heads.insert((id, run), at: low)
  }

  /// The next id of all; `nil` at the end.
  mutating func next() throws(Failure) -> SeenID? {
    guard let head = heads.popLast() else { return nil }
    try add(head.run)
    return head.id
  }
}
