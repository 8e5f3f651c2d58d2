import NudgeCore
import NudgeWire

/// What was seen of files of events while they were read through.
struct EventSurvey {
  /// How many events there are.
  private(set) var events = 0
  /// How many lines are none.
  private(set) var rejected = 0
  /// The first few of those, each as `FILE:LINE: rejected[CODE]: why`.
  private(set) var complaints: [String] = []
  /// The earliest arrival; `nil` without events.
  private(set) var first: Timestamp?
  /// The latest arrival; `nil` without events.
  private(set) var last: Timestamp?
  /// Whether every event arrived no earlier than the one before it in its file.
  private(set) var isInOrder = true
  private var previous: Arrival?

  /// Notes an event of a file.
  mutating func note(_ arrival: Arrival) {
    events += 1
    first = min(first ?? arrival.instant, arrival.instant)
    last = max(last ?? arrival.instant, arrival.instant)
    if let previous, arrival < previous { isInOrder = false }
    previous = arrival
  }

  /// Notes a line that is no event.
  mutating func note(_ rejection: Rejection, path: String, line: Int) {
    rejected += 1
    guard complaints.count < Limits.rejectionsTold else { return }
    complaints.append("\(path):\(line): rejected[\(rejection.code)]: \(rejection.reason)")
  }

  /// Adds what was seen of another file.
  mutating func add(_ other: EventSurvey) {
    events += other.events
    rejected += other.rejected
    complaints += other.complaints.prefix(Limits.rejectionsTold - complaints.count)
    first = [first, other.first].compactMap(\.self).min()
    last = [last, other.last].compactMap(\.self).max()
  }
}
