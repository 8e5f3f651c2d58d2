import NudgeCore
import NudgeTesting
import Testing

/// A TZif file of version 2 with one type, `LMT` at +1 h, and what the test gives.
private func tzif(
  version: Character = "2",
  transitions: [Int64] = [],
  types: [UInt8] = [],
  leapSeconds: UInt8 = 0,
  footer: String = ""
) -> [UInt8] {
  let empty = header(version: version, leapSeconds: 0, transitions: 0)
  let block = empty + [0, 0, 0x0E, 0x10, 0, 0] + Array("LMT\0".utf8)
  return block + header(version: version, leapSeconds: leapSeconds, transitions: transitions.count)
    + transitions.flatMap { second in
      (0..<8).map { UInt8(truncatingIfNeeded: second >> (56 - 8 * $0)) }
    } + types + [0, 0, 0x0E, 0x10, 0, 0] + Array("LMT\0".utf8)
    + [UInt8](repeating: 0, count: Int(leapSeconds) * 12) + Array("\n\(footer)\n".utf8)
}

private func header(version: Character, leapSeconds: UInt8, transitions: Int) -> [UInt8] {
  let reserved = [UInt8](repeating: 0, count: 15)
  let counts: [UInt8] = [0, 0, leapSeconds, UInt8(transitions), 1, 4]
  let fields = counts.flatMap { [0, 0, 0, $0] as [UInt8] }
  return Array("TZif\(version)".utf8) + reserved + fields
}

struct `A TZif file` {
  @Test(arguments: [
    (Array("nonsense, and more of it than a header is long".utf8), Zone.InvalidData.notTZif),
    (tzif(version: "\0"), .version(0)),
    (tzif(version: "5"), .version(0x35)),
    (Array(tzif().prefix(60)), .truncated(atByte: 60)),
    (Array(tzif().dropLast()), .truncated(atByte: 109)),
    (tzif(leapSeconds: 1), .leapSeconds(1)),
    (tzif(transitions: [5], types: [1]), .localTimeType(1)),
    (tzif(transitions: [5, 5], types: [0, 0]), .order(atTransition: 1)),
    (tzif(footer: "EST5EDT"), .footer("EST5EDT")),
    (tzif(footer: "EST5EDT,M13.2.0,M11.1.0"), .footer("EST5EDT,M13.2.0,M11.1.0")),
  ])
  func `is refused with what is wrong`(bytes: [UInt8], expected: Zone.InvalidData) {
    #expect(throws: expected) { try Zone(name: "Test", tzif: bytes) }
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `is read or refused, whatever its bytes`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var bytes = tzif(transitions: [5, 9], types: [0, 0], footer: "EST5EDT,M3.2.0,M11.1.0")
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      bytes[place] = UInt8.random(in: 0...255, using: &random)
    }
    bytes.removeLast(Int.random(in: 0...2, using: &random))
    let zone = try? Zone(name: "Test", tzif: bytes)
    #expect(zone == nil || zone?.name == "Test")
  }

  @Test(arguments: [
    ("EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", "EDT", -14400),
    ("EST5EDT,M3.2.0,M11.1.0", "2026-11-01T06:00:00Z", "EST", -18000),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-03-29T01:00:00Z", "IST", 3600),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-10-25T01:00:00Z", "GMT", 0),
    ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", "-01", -3600),
    ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2026-03-28T00:00:00Z", "EEST", 10800),
    ("AAA0BBB,J60/0,J61/0", "2024-03-01T00:00:00Z", "BBB", 3600),
    ("AAA0BBB,59/0,61/0", "2024-02-29T00:00:00Z", "BBB", 3600),
    ("XXX3EDT4,0/0,J365/23", "2026-07-01T00:00:00Z", "EDT", -14400),
    ("XXX3EDT4,0/0,J365/23", "2026-12-31T23:59:59Z", "EDT", -14400),
  ])
  func `continues with its footer`(
    footer: String,
    at instant: String,
    abbreviation: String,
    offset: Int
  ) throws {
    let zone = try Zone(name: "Test", tzif: tzif(transitions: [5], types: [0], footer: footer))
    let instant = try #require(Timestamp(rfc3339: instant))
    #expect(zone.abbreviation(at: instant) == abbreviation)
    #expect(zone.offset(at: instant) == offset)
  }
}
