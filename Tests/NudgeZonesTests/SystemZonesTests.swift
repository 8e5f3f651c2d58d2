import NudgeCore
import NudgeTesting
import NudgeZones
import Testing

struct `The system's zones` {
  @Test func `are all there under their names, with the version of their data`() throws {
    let table = try SystemZones.load()
    #expect(table.names.count > 400)
    #expect(table.version.wholeMatch(of: /20\d\d[a-z]+/) != nil)
    for name in ["America/New_York", "America/Argentina/Ushuaia", "Asia/Kolkata", "UTC"] {
      #expect(table[name]?.name == name)
    }
  }

  @Test(arguments: ["posix/UTC", "right/UTC", "localtime", "posixrules", "zone.tab", "Nowhere"])
  func `leave out what is no zone of tzdata`(name: String) {
    #expect(SampleZones.table[name] == nil)
  }

  @Test func `a folder without zones is refused`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: SystemZones.Failure.noZones(path: folder.path)) {
      try SystemZones.load(directory: folder.path)
    }
    #expect(throws: SystemZones.Failure.unreadable(path: folder.path + "/none", code: 2)) {
      try SystemZones.load(directory: folder.path + "/none")
    }
  }

  @Test func `a cut file is named`() throws {
    let folder = try TemporaryFolder()
    try folder.write("TZif2", to: "Broken")
    #expect(
      throws: SystemZones.Failure.invalid(path: folder.path + "/Broken", .truncated(atByte: 5))
    ) {
      try SystemZones.load(directory: folder.path)
    }
  }

  @Test(.enabled(if: PythonZones.interpreter != nil))
  func `agree with Python on every change from 2020 to 2037`() throws {
    let expected = try PythonZones.expected(folder: SystemZones.defaultDirectory)
    #expect(expected.count > 300)
    #expect(expected.reduce(0) { $0 + $1.periods.count } > 3000)
    for zone in expected {
      for name in zone.names {
        compare(SampleZones.zone(name), with: zone, isFirst: name == zone.names.first)
      }
    }
  }

  private func compare(_ zone: Zone, with expected: ExpectedZone, isFirst: Bool) {
    comparePeriods(zone, with: expected)
    for local in expected.locals {
      let date = LocalDate(daysSinceEpoch: local.daysSinceEpoch)
      let time = LocalTime(minuteOfDay: local.minuteOfDay) ?? .midnight
      let instant = zone.instant(of: date, at: time).millisecondsSinceEpoch
      if instant != local.second * 1000 {
        Issue.record("\(zone.name): \(date) \(time) is \(local.second), not \(instant / 1000)")
      }
    }
    if isFirst { compareDays(zone, with: expected) }
  }

  /// Around each change.
  private func comparePeriods(_ zone: Zone, with expected: ExpectedZone) {
    for (before, after) in zip(expected.periods, expected.periods.dropFirst()) {
      check(zone, at: after.second - 1, is: before)
      check(zone, at: after.second, is: after)
    }
  }

  /// Every day, so that a change that Python does not know would be seen.
  private func compareDays(_ zone: Zone, with expected: ExpectedZone) {
    var index = 0
    for second in stride(from: Int64(1_577_836_800), to: 2_145_916_800, by: 86_400) {
      while index + 1 < expected.periods.count, expected.periods[index + 1].second <= second {
        index += 1
      }
      check(zone, at: second, is: expected.periods[index])
    }
  }

  private func check(_ zone: Zone, at second: Int64, is expected: ExpectedZone.Period) {
    let instant = Timestamp(millisecondsSinceEpoch: second * 1000)
    let isRight =
      zone.offset(at: instant) == expected.offset
      && zone.abbreviation(at: instant) == expected.abbreviation
    if !isRight {
      Issue.record("\(zone.name) at \(instant) is \(expected.offset) \(expected.abbreviation)")
    }
  }
}
