import NIOCore
import Testing

@testable import NudgeWeb

/// A connection at made-up instants, in seconds since its beginning.
private struct Played {
  var clock: ConnectionClock

  init() {
    clock = ConnectionClock(limits: WebLimits(), now: instant(0))
  }

  var deadline: Int64? {
    clock.deadline.map { Int64($0.uptimeNanoseconds / 1_000_000_000) - 100 }
  }

  /// One whole request that comes at once, and its answer.
  mutating func exchange(at second: Int64) {
    clock.bytesCame(now: instant(second))
    clock.headCame(now: instant(second))
    clock.requestEnded()
    clock.answerEnded(now: instant(second))
    clock.answerSent(now: instant(second))
  }
}

private func instant(_ second: Int64) -> NIODeadline {
  .uptimeNanoseconds(UInt64(100 + second) * 1_000_000_000)
}

@Suite struct ConnectionClockTests {
  @Test func `who says nothing has the time of a head`() {
    #expect(Played().deadline == 5)
  }

  @Test func `a head that comes byte after byte has five seconds in all`() {
    var played = Played()
    for second in 1...4 { played.clock.bytesCame(now: instant(Int64(second))) }
    #expect(played.deadline == 6)
  }

  @Test func `a body that comes byte after byte has fifteen seconds in all`() {
    var played = Played()
    played.clock.bytesCame(now: instant(1))
    played.clock.headCame(now: instant(2))
    for second in 3...14 { played.clock.bytesCame(now: instant(Int64(second))) }
    #expect(played.deadline == 16)
  }

  @Test func `while we work, nobody is late`() {
    var played = Played()
    played.clock.bytesCame(now: instant(1))
    played.clock.headCame(now: instant(1))
    played.clock.requestEnded()
    #expect(played.deadline == nil)
  }

  @Test func `an answer that nobody reads is held for fifteen seconds`() {
    var played = Played()
    played.clock.bytesCame(now: instant(1))
    played.clock.headCame(now: instant(1))
    played.clock.requestEnded()
    played.clock.answerEnded(now: instant(2))
    #expect(played.deadline == 17)
  }

  @Test func `only who comes back is kept for a minute`() {
    var played = Played()
    played.exchange(at: 1)
    #expect(played.deadline == 16)
    played.exchange(at: 10)
    #expect(played.deadline == 70)
    played.exchange(at: 69)
    #expect(played.deadline == 129)
  }

  @Test func `two requests in one packet are not coming back`() {
    var played = Played()
    played.clock.bytesCame(now: instant(1))
    for _ in 0..<2 {
      played.clock.headCame(now: instant(1))
      played.clock.requestEnded()
    }
    for _ in 0..<2 {
      played.clock.answerEnded(now: instant(2))
      played.clock.answerSent(now: instant(2))
    }
    #expect(played.deadline == 17)
  }
}
