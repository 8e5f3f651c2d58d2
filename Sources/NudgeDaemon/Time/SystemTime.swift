// Dispatch has its own copy of `timespec`, and which one the compiler means depends on what it reads first.
import CDispatch
import Glibc

/// The readings of the system's clocks (clock_gettime(2)).
enum SystemTime {
  /// Since 1970, as somebody has set it.
  static var ofDay: Duration { reading(of: CLOCK_REALTIME) }

  /// Since some instant, set by nobody; it stands while the machine sleeps.
  static var monotonic: Duration { reading(of: CLOCK_MONOTONIC) }

  /// Since the system started, also while it slept.
  static var sinceBoot: Duration { reading(of: CLOCK_BOOTTIME) }

  private static func reading(of clock: clockid_t) -> Duration {
    var time = timespec()
    guard clock_gettime(clock, &time) == 0 else {
      preconditionFailure("clock \(clock) cannot be read: \(errno)")
    }
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
