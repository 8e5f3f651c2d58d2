/// The events of one series that a subject is known to have, in the order of their own timestamps.
///
/// The same events give the same answers in any order of arrival, so facts are order-free by shape.
struct Occurrences: Hashable, Sendable {
  /// One event, as much of it as facts need.
  struct Occurrence: Hashable, Sendable {
    /// Its own timestamp, in milliseconds since the epoch.
    let instant: Int64
    /// The kept property; `nil` when absent, null, a list or a map.
    let value: Scalar?
    /// In a person's memory 1 if the event names an account, else 0; in an account's memory the
    /// place of the member in `Memory.members`, or -1 for none.
    let source: Int32
  }

  /// Those that are kept.
  private(set) var all: [Occurrence] = []
  /// How many were dropped, since no comparison could need them.
  var dropped = 0

  /// No events yet, or none but those that were dropped.
  init(dropped: Int = 0) {
    self.dropped = dropped
  }

  /// Drops what lies at these places, but for those that name no account if they are all kept.
  mutating func drop(_ places: Range<Int>, isOfAllLoose: Bool) {
    if places.isEmpty { return }
    let loose = isOfAllLoose ? all[places].filter { $0.source == 0 } : []
    if loose.count == places.count { return }
    all.replaceSubrange(places, with: loose)
    dropped += places.count - loose.count
  }

  /// Puts an event in its place; among equal instants the newcomer goes last.
  mutating func insert(_ occurrence: Occurrence) {
    if let last = all.last, last.instant > occurrence.instant {
      all.insert(occurrence, at: firstIndex(after: occurrence.instant))
    } else {
      all.append(occurrence)
    }
  }

  /// Makes an event that nobody known has done a member's: the one of the same instant and value.
  mutating func claim(_ occurrence: Occurrence, for member: Int32) {
    let same = firstIndex(from: occurrence.instant)..<firstIndex(after: occurrence.instant)
    let place = same.first { all[$0].source == -1 && all[$0].value == occurrence.value }
    guard let place else { return }
    all[place] = Occurrence(instant: occurrence.instant, value: occurrence.value, source: member)
  }

  /// Leaves out what these members did.
  mutating func hide(_ members: Set<Int32>) {
    all.removeAll { members.contains($0.source) }
  }

  /// The place of the first occurrence at or after this instant.
  func firstIndex(from instant: Int64) -> Int {
    partition { $0.instant >= instant }
  }

  /// The place of the first occurrence after this instant.
  func firstIndex(after instant: Int64) -> Int {
    partition { $0.instant > instant }
  }

  private func partition(_ isPast: (Occurrence) -> Bool) -> Int {
    var low = 0
    var high = all.count
    while low < high {
      let middle = (low + high) / 2
      if isPast(all[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
