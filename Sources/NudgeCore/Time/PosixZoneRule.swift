/// The rule of a POSIX `TZ` string with the extensions of RFC 9636: `EST5EDT,M3.2.0,M11.1.0`.
struct PosixZoneRule {
  /// A day of the year and a time on it, from -167 to 167 hours.
  struct Change: Hashable {
    /// How the day is named.
    enum Day: Hashable {
      /// `Jn`: 1 ... 365, February 29 is never counted.
      case julian(Int)
      /// `n`: 0 ... 365, February 29 is counted.
      case ordinal(Int)
      /// `Mm.w.d`: day d (Sunday is 0) of week w of month m; week 5 is the last.
      case monthly(month: Int, week: Int, weekday: Int)
    }

    let day: Day
    let seconds: Int
  }

  /// What holds outside of daylight saving time, or always.
  struct Period: Hashable {
    let abbreviation: String
    let offset: Int32
  }

  let standard: Period
  /// Daylight saving time with its beginning, told in standard time, and its end, told in its own.
  let daylight: (period: Period, start: Change, end: Change)?

  /// The changes of these years, in their order.
  func changes(
    fromYear firstYear: Int,
    through lastYear: Int
  ) -> [(second: Int64, offset: Int32, abbreviation: String)] {
    guard let daylight, firstYear <= lastYear else { return [] }
    var changes: [(second: Int64, offset: Int32, abbreviation: String)] = []
    for year in firstYear...lastYear {
      let start = daylight.start.second(in: year) - Int64(standard.offset)
      let end = daylight.end.second(in: year) - Int64(daylight.period.offset)
      changes.append((start, daylight.period.offset, daylight.period.abbreviation))
      changes.append((end, standard.offset, standard.abbreviation))
    }
    // Where daylight saving time lasts all year, each end falls on the next beginning, which wins.
    return changes.sorted { left, right in
      (left.second, left.offset == standard.offset ? 0 : 1)
        < (right.second, right.offset == standard.offset ? 0 : 1)
    }
  }
}

extension PosixZoneRule.Change {
  /// The local second of this change in a year, as if local time were UTC.
  func second(in year: Int) -> Int64 {
    Int64(dayNumber(in: year) * 86_400 + seconds)
  }

  private func dayNumber(in year: Int) -> Int {
    let newYear = PosixZoneRule.Change.first(ofMonth: 1, of: year)
    switch day {
    case .ordinal(let number):
      return newYear + number
    case .julian(let number):
      let isLeapYear = PosixZoneRule.Change.first(ofMonth: 1, of: year + 1) - newYear == 366
      return newYear + number - (isLeapYear && number >= 60 ? 0 : 1)
    case .monthly(let month, let week, let weekday):
      return PosixZoneRule.Change.day(weekday: weekday, ofWeek: week, ofMonth: month, of: year)
    }
  }

  private static func day(weekday: Int, ofWeek week: Int, ofMonth month: Int, of year: Int) -> Int {
    let first = first(ofMonth: month, of: year)
    let next =
      month == 12 ? self.first(ofMonth: 1, of: year + 1) : self.first(ofMonth: month + 1, of: year)
    // 1970-01-01 was a Thursday, 4 days after Sunday.
    let firstWeekday = (first + 4) - (first + 4).floorDivided(by: 7) * 7
    let day = first + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
    return day >= next ? day - 7 : day
  }

  private static func first(ofMonth month: Int, of year: Int) -> Int {
    guard let date = LocalDate(year: year, month: month, day: 1) else {
      preconditionFailure("no such month: \(year)-\(month)")
    }
    return date.daysSinceEpoch
  }
}

extension PosixZoneRule {
  /// The rule that this string writes; `nil` if it is not one.
  init?(_ text: String) {
    var scanner = Scanner(rest: Array(text.utf8)[...])
    guard let standard = scanner.period(default: nil) else { return nil }
    self.standard = standard
    if scanner.rest.isEmpty {
      self.daylight = nil
      return
    }
    guard let period = scanner.period(default: standard.offset + 3600),
      let start = scanner.change(), let end = scanner.change(), scanner.rest.isEmpty
    else { return nil }
    self.daylight = (period, start, end)
  }

  private struct Scanner {
    var rest: ArraySlice<UInt8>

    /// A name and an offset, which may only be missing if there is a default.
    mutating func period(default offset: Int32?) -> Period? {
      guard let name = name() else { return nil }
      let hasOffset = rest.first.map { $0 != UInt8(ascii: ",") } ?? false
      guard hasOffset else { return offset.map { Period(abbreviation: name, offset: $0) } }
      guard let seconds = time(limit: 24) else { return nil }
      // POSIX counts west of Greenwich.
      return Period(abbreviation: name, offset: Int32(-seconds))
    }

    /// `,` day, and `/` time unless it is 02:00.
    mutating func change() -> Change? {
      guard take(","), let day = day() else { return nil }
      guard take("/") else { return Change(day: day, seconds: 2 * 3600) }
      return time(limit: 167).map { Change(day: day, seconds: $0) }
    }

    private mutating func name() -> String? {
      if take("<") {
        let quoted = rest.prefix { $0 != UInt8(ascii: ">") }
        rest = rest.dropFirst(quoted.count)
        return take(">") ? String(decoding: quoted, as: UTF8.self) : nil
      }
      let letters = rest.prefix { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      }
      rest = rest.dropFirst(letters.count)
      return letters.count >= 3 ? String(decoding: letters, as: UTF8.self) : nil
    }

    private mutating func day() -> Change.Day? {
      if take("J") { return number(in: 1...365).map(Change.Day.julian) }
      guard take("M") else { return number(in: 0...365).map(Change.Day.ordinal) }
      guard let month = number(in: 1...12), take("."), let week = number(in: 1...5), take("."),
        let weekday = number(in: 0...6)
      else { return nil }
      return .monthly(month: month, week: week, weekday: weekday)
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    private mutating func time(limit: Int) -> Int? {
      let isNegative = take("-")
      if !isNegative { _ = take("+") }
      guard var seconds = number(in: 0...limit).map({ $0 * 3600 }) else { return nil }
      for unit in [60, 1] where take(":") {
        guard let part = number(in: 0...59) else { return nil }
        seconds += part * unit
      }
      return isNegative ? -seconds : seconds
    }

    private mutating func number(in range: ClosedRange<Int>) -> Int? {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      rest = rest.dropFirst(digits.count)
      guard let value = digits.decimalDigits, range.contains(value) else { return nil }
      return value
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: character) else { return false }
      rest = rest.dropFirst()
      return true
    }
  }
}
