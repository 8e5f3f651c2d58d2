import NudgeClient
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeDelivery

/// Sun, 06 Nov 1994 08:49:37 GMT.
private let sunday = Timestamp(millisecondsSinceEpoch: 784_111_777_000)

@Suite struct RetryTests {
  @Test func `the standard schedule makes ten attempts in 75 hours and 35 minutes`() {
    let waits = RetrySchedule.standard.waits
    #expect(waits.count == 10 && waits.first == .zero)
    #expect(waits.reduce(.zero, +) == .seconds(272_105))
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `each wait lies within a fifth of its length, and the tenth failure is the last`(
    seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    let schedule = RetrySchedule.standard
    for attempts in 1..<10 {
      let next = schedule.next(
        afterAttempts: attempts,
        now: sunday,
        expiresAt: .never,
        using: &random
      )
      guard case .retry(let due) = next else {
        Issue.record("\(next) after \(attempts)")
        return
      }
      let wait = schedule.waits[attempts]
      #expect(abs((due - sunday - wait).wholeMilliseconds) <= wait.wholeMilliseconds / 5)
    }
    let last = schedule.next(afterAttempts: 10, now: sunday, expiresAt: .never, using: &random)
    #expect(last == .dead)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `no retry comes at or after the end of the intervention`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let expiresAt = sunday + .seconds(Int64.random(in: 0...100_000, using: &random))
    for attempts in 1..<10 {
      let next = RetrySchedule.standard.next(
        afterAttempts: attempts,
        now: sunday,
        expiresAt: expiresAt,
        using: &random
      )
      guard case .retry(let due) = next else { continue }
      #expect(due < expiresAt)
    }
  }

  @Test(arguments: [
    ("120", 120_000), ("0", 0), ("1.5", 1500), ("0.0019", 1), (" 7 ", 7000), ("86401", 86_400_000),
    ("99999999999999999999", 86_400_000), ("00000000000000000001", 1000), ("-1", nil), ("+1", nil),
    ("1e3", nil), ("", nil), (".5", nil), ("5.", nil), ("1.2.3", nil), ("soon", nil), ("٣", nil),
    ("Sun, 06 Nov 1994 08:50:37 GMT", 60_000), ("Sunday, 06-Nov-94 08:50:37 GMT", 60_000),
    ("Sun Nov  6 08:50:37 1994", 60_000), ("Sun, 06 Nov 1994 08:49:00 GMT", 0),
    ("Mon, 07 Nov 1994 08:49:38 GMT", 86_400_000), ("Sun, 06 Nov 1994 08:50:37", nil),
    ("Sun, 06 Nov 1994 08:50:37 CET", nil), ("Sun, 31 Feb 1994 08:50:37 GMT", nil),
    ("Sun, 06 Nov 1994 24:50:37 GMT", nil), ("Sunday, 06-Nov-45 08:50:37 GMT", 0),
    ("Sunday, 06-Nov-44 08:50:37 GMT", 86_400_000),
  ])
  func `Retry-After is read in all of its forms`(header: String, milliseconds: Int64?) {
    let expected = milliseconds.map { Duration.milliseconds($0) }
    #expect(RetryAfter.wait(header, now: sunday) == expected)
  }

  @Test(arguments: 0..<500 as Range<UInt64>)
  func `whatever Retry-After holds, the pause is none to 24 hours`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let letters = Array("0123456789. ,:-GMTSunNov")
    let text = String(
      (0..<Int.random(in: 0...40, using: &random)).map { _ in
        letters[Int.random(in: 0..<letters.count, using: &random)]
      }
    )
    guard let wait = RetryAfter.wait(text, now: sunday) else { return }
    #expect((.zero ... .seconds(86_400)).contains(wait), "\(text)")
  }

  @Test(
    arguments: [
      (200, nil, Verdict(fate: .delivered, health: .well)),
      (204, nil, Verdict(fate: .delivered, health: .well)),
      (301, nil, Verdict(fate: .retry, health: .ill)),
      (400, nil, Verdict(fate: .retry, health: .indifferent)),
      (401, nil, Verdict(fate: .retry, health: .ill)),
      (410, nil, Verdict(fate: .retry, effect: .disable, health: .ill)),
      (422, "9", Verdict(fate: .retry, health: .indifferent)),
      (429, nil, Verdict(fate: .retry, effect: .slow, health: .ill)),
      (429, "9", Verdict(fate: .retry, effect: .pause(until: sunday + .seconds(9)), health: .ill)),
      (429, "x", Verdict(fate: .retry, effect: .slow, health: .ill)),
      (500, nil, Verdict(fate: .retry, health: .ill)),
      (502, nil, Verdict(fate: .retry, effect: .slow, health: .ill)),
      (503, "1", Verdict(fate: .retry, effect: .pause(until: sunday + .seconds(1)), health: .ill)),
      (504, nil, Verdict(fate: .retry, effect: .slow, health: .ill)),
      (599, nil, Verdict(fate: .retry, health: .ill)),
    ] as [(Int, String?, Verdict)]
  )
  func `an answer has its verdict`(status: Int, retryAfter: String?, expected: Verdict) {
    let answer = ExchangeResult.answered(IncomingAnswer(status: status, retryAfter: retryAfter))
    #expect(Verdict(answer, on4xx: .retry, now: sunday) == expected)
  }

  @Test(arguments: [
    (400, Verdict.Fate.dead), (404, .dead), (408, .retry), (410, .retry), (429, .retry),
    (500, .retry),
  ])
  func `on_4xx fail gives up at once what the receiver refuses`(status: Int, fate: Verdict.Fate) {
    let answer = ExchangeResult.answered(IncomingAnswer(status: status))
    #expect(Verdict(answer, on4xx: .fail, now: sunday).fate == fate)
  }
}
