import Testing

@testable import NudgeWeb

@Suite struct `The rate of a key` {
  private let start = ContinuousClock.now

  @Test func `lets a second's worth pass at once, and then one by one`() {
    let rates = KeyRates(perSecond: 10)
    #expect((0..<12).count { _ in rates.admits("one", now: start) } == 10)
    #expect(!rates.admits("one", now: start + .milliseconds(90)))
    #expect(rates.admits("one", now: start + .milliseconds(200)))
    #expect((0..<50).count { _ in rates.admits("one", now: start + .seconds(60)) } == 10)
  }

  @Test func `is each key's own`() {
    let rates = KeyRates(perSecond: 1)
    #expect(rates.admits("one", now: start))
    #expect(!rates.admits("one", now: start))
    #expect(rates.admits("two", now: start))
  }

  @Test func `is endless unless said`() {
    let rates = KeyRates(perSecond: nil)
    #expect((0..<10_000).allSatisfy { _ in rates.admits("one", now: start) })
  }
}
