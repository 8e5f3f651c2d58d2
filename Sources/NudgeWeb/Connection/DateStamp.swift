import Glibc
import Synchronization

/// The `Date` of answers (RFC 9110, section 5.6.7), made once for each second in which somebody asks.
///
/// A class, shared by all answers of a server; a mutex guards what is small.
final class DateStamp: Sendable {
  private struct Stamp {
    var second: time_t
    var text: String
  }

  private let latest = Mutex(Stamp(second: -1, text: ""))

  /// The date of now.
  var text: String { text(at: time(nil)) }

  /// The date of a second since 1970.
  func text(at second: time_t) -> String {
    latest.withLock { latest in
      if latest.second != second { latest = Stamp(second: second, text: DateStamp.format(second)) }
      return latest.text
    }
  }

  private static func format(_ second: time_t) -> String {
    var (second, parts) = (second, tm())
    gmtime_r(&second, &parts)
    // Names of days and months are English: no program of ours calls setlocale(3).
    var bytes = [CChar](repeating: 0, count: 32)
    let count = strftime(&bytes, bytes.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
    return String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
