import Glibc
import NudgeCore

/// Looks at the system's time of day.
struct ClockExam {
  let now: Timestamp

  /// When this version was written: no right clock is before it.
  private static let earliest = Timestamp(millisecondsSinceEpoch: 1_735_689_600_000)

  var findings: [Finding] {
    let text = now.rfc3339
    guard now > ClockExam.earliest else {
      return [
        .bad("clock", "\(text) is long past", "set the clock, and let a time service keep it")
      ]
    }
    guard let isKept else { return [.good("clock", text)] }
    guard isKept else {
      return [
        .warning(
          "clock",
          "\(text), and no time service is seen to keep it",
          "switch one on: systemd-timesyncd or chrony; messages leave by this clock"
        )
      ]
    }
    return [.good("clock", "\(text), kept by a time service")]
  }

  /// What time services leave behind while they run.
  private static let traces = [
    "/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/run/chrony",
    "/run/ntpd.pid", "/run/openntpd.pid",
  ]

  /// What says that the clock is another machine's affair.
  private static let containers = ["/run/systemd/container", "/run/.containerenv", "/.dockerenv"]

  /// Whether a time service is seen to keep the clock; `nil` where it could not be seen.
  private var isKept: Bool? {
    func isThere(_ path: String) -> Bool { access(path, F_OK) == 0 }
    if ClockExam.containers.contains(where: isThere) { return nil }
    return ClockExam.traces.contains(where: isThere)
  }
}
