import NudgeCore
import NudgeTesting
import Testing

/// The instant that RFC 3339 text names.
private func at(_ text: String) throws -> Timestamp {
  try #require(Timestamp(rfc3339: text))
}

private func date(_ text: String) throws -> LocalDate {
  try #require(LocalDate(text))
}

private func time(_ text: String) throws -> LocalTime {
  try #require(LocalTime(text))
}

struct `Local times` {
  @Test(arguments: [
    ("America/New_York", "2026-03-09", "09:00", "2026-03-09T13:00:00Z"),
    // Skipped: 02:30 becomes 03:30 EDT.
    ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:30:00Z"),
    // Doubled: the first one.
    ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z"),
    ("America/New_York", "2026-11-01", "02:00", "2026-11-01T07:00:00Z"),
    // Past the last transition of a fat file, by the footer.
    ("America/New_York", "2060-07-01", "09:00", "2060-07-01T13:00:00Z"),
    ("Europe/Dublin", "2050-01-10", "09:00", "2050-01-10T09:00:00Z"),
    ("Europe/Dublin", "2050-07-10", "09:00", "2050-07-10T08:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:45:00Z"),
    // A whole date that never was.
    ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30T19:00:00Z"),
    ("America/Santiago", "2026-09-06", "00:00", "2026-09-06T04:00:00Z"),
    ("Asia/Kolkata", "1969-12-31", "23:00", "1969-12-31T17:30:00Z"),
  ])
  func `are found, moved on when skipped, the first when doubled`(
    zone: String,
    day: String,
    clock: String,
    instant: String
  ) throws {
    let zone = SampleZones.zone(zone)
    #expect(try zone.instant(of: date(day), at: time(clock)) == at(instant))
  }

  @Test func `of the worked example fall on the instants of the rule language`() throws {
    let zone = SampleZones.newYork
    let start = try at("2026-03-06T23:31:00Z")
    #expect(start.text(in: zone) == "Fri 2026-03-06 18:31 EST")
    let onDay3 = try zone.instant(of: zone.date(at: start).adding(days: 3), at: time("09:00"))
    #expect(onDay3.text(in: zone) == "Mon 2026-03-09 09:00 EDT")
    #expect(onDay3.rfc3339 == "2026-03-09T13:00:00.000Z")
    #expect((start + .seconds(72 * 3600)).text(in: zone) == "Mon 2026-03-09 19:31 EDT")
    let onDay2 = try zone.instant(of: zone.date(at: start).adding(days: 2), at: time("09:00"))
    #expect(zone.weekday(at: onDay2) == .sunday)
    let third = try zone.instant(of: date("2026-03-03"), at: time("09:00"))
    let tenth = try zone.instant(of: date("2026-03-10"), at: time("09:00"))
    #expect(tenth - third == .seconds(167 * 3600))
  }

  @Test(arguments: [
    // Midnight is skipped.
    ("America/Santiago", "2026-09-06T03:59:59.999Z", "2026-09-06T04:00:00Z"),
    // The last hour of a date is doubled.
    ("America/Santiago", "2026-04-05T02:30:00Z", "2026-04-05T04:00:00Z"),
    ("America/Santiago", "2026-04-05T03:30:00Z", "2026-04-05T04:00:00Z"),
    // Midnight is doubled; the first counts.
    ("America/Havana", "2026-11-01T03:59:00Z", "2026-11-01T04:00:00Z"),
    ("America/Havana", "2026-11-01T05:30:00Z", "2026-11-02T05:00:00Z"),
    // The clock went back over midnight at 00:01, so the date began twice.
    ("America/St_Johns", "2010-11-07T02:30:30Z", "2010-11-08T03:30:00Z"),
    ("America/St_Johns", "2010-11-07T02:31:00Z", "2010-11-07T03:30:00Z"),
    ("UTC", "2026-03-06T00:00:00Z", "2026-03-07T00:00:00Z"),
  ])
  func `the next midnight comes after the instant`(
    zone: String,
    instant: String,
    midnight: String
  ) throws {
    #expect(try SampleZones.zone(zone).nextMidnight(after: at(instant)) == at(midnight))
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `instants, dates and midnights agree in any zone at any time`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let names = SampleZones.table.names
    let zone = SampleZones.zone(names[Int.random(in: 0..<names.count, using: &random)])
    for _ in 0..<200 {
      let milliseconds = Int64.random(in: 0..<4_000_000_000_000, using: &random)
      try checkLaws(of: Timestamp(millisecondsSinceEpoch: milliseconds), in: zone)
    }
  }

  private func checkLaws(of instant: Timestamp, in zone: Zone) throws {
    let date = zone.date(at: instant)
    let clock = try #require(LocalTime(minuteOfDay: zone.minuteOfDay(at: instant)))
    let again = zone.instant(of: date, at: clock)
    // The same minute, or the first of the two with this name.
    #expect(instant - again < .seconds(60) || zone.offset(at: again) > zone.offset(at: instant))
    #expect(zone.date(at: again) == date)
    #expect(zone.minuteOfDay(at: again) == clock.minuteOfDay)
    let midnight = zone.nextMidnight(after: instant)
    #expect(midnight > instant)
    #expect(zone.date(at: midnight) > date)
    #expect(zone.startOfDay(date) < zone.startOfDay(date.adding(days: 2)))
    let local = instant.adding(milliseconds: Int64(zone.offset(at: instant)) * 1000)
    #expect(Zone.utc.date(at: local) == date)
    #expect(Zone.utc.minuteOfDay(at: local) == clock.minuteOfDay)
  }
}

struct `Quiet hours` {
  @Test(arguments: [
    ("22:00", "07:00", "2026-03-06T22:00:00-05:00", "2026-03-07T07:00:00-05:00"),
    ("22:00", "07:00", "2026-03-06T21:59:59.999-05:00", nil),
    ("22:00", "07:00", "2026-03-07T06:59:59.999-05:00", "2026-03-07T07:00:00-05:00"),
    ("22:00", "07:00", "2026-03-07T07:00:00-05:00", nil),
    ("13:00", "14:00", "2026-03-07T13:30:00-05:00", "2026-03-07T14:00:00-05:00"),
    ("13:00", "13:00", "2026-03-07T13:00:00-05:00", nil),
    // An end that the clock skips moves on with the gap.
    ("22:00", "02:30", "2026-03-08T03:15:00-04:00", "2026-03-08T03:30:00-04:00"),
    // A beginning that the clock skips, too.
    ("02:30", "05:00", "2026-03-08T03:15:00-04:00", nil),
    ("02:30", "05:00", "2026-03-08T03:30:00-04:00", "2026-03-08T05:00:00-04:00"),
    // Of a doubled end the first counts.
    ("22:00", "01:30", "2026-11-01T01:29:00-04:00", "2026-11-01T01:30:00-04:00"),
    ("22:00", "01:30", "2026-11-01T01:29:00-05:00", nil),
    // Of a doubled beginning, too, so that the hour in between is quiet.
    ("01:30", "05:00", "2026-11-01T01:10:00-05:00", "2026-11-01T05:00:00-05:00"),
  ])
  func `end at the next instant of their end`(
    from: String,
    to: String,
    now: String,
    end: String?
  ) throws {
    let hours = try QuietHours(from: time(from), to: time(to))
    let expected = try end.map { try at($0) }
    #expect(try hours.end(ifQuietAt: at(now), in: SampleZones.newYork) == expected)
  }
}

struct `Windows` {
  private let zone = SampleZones.newYork

  @Test func `of clock time are open at the old end and closed at now`() throws {
    let now = try at("2026-03-09T13:00:00Z")
    let start = Span.hours(168).windowStart(endingAt: now, in: zone)
    #expect(try start == at("2026-03-02T13:00:00.001Z"))
  }

  @Test func `of days begin with a local date`() throws {
    let now = try at("2026-03-09T13:00:00Z")
    let start = Span.calendar(days: 7).windowStart(endingAt: now, in: zone)
    #expect(try start == at("2026-03-03T05:00:00Z"))
    #expect(
      try Span.calendar(days: 1).windowStart(endingAt: now, in: zone) == at("2026-03-09T04:00:00Z")
    )
  }

  @Test func `from an anchor end before their last instant`() throws {
    let anchor = try at("2026-03-06T23:31:00Z")
    #expect(try Span.hours(72).windowEnd(from: anchor, in: zone) == at("2026-03-09T23:31:00Z"))
    #expect(
      try Span.calendar(days: 14).windowEnd(from: anchor, in: zone) == at("2026-03-20T04:00:00Z")
    )
    #expect(Span.calendar(days: 14).windowEnd(from: .never, in: zone) == .never)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `let go of an event exactly at the end of the window from it`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let event = Timestamp(
      millisecondsSinceEpoch: .random(in: 0..<4_000_000_000_000, using: &random)
    )
    for span in [Span.hours(36), .calendar(days: 3)] {
      let end = span.windowEnd(from: event, in: zone)
      #expect(span.windowStart(endingAt: end, in: zone) > event)
      #expect(span.windowStart(endingAt: end.adding(milliseconds: -1), in: zone) <= event)
    }
  }
}

struct `RFC 3339` {
  @Test(arguments: [
    ("2026-03-09T13:00:00Z", "2026-03-09T13:00:00.000Z"),
    ("2026-03-09t09:00:00.1239-04:00", "2026-03-09T13:00:00.123Z"),
    ("2026-03-09 13:00:00.5z", "2026-03-09T13:00:00.500Z"),
    ("2026-03-09T13:00:00.999999999999Z", "2026-03-09T13:00:00.999Z"),
    ("2026-03-09T18:30:00+05:30", "2026-03-09T13:00:00.000Z"),
    ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
    ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
    ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
    ("2024-02-29T00:00:00-00:00", "2024-02-29T00:00:00.000Z"),
  ])
  func `is read to the millisecond and written in UTC`(text: String, written: String) throws {
    #expect(try at(text).rfc3339 == written)
    #expect(try at(written).rfc3339 == written)
  }

  @Test(arguments: [
    "", "2026-03-09", "2026-03-09T13:00Z", "2026-03-09T13:00:00", "2026-3-09T13:00:00Z",
    "2026-02-29T13:00:00Z", "2026-03-09T24:00:00Z", "2026-03-09T13:60:00Z", "2026-03-09T13:00:61Z",
    "2026-03-09T13:00:00.Z", "2026-03-09T13:00:00+0400", "2026-03-09T13:00:00+24:00",
    "2026-03-09T13:00:00Z ", " 2026-03-09T13:00:00Z", "２026-03-09T13:00:00Z",
  ])
  func `is nothing else`(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }
}
