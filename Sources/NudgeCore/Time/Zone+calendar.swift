extension Zone {
  /// Seconds east of UTC at an instant.
  public func offset(at instant: Timestamp) -> Int {
    Int(offsets[segment(at: instant.secondsSinceEpoch)])
  }

  /// What people write behind a time of this zone at an instant: `EDT`, or `-03` where there is no word.
  public func abbreviation(at instant: Timestamp) -> String {
    abbreviations[segment(at: instant.secondsSinceEpoch)]
  }

  /// The date that a calendar on the wall shows at an instant.
  public func date(at instant: Timestamp) -> LocalDate {
    LocalDate(daysSinceEpoch: localSeconds(at: instant).floorDivided(by: Zone.secondsPerDay))
  }

  /// The minutes since local midnight that a clock on the wall shows at an instant, 0 ..< 1440.
  public func minuteOfDay(at instant: Timestamp) -> Int {
    let seconds = localSeconds(at: instant)
    let midnight = seconds.floorDivided(by: Zone.secondsPerDay) * Zone.secondsPerDay
    return (seconds - midnight) / 60
  }

  /// The day of the week that a calendar on the wall shows at an instant.
  public func weekday(at instant: Timestamp) -> Weekday {
    date(at: instant).weekday
  }

  /// The instant at which the clock on the wall shows this time of this date.
  ///
  /// A time that the clock skips moves on by the length of the gap (02:30 becomes 03:30); of a time
  /// that occurs twice the first one counts (`rules.md`, "Time, exactly").
  public func instant(of date: LocalDate, at time: LocalTime) -> Timestamp {
    instant(ofLocalSeconds: date.daysSinceEpoch * Zone.secondsPerDay + time.minuteOfDay * 60)
  }

  /// The instant at which a local date begins: its 00:00, resolved like any other time.
  public func startOfDay(_ date: LocalDate) -> Timestamp {
    instant(of: date, at: .midnight)
  }

  /// The beginning of the next local date, always after the instant.
  ///
  /// Where the clock goes back over midnight a date begins twice; between its two beginnings the
  /// second one is next.
  public func nextMidnight(after instant: Timestamp) -> Timestamp {
    let next = date(at: instant).adding(days: 1)
    let start = startOfDay(next)
    if start > instant { return start }
    let seconds = next.daysSinceEpoch * Zone.secondsPerDay - offset(at: instant)
    let again = Timestamp(millisecondsSinceEpoch: Int64(seconds) * 1000)
    return again > instant ? again : startOfDay(next.adding(days: 1))
  }

  private static let secondsPerDay = 86_400

  /// No zone is further from UTC than this (RFC 9636, section 3.2: -25 h to +26 h).
  private static let furthestOffset = 26 * 3600

  private func localSeconds(at instant: Timestamp) -> Int {
    let seconds = instant.secondsSinceEpoch
    return Int(seconds) + Int(offsets[segment(at: seconds)])
  }

  /// The place in `offsets` of what holds at this second: the number of transitions up to it.
  private func segment(at second: Int64) -> Int {
    transitions.withUnsafeBufferPointer { transitions in
      var low = 0
      var high = transitions.count
      while low < high {
        let middle = (low + high) >> 1
        if transitions[middle] <= second { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }

  /// Tries the offsets in the order in which they held, so that the first of two instants wins.
  ///
  /// A local time that one offset puts after its end and the next one before its beginning lies in a
  /// gap; the offset before the gap moves it on by the gap's length.
  private func instant(ofLocalSeconds local: Int) -> Timestamp {
    var segment = segment(at: Int64(local - Zone.furthestOffset))
    var second = Int64(local) - Int64(offsets[segment])
    while segment < transitions.count, second >= transitions[segment] {
      let next = Int64(local) - Int64(offsets[segment + 1])
      if next < transitions[segment] { break }
      second = next
      segment += 1
    }
    return Timestamp(millisecondsSinceEpoch: second * 1000)
  }
}

extension Timestamp {
  /// The whole second in which this instant lies, in seconds since the epoch.
  var secondsSinceEpoch: Int64 {
    millisecondsSinceEpoch.floorDivided(by: 1000)
  }
}

extension BinaryInteger where Self: SignedInteger {
  /// The quotient rounded down, so that -1 divided by 1000 is -1.
  func floorDivided(by divisor: Self) -> Self {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
