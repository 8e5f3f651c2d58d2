import NudgeCore
import NudgeWire
import Testing

@Test(arguments: [
  ("2026-03-06T09:30:45.123Z", 1_772_789_445_123),
  ("2026-03-06T09:30:45.123999Z", 1_772_789_445_123),
  ("2026-03-06T09:30:45.123456+00:00", 1_772_789_445_123),
  ("2026-03-06T09:30:45.1Z", 1_772_789_445_100),
  ("2026-03-06T09:30:45,123456789Z", 1_772_789_445_123),
  ("2026-03-06T09:30:45Z", 1_772_789_445_000),
  ("2026-03-06t09:30:45z", 1_772_789_445_000),
  ("2026-03-06T09:30:45", 1_772_789_445_000),
  ("2026-03-06 09:30:45", 1_772_789_445_000),
  ("2026-03-06T09:30Z", 1_772_789_400_000),
  ("2026-03-06", 1_772_755_200_000),
  ("2026-03-06T10:30:45+01:00", 1_772_789_445_000),
  ("2026-03-06T10:30:45+0100", 1_772_789_445_000),
  ("2026-03-06T10:30:45+01", 1_772_789_445_000),
  ("2026-03-06T04:00:45.123-05:30", 1_772_789_445_123),
  ("1772789445123", 1_772_789_445_123),
  ("1772789445", 1_772_789_445_000),
  ("1772789445.1239", 1_772_789_445_123),
  ("1.772789445e9", 1_772_789_445_000),
  ("1970-01-01T00:00:00Z", 0),
  ("0", 0),
  ("-1.5", -1500),
  ("1969-12-31T23:59:59.999Z", -1),
  ("0001-01-01T00:00:00Z", -62_135_596_800_000),
  ("2000-02-29T00:00:00Z", 951_782_400_000),
  ("2016-12-31T23:59:60Z", 1_483_228_800_000),
])
func `a time that SDKs write is read`(text: String, milliseconds: Int64) {
  #expect(WireTime.parse(text.utf8)?.millisecondsSinceEpoch == milliseconds)
}

@Test(arguments: [
  "", " ", "yesterday", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
  "2026-03-00T00:00:00Z", "2026-03-06T24:00:00Z", "2026-03-06T09:60:00Z", "2026-03-06T09:30:61Z",
  "2026-03-06T09:30:45.Z", "2026-03-06T09:30:45.1ZZ", "2026-03-06T09:30:45+1:00", "2026-03-06T",
  "2026-03-06T09:30:45+01:", "20260306T093045Z", "1e99", "99999999999999999999", "--1", "1.", ".5",
  "1900-02-29T00:00:00Z", "NaN",
])
func `what is no time is none`(text: String) {
  #expect(WireTime.parse(text.utf8) == nil)
}

@Test(arguments: 0..<200 as Range<UInt64>)
func `a written instant is read back`(seed: UInt64) throws {
  var chance = Chance(seed: seed)
  let date = LocalDate(daysSinceEpoch: Int.random(in: -200_000...200_000, using: &chance))
  let milliseconds = Int64.random(in: 0..<86_400_000, using: &chance)
  let (seconds, fraction) = (milliseconds / 1000, milliseconds % 1000)
  let text = "\(date)T\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
  let tail = "." + String(1000 + fraction).dropFirst() + "Z"
  let expected = Int64(date.daysSinceEpoch) * 86_400_000 + milliseconds
  #expect(WireTime.parse((text + tail).utf8)?.millisecondsSinceEpoch == expected)
}

private func two(_ number: Int64) -> Substring {
  String(100 + number).dropFirst()
}
