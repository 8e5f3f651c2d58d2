import Dispatch
import Glibc
public import NudgeCore

/// Writes planned lines to a file, each exactly once and for ever at the same place.
///
/// It writes with `pwrite` at the planned offsets (not `O_APPEND`, which on Linux ignores them, pwrite(2)), then
/// `fdatasync`. Writing a plan again gives the same file. What stands in the file is never changed: when it is not what
/// the database says, that is an alarm.
public struct FileOutbox: Sendable {
  /// Why a plan is not on disk.
  public enum Failure: Error, Hashable, Sendable {
    /// A system call failed: its name, and `errno`. It may be tried again.
    case system(String, CInt)
    /// Somebody edited the file. A new segment is needed.
    case alarm(Alarm)
    /// A test stopped it here.
    case stopped
  }

  /// How the file is other than the database says.
  public enum Alarm: Hashable, Sendable {
    /// It is gone.
    case missing
    /// It is no regular file.
    case notRegular
    /// It has fewer bytes than were written.
    case shorter(length: Int, flushed: Int)
    /// The last bytes are not those that were written.
    case otherTail
    /// It goes on with bytes that are not ours.
    case foreignBytes(at: Int)
  }

  /// What is about to be done, for tests that stop there.
  enum Step: Hashable {
    case rename
    case create
    case write
    case sync
    case finish
  }

  let path: FilePath
  private let chunkBytes: Int
  private let before: @Sendable (Step) throws(Failure) -> Void
  // A thread of its own: a disk that hangs holds up no other channel.
  private let queue = DispatchQueue(label: "nudged.file-outbox")

  /// An outbox at this path; its folder is made when it is missing.
  public init(_ path: FilePath) {
    self.init(path, chunkBytes: .max) { _ throws(Failure) in }
  }

  /// An outbox that writes at most so many bytes at once and asks before each step.
  init(
    _ path: FilePath,
    chunkBytes: Int,
    before: @escaping @Sendable (Step) throws(Failure) -> Void
  ) {
    self.path = path
    self.chunkBytes = chunkBytes
    self.before = before
  }

  /// Writes a plan and makes it durable, on a thread of the outbox's own.
  ///
  /// - Throws: why it may not be on disk; writing it again does no harm.
  public func write(_ plan: FilePlan) async throws(Failure) -> FileMark {
    let result = await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: self.result(of: plan)) }
    }
    return try result.get()
  }

  private func result(of plan: FilePlan) -> Result<FileMark, Failure> {
    do throws(Failure) {
      return .success(try writeBlocking(plan))
    } catch {
      return .failure(error)
    }
  }

  func writeBlocking(_ plan: FilePlan) throws(Failure) -> FileMark {
    if plan.flushed.length == 0 { try makeFolders() }
    if let displaced = plan.displaced { try archive(displaced) }
    let file = try openSegment(plan)
    let bytes = plan.lines.flatMap(\.bytes)
    try verify(file, plan, bytes)
    try write(bytes, to: file, at: plan.flushed.length)
    try before(.sync)
    try file.sync()
    try before(.finish)
    return try mark(file, at: plan.end)
  }
}

extension FileOutbox {
  /// Renames a segment once.
  ///
  /// What already has its name, or has been taken away, is left alone.
  private func archive(_ displaced: DisplacedSegment) throws(Failure) {
    let target = path.archive(displaced.number)
    guard access(target, F_OK) != 0, let file = try OpenFile.existing(path.text) else { return }
    if let mark = displaced.mark, try deviation(of: file, from: mark) != nil { return }
    try before(.rename)
    guard rename(path.text, target) == 0 else { throw .system("rename", errno) }
    try OpenFile.syncFolder(path.folder)
  }

  private func openSegment(_ plan: FilePlan) throws(Failure) -> OpenFile {
    if let file = try OpenFile.existing(path.text) {
      // Created before a crash, perhaps, and its name not yet durable.
      if plan.flushed.length == 0 { try OpenFile.syncFolder(path.folder) }
      return file
    }
    guard plan.flushed.length == 0 else { throw .alarm(.missing) }
    try before(.create)
    let file = try OpenFile.created(path.text)
    try OpenFile.syncFolder(path.folder)
    return file
  }

  /// What is flushed must be there, and beyond it only what an earlier try at this plan can have left.
  private func verify(
    _ file: borrowing OpenFile,
    _ plan: FilePlan,
    _ bytes: [UInt8]
  ) throws(Failure) {
    if let alarm = try deviation(of: file, from: plan.flushed) { throw .alarm(alarm) }
    let length = try file.length() ?? 0
    guard length <= plan.end else { throw .alarm(.foreignBytes(at: plan.end)) }
    let rest = try file.read(plan.flushed.length..<length)
    // Zeros: a length that survived a power cut without its bytes.
    let stranger = zip(rest, bytes).enumerated().first { $1.0 != $1.1 && $1.0 != 0 }
    if let stranger { throw .alarm(.foreignBytes(at: plan.flushed.length + stranger.offset)) }
  }

  func deviation(
    of file: borrowing OpenFile,
    from mark: FileMark
  ) throws(Failure) -> Alarm? {
    guard let length = try file.length() else { return .notRegular }
    guard length >= mark.length else { return .shorter(length: length, flushed: mark.length) }
    return try self.mark(file, at: mark.length) == mark ? nil : .otherTail
  }

  func mark(_ file: borrowing OpenFile, at length: Int) throws(Failure) -> FileMark {
    let tail = try file.read(max(0, length - Limits.tailBytes)..<length)
    return FileMark(length: length, tailDigest: Digest.sha256(tail))
  }

  private func write(
    _ bytes: [UInt8],
    to file: borrowing OpenFile,
    at offset: Int
  ) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      try before(.write)
      let written = try file.write(
        rest.prefix(chunkBytes),
        at: offset + bytes.count - rest.count
      )
      rest = rest.dropFirst(written)
    }
  }

  private func makeFolders() throws(Failure) {
    guard access(path.folder, F_OK) != 0 else { return }
    var made = path.folder.first == "/" ? "" : "."
    for part in path.folder.split(separator: "/") {
      let parent = made.isEmpty ? "/" : made
      made += "/\(part)"
      if mkdir(made, 0o750) == 0 {
        try OpenFile.syncFolder(parent)
      } else if errno != EEXIST {
        throw .system("make folder", errno)
      }
    }
  }
}

extension FileOutbox.Failure: CustomStringConvertible {
  /// What went wrong, in the system's words or ours.
  public var description: String {
    switch self {
    case .system(let call, let code): "\(call): \(String(cString: strerror(code)))"
    case .alarm(let alarm): alarm.description
    case .stopped: "stopped"
    }
  }
}

extension FileOutbox.Alarm: CustomStringConvertible {
  /// What is other than it was written.
  public var description: String {
    switch self {
    case .missing: "the file is gone"
    case .notRegular: "it is not a regular file"
    case .shorter(let length, let flushed): "it has \(length) bytes and had \(flushed)"
    case .otherTail: "its end is not what was written"
    case .foreignBytes(let offset): "somebody else wrote at byte \(offset)"
    }
  }
}
