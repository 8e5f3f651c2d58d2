import HeapModule

/// Timers in the order in which they are decided: by instant, then accounts before users, then by id.
public struct TimerQueue: Sendable {
  /// A promise to look at a subject again at an instant.
  public struct Timer: Hashable, Comparable, Sendable {
    /// When to look.
    public let due: Timestamp
    /// At whom.
    public let subject: SubjectID

    /// A timer for a subject.
    public init(due: Timestamp, subject: SubjectID) {
      self.due = due
      self.subject = subject
    }

    /// Whether the left one is decided first.
    public static func < (left: Timer, right: Timer) -> Bool {
      left.due != right.due ? left.due < right.due : left.subject < right.subject
    }
  }

  private var heap: Heap<Timer>

  /// A queue of these timers.
  public init(_ timers: some Sequence<Timer> = []) {
    heap = Heap(timers)
  }

  /// The first timer; `nil` when there is none.
  public var first: Timer? { heap.min }

  /// Whether there is none.
  public var isEmpty: Bool { heap.isEmpty }

  /// Adds a timer.
  public mutating func insert(_ timer: Timer) {
    heap.insert(timer)
  }

  /// Takes the first timer that is due by an instant; `nil` when none is.
  public mutating func next(through instant: Timestamp) -> Timer? {
    guard let first = heap.min, first.due <= instant else { return nil }
    return heap.popMin()
  }
}
