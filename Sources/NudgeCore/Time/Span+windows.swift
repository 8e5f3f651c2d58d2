extension Span {
  /// The first instant inside the window of this length that ends, included, at an instant: `within`.
  ///
  /// Clock windows are open at the old end, so `168h` begins one millisecond after `now` − 168 h; the
  /// window of N days begins with the local date N − 1 days before today's.
  public func windowStart(endingAt now: Timestamp, in zone: Zone) -> Timestamp {
    switch self {
    case .clock(let milliseconds):
      now.adding(milliseconds: 1 - milliseconds)
    case .calendar(let days):
      zone.startOfDay(zone.date(at: now).adding(days: 1 - days))
    }
  }

  /// The first instant after the window of this length that begins, included, at an anchor.
  ///
  /// This is the end of `within_first` (rulings 9 and 13): the anchor plus the clock time, or the
  /// beginning of the local date N days after the anchor's. It is also the instant from which an event
  /// at the anchor is no longer `within` this span. The window of `never` does not end.
  public func windowEnd(from anchor: Timestamp, in zone: Zone) -> Timestamp {
    switch self {
    case .clock(let milliseconds):
      anchor.adding(milliseconds: milliseconds)
    case .calendar(let days):
      anchor == .never ? .never : zone.startOfDay(zone.date(at: anchor).adding(days: days))
    }
  }
}
