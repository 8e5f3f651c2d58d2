import Glibc
import NudgeCore

/// The system's clock, read once by a command that must know the date.
enum Today {
  /// This instant.
  static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let milliseconds = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    return Timestamp(millisecondsSinceEpoch: milliseconds)
  }
}
