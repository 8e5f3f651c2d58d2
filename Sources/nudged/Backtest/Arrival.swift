import NudgeCore

/// Where an event stands in the order of arrival: by instant, then as the files give it.
struct Arrival: Hashable, Comparable, Sendable {
  /// When it arrived.
  let instant: Timestamp
  /// The place of its file among the arguments.
  let file: Int32
  /// Its line, counted from 1.
  let line: Int64

  /// Whether the left one is taken in first.
  static func < (left: Arrival, right: Arrival) -> Bool {
    if left.instant != right.instant { return left.instant < right.instant }
    return (left.file, left.line) < (right.file, right.line)
  }
}

/// An event with its place in the order.
struct ArrivedEvent: Sendable {
  let arrival: Arrival
  let event: Event
}

/// Events in the order of their arrival.
protocol EventRun: AnyObject {
  /// The next one; `nil` at the end.
  func next() throws(Failure) -> ArrivedEvent?
}
