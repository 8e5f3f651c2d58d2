import NudgeCore
import Testing

@testable import NudgeRules

@Suite struct ScalarTests {
  private func plain(_ text: String) -> ScalarText {
    ScalarText(text: text, isPlain: true, place: Place(path: "x", line: 1, column: 1))
  }

  @Test(
    arguments: [
      ("90m", 5_400_000), ("48h", 172_800_000), ("1h30m", 5_400_000), ("45s", 45_000), ("0s", 0),
      ("1h1m1s", 3_661_000), ("336h", 1_209_600_000),
    ] as [(String, Int64)]
  )
  func `clock time is hours, minutes and seconds`(text: String, milliseconds: Int64) throws {
    #expect(try ScalarForm.clockMilliseconds(plain(text)) == milliseconds)
  }

  @Test(arguments: [
    "2d", "", "h", "30m1h", "1.5h", "-1h", "1h ", "7 days", "99999999h", "1h1h", "٣h", "1ms",
  ])
  func `anything else is no clock time`(text: String) {
    #expect(throws: Misreading.self) { try ScalarForm.clockMilliseconds(plain(text)) }
  }

  @Test(arguments: [
    ("1 day", Span.calendar(days: 1)), ("7 days", .calendar(days: 7)),
    ("2 weeks", .calendar(days: 14)), ("1 week", .calendar(days: 7)), ("168h", .hours(168)),
  ])
  func `a span is clock time or calendar days`(text: String, span: Span) throws {
    #expect(try ScalarForm.span(plain(text)) == span)
  }

  @Test(arguments: ["3d", "0 days", "0h", "7days", "7  days", "seven days", "-1 days", "1 month"])
  func `anything else is no span`(text: String) {
    #expect(throws: Misreading.self) { try ScalarForm.span(plain(text)) }
  }

  @Test(arguments: [
    (
      "2d",
      "for exactly two days of clock time write `48h`;|for the 2nd calendar day write `on_day: 2` with `at:`"
    ),
    (
      "1d",
      "for exactly one day of clock time write `24h`;|for the 1st calendar day write `on_day: 1` with `at:`"
    ),
    (
      "3 days",
      "for exactly three days of clock time write `72h`;|for the 3rd calendar day write `on_day: 3` with `at:`"
    ),
    (
      "12d",
      "for exactly 12 days of clock time write `288h`;|for the 12th calendar day write `on_day: 12` with `at:`"
    ),
    ("soon", "write hours, minutes and seconds, like 90m or 48h"),
  ])
  func `a delay in days is answered with both alternatives`(text: String, label: String) throws {
    let error = #expect(throws: Misreading.self) { try ScalarForm.stepDelay(plain(text)) }
    #expect(error?.label.joined(separator: "|") == label)
  }

  @Test(arguments: [
    ("9am", "09:00"), ("9:30", "09:30"), ("5pm", "17:00"), ("12am", "00:00"), ("12pm", "12:00"),
    ("930", "09:00"), ("25:00", "09:00"), ("7", "07:00"), ("8:99", "08:00"),
  ])
  func `a wrong time of day is answered with a right one`(text: String, advice: String) throws {
    let error = #expect(throws: Misreading.self) { try ScalarForm.timeOfDay(plain(text)) }
    #expect(error?.label == ["write a local time in quotes, like \"\(advice)\""])
  }

  @Test(arguments: [("10%", "0.1"), ("0%", "0"), ("2.5%", "0.025"), ("100%", "1")])
  func `a percentage is an exact share`(text: String, share: String) throws {
    #expect(try ScalarForm.percentage(plain(text)) == Number(share))
  }

  @Test(arguments: ["10", "%", "101%", "-1%", "1e1%", "10 %", "ten%"])
  func `anything else is no percentage`(text: String) {
    #expect(throws: Misreading.self) { try ScalarForm.percentage(plain(text)) }
  }

  @Test(arguments: [
    ("20", Scalar.number(Number(20))), ("1.0", .number(Number(1))), ("true", .bool(true)),
    ("false", .bool(false)), ("NO", .text("NO")), ("on", .text("on")), ("null", .text("null")),
    ("22:30", .text("22:30")), ("51-200", .text("51-200")), ("0x10", .text("0x10")),
    ("1_000", .text("1_000")), ("True", .text("True")), ("+1", .text("+1")),
  ])
  func `an unquoted JSON number, true or false is one, all else is text`(
    text: String,
    value: Scalar
  ) throws {
    #expect(try ScalarForm.value(plain(text)) == value)
    let quoted = ScalarText(text: text, isPlain: false, place: plain(text).place)
    #expect(try ScalarForm.value(quoted) == .text(text))
  }

  @Test(arguments: [
    ("2026-03-06", Moment.date(LocalDate(daysSinceEpoch: 20_518))),
    ("2026-03-06T18:30:00-05:00", .instant(Timestamp(millisecondsSinceEpoch: 1_772_839_800_000))),
    ("2026-03-06T23:30:00.1259Z", .instant(Timestamp(millisecondsSinceEpoch: 1_772_839_800_125))),
  ])
  func `a moment is a date or an instant`(text: String, moment: Moment) throws {
    #expect(try ScalarForm.moment(plain(text)) == moment)
  }

  @Test(arguments: [
    "2026-02-30", "2026-03-06T24:00:00Z", "2026-03-06T18:30:00", "tomorrow",
    "2026-03-06T18:30:00+1:00",
  ])
  func `anything else is no moment`(text: String) {
    #expect(throws: Misreading.self) { try ScalarForm.moment(plain(text)) }
  }

  @Test(arguments: [("64MB", 64_000_000), ("8MiB", 8_388_608), ("32KiB", 32_768), ("1B", 1)])
  func `a size counts bytes`(text: String, bytes: Int) throws {
    #expect(try ScalarForm.byteSize(plain(text)) == bytes)
  }

  @Test(arguments: [
    ("on_dey", "on_day"), ("discription", "description"), ("mod", "mode"), ("whiel", "while"),
  ])
  func `a misspelt word finds the one that was meant`(word: String, meant: String) {
    let words = ["on_day", "description", "mode", "model", "while", "who"]
    #expect(Suggestion.nearest(to: word, among: words) == meant)
  }

  @Test func `a word that is like none finds none`() {
    #expect(Suggestion.nearest(to: "colour", among: ["on_day", "who", "mode"]) == nil)
  }
}
