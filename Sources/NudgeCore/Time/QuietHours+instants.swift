extension QuietHours {
  /// The instant at which silence ends, if it is quiet at an instant; `nil` if it is not.
  ///
  /// Silence is [from, to): it runs from `from` of one date up to, not including, the next `to`, each
  /// resolved like a step's `at:` (`semantics.md`, ruling 8). Edges that a clock change turns round
  /// leave no silence on that date.
  public func end(ifQuietAt now: Timestamp, in zone: Zone) -> Timestamp? {
    guard from != to else { return nil }
    let today = zone.date(at: now)
    // Tomorrow's silence may have begun already where the clock went back over midnight.
    for days in -1...1 {
      let date = today.adding(days: days)
      let end = zone.instant(of: from < to ? date : date.adding(days: 1), at: to)
      if now < end, zone.instant(of: date, at: from) <= now { return end }
    }
    return nil
  }
}
