import CZlib

/// Inflates gzip and zlib streams under a limit of size, which is the only limit: an honest body
/// has been seen at 775:1.
public enum Gzip {
  /// Why a stream could not be inflated.
  public enum Failure: Error, Hashable, Sendable {
    case malformed
    /// It ends in the middle.
    case truncated
    case tooLarge(limit: Int)
    case outOfMemory
  }

  /// The bytes behind these compressed ones; several members one after the other are one stream.
  public static func inflate(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
    let inflater = try Inflater()
    var output: [UInt8] = []
    var input = bytes[...]
    repeat {
      let room = min(max(4 * bytes.count, 16 << 10), limit + 1 - output.count, 1 << 20)
      try inflater.inflate(&input, into: &output, atMost: room)
      if output.count > limit { throw .tooLarge(limit: limit) }
    } while !input.isEmpty || inflater.hasMore
    guard inflater.isAtEnd else { throw .truncated }
    return output
  }
}

extension Gzip {
  /// One stream on its way.
  ///
  /// Not copyable, since zlib's state exists once, and points back at its stream, which therefore
  /// stays at one address.
  struct Inflater: ~Copyable {
    private let stream: UnsafeMutablePointer<z_stream>
    private let state: UnsafeMutablePointer<State>

    private struct State {
      var isAtEnd = false
      var hasMore = false
    }

    /// What tells zlib to find out by itself whether the stream is gzip's or zlib's.
    private static let anyHeader: Int32 = 15 + 32

    init() throws(Failure) {
      stream = .allocate(capacity: 1)
      stream.initialize(to: z_stream())
      state = .allocate(capacity: 1)
      state.initialize(to: State())
      let size = Int32(MemoryLayout<z_stream>.size)
      guard inflateInit2_(stream, Inflater.anyHeader, ZLIB_VERSION, size) == Z_OK else {
        stream.deallocate()
        state.deallocate()
        throw .outOfMemory
      }
    }

    deinit {
      inflateEnd(stream)
      stream.deallocate()
      state.deallocate()
    }

    /// Whether the last member was complete.
    var isAtEnd: Bool { state.pointee.isAtEnd }

    /// Whether output is left that did not fit.
    var hasMore: Bool { state.pointee.hasMore }

    /// Takes from the input and appends at most so many bytes to the output.
    func inflate(
      _ input: inout ArraySlice<UInt8>,
      into output: inout [UInt8],
      atMost room: Int
    ) throws(Failure) {
      if isAtEnd, !input.isEmpty, try !beginNextMember(&input) { return }
      let made = try step(&input, room: room)
      output += made
    }

    /// Whether another member follows; zeros that pad a file to its block are passed over.
    private func beginNextMember(_ input: inout ArraySlice<UInt8>) throws(Failure) -> Bool {
      input = input.drop { $0 == 0 }
      if input.isEmpty { return false }
      guard inflateReset(stream) == Z_OK else { throw .malformed }
      state.pointee.isAtEnd = false
      return true
    }

    private func step(_ input: inout ArraySlice<UInt8>, room: Int) throws(Failure) -> [UInt8] {
      var status = Z_OK
      var rest = 0
      let made = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        input.withUnsafeBufferPointer { source in
          stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
          stream.pointee.avail_in = UInt32(source.count)
          stream.pointee.next_out = buffer.baseAddress
          stream.pointee.avail_out = UInt32(room)
          status = CZlib.inflate(stream, Z_NO_FLUSH)
          rest = Int(stream.pointee.avail_in)
        }
        count = room - Int(stream.pointee.avail_out)
      }
      input = input.suffix(rest)
      try note(status, isFull: made.count == room)
      return made
    }

    private func note(_ status: Int32, isFull: Bool) throws(Failure) {
      switch status {
      case Z_STREAM_END: state.pointee = State(isAtEnd: true, hasMore: false)
      // Without progress there is nothing more to be had from this input.
      case Z_OK, Z_BUF_ERROR: state.pointee = State(isAtEnd: false, hasMore: isFull)
      case Z_MEM_ERROR: throw .outOfMemory
      default: throw .malformed
      }
    }
  }
}
