import Glibc

/// An open file of the system, by its number.
struct Descriptor: Hashable, Sendable {
  let number: Int32

  /// Writes all bytes; hands back the system's error number, 0 when all is written.
  func write(_ bytes: [UInt8]) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
        let written = Glibc.write(number, rest.baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        if written <= 0 { return errno }
        done += written
      }
      return 0
    }
  }
}
