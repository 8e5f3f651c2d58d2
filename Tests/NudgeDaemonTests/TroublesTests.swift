import Logging
import NudgeCore
import NudgeDelivery
import Testing

@testable import NudgeDaemon

private let now = Timestamp(millisecondsSinceEpoch: 1_773_057_600_000)

@Suite struct `The troubles of outboxes` {
  private let troubles = Troubles()

  private func ended(_ outcome: Delivery.Outcome) -> DispatchReport {
    .attempted(channel: "email", id: "iv_1", outcome: outcome, answer: "")
  }

  @Test func `last until the breaker closes, though a call that was under way arrives`() {
    troubles.note(.breaker(channel: "email", isOpen: true))
    troubles.note(ended(.retried(at: now)))
    troubles.note(ended(.delivered(at: now)))
    #expect(troubles.problems == [.channelFailing("email")])
    troubles.note(.breaker(channel: "email", isOpen: false))
    #expect(troubles.problems.isEmpty)
  }

  @Test func `of calls are over when the breakers begin anew, those of files are not`() {
    troubles.note(.breaker(channel: "email", isOpen: true))
    troubles.note(.fileFailed(channel: "log", error: "EIO", retryAt: now))
    troubles.breakersBegin()
    #expect(troubles.problems == [.fileUnwritable("log")])
  }

  @Test func `are no failing any more when the channel is disabled`() {
    troubles.note(.breaker(channel: "email", isOpen: true))
    troubles.note(.disabled(channel: "email"))
    #expect(troubles.problems.isEmpty)
  }

  @Test func `go with channels that nothing names any more`() {
    troubles.note(.breaker(channel: "email", isOpen: true))
    troubles.note(.fileFailed(channel: "log", error: "EIO", retryAt: now))
    troubles.keep(only: ["email"])
    #expect(troubles.problems == [.channelFailing("email")])
    troubles.keep(only: [])
    #expect(troubles.problems.isEmpty)
  }
}

@Suite struct `What was done in a minute` {
  @Test func `counts what its recipient has called off as no failure`() throws {
    let tally = MinuteTally()
    let outcomes: [Delivery.Outcome] = [
      .cancelled(at: now), .released(due: now), .delivered(at: now),
      .retried(at: now), .expired(at: now),
    ]
    for outcome in outcomes {
      tally.note(.attempted(channel: "email", id: "iv_1", outcome: outcome, answer: ""))
    }
    let facts = try #require(tally.take())
    #expect(facts[.deliveries] == "1" && facts[.failures] == "2")
  }
}
