import CZlib

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The lines of a file, plain or gzip, read in bounded chunks.
///
/// A line ends with `\n` or `\r\n`, the last one also without; blank lines are counted and passed
/// over. Not copyable, since it owns the file.
public struct LineSource: ~Copyable {
  /// One line.
  public struct Line: Hashable, Sendable {
    /// Counted from 1, blank lines included: what a resumed reading skips to.
    public let number: Int
    /// Where it begins in the plain text, in bytes.
    public let offset: Int
    /// Without its end.
    public let bytes: [UInt8]
    /// Whether bytes are missing because the line was too long to hold.
    public let isCut: Bool

    /// A line of these bytes.
    public init(number: Int, offset: Int, bytes: [UInt8], isCut: Bool = false) {
      self.number = number
      self.offset = offset
      self.bytes = bytes
      self.isCut = isCut
    }
  }

  /// Why a file could not be read.
  public enum Failure: Error, Hashable, Sendable {
    case cannotOpen(path: String, errno: Int32)
    case cannotRead(path: String, errno: Int32)
    case badGzip(path: String, Gzip.Failure)
  }

  private let path: String
  private let file: Int32
  private let inflater: Gzip.Inflater
  private let isCompressed: Bool
  private var compressed: ArraySlice<UInt8> = []
  private var isAtEnd = false
  private var buffer: [UInt8] = []
  /// Where the next line begins in the buffer.
  private var begin = 0
  /// Up to where no line's end was found.
  private var searched = 0
  private var number = 0
  /// Where the next line begins in the plain text, in bytes.
  public private(set) var offset = 0

  /// The lines of the file at this path; gzip is told by its first two bytes.
  public init(path: String) throws(Failure) {
    try self.init(open(path, O_RDONLY | O_CLOEXEC), path)
  }

  /// The lines that come over standard input.
  public init(standardInputAs name: String) throws(Failure) {
    try self.init(dup(STDIN_FILENO), name)
  }

  private init(_ file: Int32, _ path: String) throws(Failure) {
    guard file >= 0 else { throw .cannotOpen(path: path, errno: errno) }
    do {
      var first = try LineSource.read(file, path)
      // A pipe may give one byte, which does not tell gzip.
      if first.count == 1 { first += try LineSource.read(file, path) }
      self.inflater = try LineSource.inflater(path)
      self.isCompressed = first.starts(with: [0x1F, 0x8B])
      if isCompressed { self.compressed = first[...] } else { self.buffer = first }
    } catch {
      _ = close(file)
      throw error
    }
    self.path = path
    self.file = file
  }

  deinit {
    _ = close(file)
  }

  /// The next line that is not blank; `nil` at the end.
  public mutating func next() throws(Failure) -> Line? {
    while let line = try nextOfAll() {
      if line.isCut || line.bytes.contains(where: { $0 != 0x20 && $0 != 0x09 }) { return line }
    }
    return nil
  }

  /// The next line, blank or not; `nil` at the end.
  public mutating func nextOfAll() throws(Failure) -> Line? {
    var length = 0
    while true {
      if let end = lineEnd() { return take(upTo: end, through: end + 1, after: length) }
      if isAtEnd {
        guard begin < buffer.count || length > 0 else { return nil }
        return take(upTo: buffer.count, through: buffer.count, after: length)
      }
      // A line too long to hold: only its first part stays.
      if buffer.count - begin > WireLimits.lineBytes {
        length += buffer.count - begin - WireLimits.lineBytes
        buffer.removeLast(buffer.count - begin - WireLimits.lineBytes)
      }
      try fill()
    }
  }

  private mutating func lineEnd() -> Int? {
    let from = max(begin, searched)
    let found = buffer.withUnsafeBytes { bytes -> Int? in
      guard let base = bytes.baseAddress, bytes.count > from,
        let place = memchr(base + from, 0x0A, bytes.count - from)
      else { return nil }
      return UnsafeRawPointer(place) - base
    }
    if found == nil { searched = buffer.count }
    return found
  }

  /// The line up to its end, when `dropped` bytes of it are no longer held.
  private mutating func take(upTo end: Int, through next: Int, after dropped: Int) -> Line {
    var last = end
    if last > begin, buffer[last - 1] == 0x0D { last -= 1 }
    number += 1
    let line = Line(
      number: number,
      offset: offset,
      bytes: Array(buffer[begin..<last]),
      isCut: dropped > 0
    )
    offset += next - begin + dropped
    begin = next
    searched = next
    return line
  }

  /// Moves what is left to the front and appends one chunk.
  private mutating func fill() throws(Failure) {
    if begin > 0 {
      buffer.removeFirst(begin)
      begin = 0
    }
    searched = buffer.count
    guard isCompressed else {
      let chunk = try LineSource.read(file, path)
      isAtEnd = chunk.isEmpty
      buffer += chunk
      return
    }
    try inflateChunk()
  }

  private mutating func inflateChunk() throws(Failure) {
    if compressed.isEmpty, !inflater.hasMore {
      compressed = try LineSource.read(file, path)[...]
    }
    if compressed.isEmpty, !inflater.hasMore {
      guard inflater.isAtEnd else { throw .badGzip(path: path, .truncated) }
      isAtEnd = true
      return
    }
    do {
      try inflater.inflate(&compressed, into: &buffer, atMost: WireLimits.chunkBytes)
    } catch {
      throw .badGzip(path: path, error)
    }
  }

  private static func inflater(_ path: String) throws(Failure) -> Gzip.Inflater {
    do {
      return try Gzip.Inflater()
    } catch {
      throw .badGzip(path: path, error)
    }
  }

  private static func read(_ file: Int32, _ path: String) throws(Failure) -> [UInt8] {
    var problem: Int32 = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: WireLimits.chunkBytes) { buffer, count in
      let got = retryingInterrupts { unistdRead(file, buffer.baseAddress, buffer.count) }
      if got < 0 { problem = errno }
      count = max(0, got)
    }
    guard problem == 0 else { throw .cannotRead(path: path, errno: problem) }
    return chunk
  }

  private static func retryingInterrupts(_ call: () -> Int) -> Int {
    var result = call()
    while result < 0, errno == EINTR { result = call() }
    return result
  }
}

private func unistdRead(_ file: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int
{
  read(file, buffer, count)
}
