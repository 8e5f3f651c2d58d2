import NudgeCore
import NudgeDelivery
import NudgeStore
import Testing

@testable import NudgeDaemon

private let start = Timestamp(millisecondsSinceEpoch: 1_772_323_200_000)

private func minutes(_ count: Int) -> Timestamp { start + .seconds(60 * count) }

extension DispatchReport {
  fileprivate static func ended(_ channel: String, _ outcome: Delivery.Outcome) -> DispatchReport {
    .attempted(channel: channel, id: "iv_1", outcome: outcome, answer: "503 busy")
  }
}

@Suite struct `A watch over outboxes` {
  private func standing(_ dead: Int) -> [(channel: String, waiting: Int, dead: Int)] {
    [("email", 3, dead), ("ops", 1, dead)]
  }

  @Test func `tells once what has failed for a quarter of an hour, and when it is over`() {
    var watch = AlertWatch(own: "ops")
    for channel in ["email", "ops"] {
      #expect(watch.note(.ended(channel, .retried(at: minutes(1))), now: start) == nil)
    }
    #expect(watch.look(at: standing(0), now: minutes(14)).isEmpty)
    _ = watch.note(.ended("email", .retried(at: minutes(40))), now: minutes(14))
    let alerts = watch.look(at: standing(0), now: minutes(15))
    #expect(alerts.map(\.kind) == [.failing] && alerts.map(\.channel) == ["email"])
    #expect(alerts.first?.since == start && alerts.first?.answer == "503 busy")
    #expect(watch.look(at: standing(0), now: minutes(16)).isEmpty)
    let over = watch.note(.ended("email", .delivered(at: minutes(20))), now: minutes(20))
    #expect(over?.kind == .recovered)
    #expect(watch.note(.ended("email", .delivered(at: minutes(21))), now: minutes(21)) == nil)
  }

  @Test func `tells nothing of what fails for a while and then arrives`() {
    var watch = AlertWatch(own: "ops")
    _ = watch.note(.ended("email", .retried(at: minutes(1))), now: start)
    #expect(watch.note(.ended("email", .delivered(at: minutes(1))), now: minutes(1)) == nil)
    _ = watch.note(.ended("email", .retried(at: minutes(2))), now: minutes(2))
    #expect(watch.look(at: standing(0), now: minutes(16)).isEmpty)
  }

  @Test func `tells that dead letters grow, at most once an hour, and nothing of older ones`() {
    var watch = AlertWatch(own: "ops")
    #expect(watch.look(at: standing(5), now: start).isEmpty)
    #expect(watch.look(at: standing(6), now: minutes(1)).map(\.dead) == [6])
    #expect(watch.look(at: standing(9), now: minutes(2)).isEmpty)
    #expect(watch.look(at: standing(9), now: minutes(61)).map(\.kind) == [.deadLetters])
    #expect(watch.look(at: standing(9), now: minutes(200)).isEmpty)
    // Dropped, and then a new one.
    #expect(watch.look(at: [], now: minutes(201)).isEmpty)
    #expect(watch.look(at: standing(1), now: minutes(202)).map(\.dead) == [1])
  }

  @Test func `tells at once of a receiver that is gone and of a file that was changed`() {
    var watch = AlertWatch(own: "ops")
    #expect(watch.note(.disabled(channel: "email"), now: start)?.kind == .disabled)
    #expect(watch.note(.disabled(channel: "ops"), now: start) == nil)
    #expect(watch.note(.alarm(channel: "log", .missing), now: start)?.answer == "the file is gone")
  }

  @Test func `tells in words and in fields, under an id of its own`() throws {
    let alert = Alert(kind: .disabled, channel: "email", at: start, since: start, answer: "410 ")
    let notice = alert.notice(on: "ops", by: NoMessages())
    #expect(notice.id.hasPrefix("al_") && notice.channel == "ops")
    let data = try #require(notice.payload.value?["data"])
    #expect(data["text"]?.text?.contains("nudged outbox enable email") == true)
    #expect(data["alert"]?.text == "channel-disabled")
  }
}
