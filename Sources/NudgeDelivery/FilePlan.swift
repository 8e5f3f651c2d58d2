public import NudgeCore

/// How far a file stands, and what its end looks like.
public struct FileMark: Hashable, Sendable {
  /// In bytes.
  public let length: Int
  /// SHA-256 of the last 64 bytes before `length`, or of all that there are.
  public let tailDigest: [UInt8]

  /// A mark at this length.
  public init(length: Int, tailDigest: [UInt8]) {
    self.length = length
    self.tailDigest = tailDigest
  }

  /// The beginning of every file.
  public static let beginning = FileMark(length: 0, tailDigest: Digest.sha256([]))
}

/// When a segment is finished and the next one begun.
public struct FileRotation: Hashable, Sendable {
  /// The most bytes of a segment; a single longer line still has its place.
  public let bytes: Int
  /// The longest time from a segment's first line to its last one; `nil`: any.
  public let every: Duration?

  /// A rotation at this size and after this time; 64 MB and never by time unless told.
  public init(bytes: Int = 64_000_000, every: Duration? = nil) {
    self.bytes = bytes
    self.every = every
  }
}

/// A segment that gives up the file's name to the next one.
public struct DisplacedSegment: Hashable, Sendable {
  /// Counted from 1.
  public let number: Int
  /// How it ends; `nil` when somebody edited it, and it goes as it is.
  public let mark: FileMark?

  /// A segment that is to be renamed.
  public init(number: Int, mark: FileMark?) {
    self.number = number
    self.mark = mark
  }
}

/// One line's place.
public struct FileAssignment: Hashable, Sendable {
  /// The delivery's id.
  public let id: String
  /// Where it begins, in bytes from the segment's beginning.
  public let offset: Int
  /// The line, with its newline.
  public let bytes: [UInt8]

  /// A line at this place.
  public init(id: String, offset: Int, bytes: [UInt8]) {
    self.id = id
    self.offset = offset
    self.bytes = bytes
  }
}

/// What is to be written next: lines of one segment, without a gap, from where the file stands.
public struct FilePlan: Hashable, Sendable {
  /// The segment, counted from 1.
  public let segment: Int
  /// The segment to rename first; `nil` when there is none.
  public let displaced: DisplacedSegment?
  /// How far the segment stands; nothing before it is touched.
  public let flushed: FileMark
  /// At least one, in the order of their offsets.
  public let lines: [FileAssignment]

  /// Where the segment ends when all is written.
  public var end: Int { lines.last.map { $0.offset + $0.bytes.count } ?? flushed.length }
}

/// Where a file channel stands, as the database keeps it: the file is a function of this and of the deliveries.
///
/// At most one plan is open. It is made (`planning`) and kept in one transaction with the offsets of its deliveries,
/// written, and then settled (`settled`) in another. After a crash `resuming` gives the same plan again.
public struct FileState: Hashable, Sendable {
  /// The segment that lines go to, counted from 1.
  public let segment: Int
  /// How far the lines of the open plan reach; as `flushed` when none is open.
  public let planned: Int
  /// How far the segment is known to be on disk.
  public let flushed: FileMark
  /// When the segment's first line was planned; `nil` while it has none.
  public let openedAt: Timestamp?
  /// The segment that must be renamed before the open plan is written.
  public let displaced: DisplacedSegment?

  /// A state of these parts, as read from the database.
  public init(
    segment: Int,
    planned: Int,
    flushed: FileMark,
    openedAt: Timestamp?,
    displaced: DisplacedSegment?
  ) {
    self.segment = segment
    self.planned = planned
    self.flushed = flushed
    self.openedAt = openedAt
    self.displaced = displaced
  }

  /// Before the first line.
  public static let initial = FileState(
    segment: 1,
    planned: 0,
    flushed: .beginning,
    openedAt: nil,
    displaced: nil
  )

  /// Whether a plan is open.
  public var isPlanOpen: Bool { planned > flushed.length }
}

extension FileState {
  /// A delivery that waits for its place: id and payload.
  public typealias Row = (id: String, payload: [UInt8])

  /// The next plan for these deliveries, and the state that goes with it; `nil` when there are none.
  ///
  /// It takes as many from the front as the segment has room for, and at least one.
  public func planning(
    _ rows: [Row],
    now: Timestamp,
    rotation: FileRotation
  ) -> (plan: FilePlan, state: FileState)? {
    precondition(!isPlanOpen, "planned while \(planned - flushed.length) bytes are open")
    guard let first = rows.first else { return nil }
    let firstLine = FileLine.bytes(for: first.payload)
    let start = rotates(before: firstLine.count, now: now, rotation: rotation) ? following : self
    let lines = start.assignments(firstLine, rows, upTo: rotation.bytes)
    let end = lines.last.map { $0.offset + $0.bytes.count } ?? start.planned
    let state = start.with(planned: end, openedAt: start.openedAt ?? now)
    return (state.plan(lines), state)
  }

  /// The open plan again, from the deliveries that it holds.
  public func resuming(_ rows: [(id: String, offset: Int, payload: [UInt8])]) -> FilePlan {
    let lines = rows.map { row in
      FileAssignment(id: row.id, offset: row.offset, bytes: FileLine.bytes(for: row.payload))
    }
    return plan(lines.sorted { $0.offset < $1.offset })
  }

  /// The state after the open plan has been written up to this mark.
  public func settled(_ mark: FileMark) -> FileState {
    precondition(mark.length == planned, "settled \(mark.length) of \(planned)")
    return FileState(
      segment: segment,
      planned: planned,
      flushed: mark,
      openedAt: openedAt,
      displaced: nil
    )
  }

  /// The state after somebody has edited the file: it is put aside as it is, and the open plan's deliveries
  /// wait again.
  public func restarted() -> FileState {
    let edited = DisplacedSegment(number: segment, mark: nil)
    return FileState(
      segment: segment + 1,
      planned: 0,
      flushed: .beginning,
      openedAt: nil,
      displaced: edited
    )
  }

  private var following: FileState {
    FileState(
      segment: segment + 1,
      planned: 0,
      flushed: .beginning,
      openedAt: nil,
      displaced: DisplacedSegment(number: segment, mark: flushed)
    )
  }

  private func rotates(before bytes: Int, now: Timestamp, rotation: FileRotation) -> Bool {
    guard flushed.length > 0 else { return false }
    if flushed.length + bytes > rotation.bytes { return true }
    guard let every = rotation.every, let openedAt else { return false }
    return now - openedAt >= every
  }

  private func assignments(
    _ firstLine: [UInt8],
    _ rows: [Row],
    upTo limit: Int
  ) -> [FileAssignment] {
    var lines = [FileAssignment(id: rows[0].id, offset: planned, bytes: firstLine)]
    var end = planned + firstLine.count
    for row in rows.dropFirst() {
      let bytes = FileLine.bytes(for: row.payload)
      guard end + bytes.count <= limit else { break }
      lines.append(FileAssignment(id: row.id, offset: end, bytes: bytes))
      end += bytes.count
    }
    return lines
  }

  private func plan(_ lines: [FileAssignment]) -> FilePlan {
    FilePlan(segment: segment, displaced: displaced, flushed: flushed, lines: lines)
  }

  private func with(planned: Int, openedAt: Timestamp) -> FileState {
    FileState(
      segment: segment,
      planned: planned,
      flushed: flushed,
      openedAt: openedAt,
      displaced: displaced
    )
  }
}
