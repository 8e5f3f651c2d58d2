import Glibc
import NudgeDaemon

/// A file without a name, gone when nobody holds it.
///
/// A class, since runs share it and its end is the file's.
final class TemporaryFile {
  private let descriptor: Int32
  /// In bytes.
  private(set) var length: Int64 = 0

  /// A new file in `$TMPDIR`, else in `/var/tmp`, which is meant for what is large.
  init() throws(Failure) {
    let folder = environment("TMPDIR") ?? "/var/tmp"
    var path = Array("\(folder)/nudged-XXXXXX".utf8CString)
    descriptor = mkstemp(&path)
    guard descriptor >= 0 else {
      throw Failure(
        "cannot make a temporary file in \(folder): \(SystemError.text(errno))",
        .inputOutput
      )
    }
    unlink(path)
  }

  deinit {
    close(descriptor)
  }

  /// Adds bytes at the end.
  func append(_ bytes: [UInt8]) throws(Failure) {
    let code = Descriptor(number: descriptor).write(bytes)
    guard code == 0 else {
      throw Failure("cannot write a temporary file: \(SystemError.text(code))", .inputOutput)
    }
    length += Int64(bytes.count)
  }

  /// At most so many bytes from a place that lies before the end; never none.
  func read(at offset: Int64, count: Int) throws(Failure) -> [UInt8] {
    var got = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      repeat {
        got = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      } while got < 0 && errno == EINTR
      filled = max(0, got)
    }
    guard got > 0 else {
      throw Failure("cannot read a temporary file: \(SystemError.text(errno))", .inputOutput)
    }
    return bytes
  }
}
