import NudgeCore
import Synchronization
import Testing

@testable import NudgeDaemon

private let noon = Timestamp(millisecondsSinceEpoch: 1_773_057_600_000)

/// A reading so many seconds after the first, with the time of day set so many seconds off.
private func reading(_ seconds: Int, setBy offset: Int = 0) -> ClockReading {
  ClockReading(
    timeOfDay: noon + .seconds(seconds + offset),
    sinceBoot: .seconds(1000 + seconds)
  )
}

private let day = 86_400

@Suite struct `The guard of the clock` {
  @Test(arguments: [0, 59, 3600, -1, -3600, -day])
  func `believes what is set back, or an hour ahead`(offset: Int) {
    let guarding = ClockGuard(reading(0)).reading(reading(60, setBy: offset))
    #expect(guarding.leap == nil)
    #expect(guarding.now(reading(60, setBy: offset)) == noon + .seconds(60 + offset))
  }

  @Test func `believes a machine that has slept`() {
    // What counts since the start counts sleep too.
    let guarding = ClockGuard(reading(0)).reading(reading(3 * day))
    #expect(guarding.leap == nil)
  }

  @Test func `holds a leap, and goes on as if nobody had set the clock`() {
    let leapt = reading(60, setBy: day)
    let guarding = ClockGuard(reading(0)).reading(leapt)
    #expect(guarding.leap == .seconds(day))
    #expect(guarding.now(leapt) == noon + .seconds(60))
    let later = reading(90, setBy: day)
    #expect(guarding.reading(later).now(later) == noon + .seconds(90))
  }

  @Test(arguments: [(59, false), (60, true), (3600, true)])
  func `believes two readings a minute apart that agree`(apart: Int, isBelieved: Bool) {
    let guarding = ClockGuard(reading(0)).reading(reading(10, setBy: day))
      .reading(reading(10 + apart, setBy: day))
    #expect((guarding.leap == nil) == isBelieved)
  }

  @Test func `counts the minute anew when the clock is set once more`() {
    let guarding = ClockGuard(reading(0)).reading(reading(10, setBy: day))
      .reading(reading(60, setBy: 2 * day)).reading(reading(100, setBy: 2 * day))
    #expect(guarding.leap == .seconds(2 * day))
    #expect(guarding.reading(reading(121, setBy: 2 * day)).leap == nil)
  }

  @Test func `is at ease when the clock is set back to where it belongs`() {
    let guarding = ClockGuard(reading(0)).reading(reading(10, setBy: day)).reading(reading(20))
    #expect(guarding.leap == nil)
    #expect(guarding.now(reading(20)) == noon + .seconds(20))
  }

  @Test func `believes whoever confirms`() {
    let leapt = reading(60, setBy: day)
    let guarding = ClockGuard(reading(0)).reading(leapt).confirmed(leapt)
    #expect(guarding.leap == nil)
    #expect(guarding.now(leapt) == noon + .seconds(60 + day))
  }

  @Test func `stands behind the clock that everybody asks`() {
    let shown = Mutex(reading(0))
    let clock = GuardedClock { shown.withLock { $0 } }
    #expect(clock.now == noon)
    shown.withLock { $0 = reading(5, setBy: day) }
    #expect(clock.now == noon + .seconds(5))
    #expect(clock.leap == .seconds(day))
    #expect(clock.confirm())
    #expect(!clock.confirm())
    #expect(clock.now == noon + .seconds(5 + day))
  }
}
