import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeDelivery

private let start = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)

@Suite struct BreakerTests {
  private func after(_ results: [Verdict.Health]) -> Breaker {
    results.reduce(Breaker()) { $0.recording($1, now: start) }
  }

  @Test(arguments: [
    ("xxxx", false), ("xxxxx", true), ("xxxx.xxxx", false), ("xx.xx.xx.x", true),
    ("x.x.x.x.x.", false), ("xxxx.xx...", false), ("xxx.xxx..x", true), ("xx-xx-x", true),
  ])
  func `it opens at five failures in a row or seven of ten`(results: String, isOpen: Bool) {
    // `x` fails, `.` succeeds, `-` is one message that the receiver dislikes.
    var breaker = Breaker()
    var hasOpened = false
    for result in results {
      let health: Verdict.Health = result == "x" ? .ill : result == "." ? .well : .indifferent
      breaker = breaker.recording(health, now: start)
      hasOpened = hasOpened || breaker.isOpen
    }
    #expect(hasOpened == isOpen)
  }

  @Test func `the probe comes after 30 s, then after twice as long, up to 15 min`() {
    var breaker = after(Array(repeating: .ill, count: 5))
    var now = start
    for seconds in [30, 60, 120, 240, 480, 900, 900] {
      let until = now + .seconds(seconds)
      #expect(breaker.allowance(now: until - .milliseconds(1)) == .none(until: until))
      #expect(breaker.allowance(now: until) == .one)
      now = until
      breaker = breaker.probing()
      #expect(breaker.allowance(now: now) == .none(until: nil))
      breaker = breaker.recording(.ill, now: now)
    }
  }

  @Test(arguments: [Verdict.Health.well, .indifferent])
  func `a probe that is answered closes it`(health: Verdict.Health) {
    let breaker = after(Array(repeating: .ill, count: 5)).probing().recording(health, now: start)
    #expect(breaker.allowance(now: start) == .all && breaker == Breaker())
  }

  @Test func `what was under way when it opened changes nothing`() {
    let open = after(Array(repeating: .ill, count: 5))
    #expect(open.recording(.ill, now: start + .seconds(9)) == open)
    #expect(open.recording(.well, now: start + .seconds(9)) == open)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `it never lets two pass while it is not closed`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var flow = ChannelFlow(breaker: Breaker(), pace: ChannelPace(concurrency: 4))
    var (now, inFlight) = (start, 0)
    for _ in 0..<300 {
      now = now + .seconds(Int64.random(in: 0...20, using: &random))
      if inFlight > 0, Bool.random(using: &random) {
        inFlight -= 1
        let health: Verdict.Health = Int.random(in: 0..<3, using: &random) > 0 ? .ill : .well
        flow = flow.recording(Verdict(fate: .retry, health: health), now: now)
      }
      let isClosed = flow.breaker?.isOpen == false
      guard case .some(let count) = flow.room(now: now, inFlight: inFlight) else { continue }
      #expect(inFlight + count <= (isClosed ? 4 : 1))
      flow = flow.starting((0..<count).map { .sample("\($0)") }, now: now)
      inFlight += count
    }
  }
}

@Suite struct PaceTests {
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `over any time no more pass than the rate allows`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let perSecond = Int.random(in: 1...5000, using: &random)
    let rate = try #require(Rate(perSecond, per: .seconds(1)))
    var pace = ChannelPace(concurrency: 10_000, rate: rate)
    var (now, passed) = (start, 0)
    for _ in 0..<500 {
      switch pace.room(now: now, inFlight: 0) {
      case .some(let count):
        let taken = Int.random(in: 1...count, using: &random)
        passed += taken
        pace = pace.starting(taken, now: now)
      case .none(let until):
        now = try #require(until)
        guard case .some = pace.room(now: now, inFlight: 0) else {
          Issue.record("nothing may pass at \(now)")
          return
        }
      }
    }
    let seconds = Double((now - start).wholeMilliseconds) / 1000
    let burst = max(1, Double(perSecond) / 10)
    #expect(Double(passed) <= seconds * Double(perSecond) + burst + 1)
  }

  @Test func `a rate of one a minute lets one pass a minute`() throws {
    let rate = try #require(Rate(1, per: .seconds(60)))
    let pace = ChannelPace(concurrency: 4, rate: rate)
    #expect(pace.room(now: start, inFlight: 0) == .some(1))
    let next = pace.starting(1, now: start)
    guard case .none(let until?) = next.room(now: start, inFlight: 0) else {
      Issue.record("one too many")
      return
    }
    #expect(abs((until - start - .seconds(60)).wholeMilliseconds) <= 1)
  }

  @Test func `overload halves what goes at a time, and success widens it again`() {
    let slow = Verdict(fate: .retry, effect: .slow, health: .ill)
    let well = Verdict(fate: .delivered, health: .well)
    var pace = ChannelPace(concurrency: 4)
    var widths: [Int] = []
    for verdict in [slow, slow, slow, well, well, well, well] {
      pace = pace.recording(verdict)
      widths.append(pace.width)
    }
    #expect(widths == [2, 1, 1, 2, 3, 4, 4])
  }

  @Test func `a pause holds everything until it is over`() {
    let until = start + .seconds(9)
    let pause = Verdict(fate: .retry, effect: .pause(until: until), health: .ill)
    let pace = ChannelPace(concurrency: 4).recording(pause)
    #expect(pace.room(now: until - .milliseconds(1), inFlight: 0) == .none(until: until))
    #expect(pace.room(now: until, inFlight: 0) == .some(2))
  }

  @Test(arguments: [1, 2, 3, 4, 7, 100])
  func `retries get a quarter of the places, however few come at a time`(batch: Int) {
    var (share, given, retries) = (RetryShare(), 0, 0)
    while given < 400 {
      let places = share.places(of: batch)
      share = share.giving(batch, retries: places)
      given += batch
      retries += places
    }
    #expect(abs(given / 4 - retries) <= 1)
  }
}
