import GRDB
import NudgeCore
import NudgeTesting
import Testing

@testable import NudgeStore

private let now = Timestamp(millisecondsSinceEpoch: 1_772_323_200_000)

/// A store with dead letters, of which the last has lost its meaning.
private struct DeadLetters {
  private let folder: TemporaryFolder
  let store: Store

  init(_ ids: [String]) throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
    for id in ids {
      let expiresAt = id == ids.last ? now : now + .seconds(60)
      try store.write { database, _ in
        try database.execute(
          sql: """
            INSERT INTO deliveries (id, channel, payload, created_at, expires_at, state, due, attempts, crashes,
              last_answer)
            VALUES (?, 'email', ?, ?, ?, 'dead', ?, 10, 0, '503 busy')
            """,
          arguments: [
            id, #"{"data":{"campaign":"welcome","step":"\#(id)"}}"#, now.millisecondsSinceEpoch,
            expiresAt.millisecondsSinceEpoch, now.millisecondsSinceEpoch,
          ]
        )
      }
    }
  }

  func choice(_ change: (inout DeliveryChoice) -> Void = { _ in }) -> DeliveryChoice {
    var choice = DeliveryChoice(states: [.dead])
    change(&choice)
    return choice
  }
}

@Suite struct `Dead letters` {
  @Test func `wait anew at the rate that is asked for, unless they have lost their meaning`()
    async throws
  {
    let letters = try DeadLetters(["a", "b", "c", "late"])
    let count = try await letters.store.retry(letters.choice(), perSecond: 2, at: now)
    #expect(count == 3)
    let states = try letters.store.allDeliveries().map(\.state)
    let due = [0, 500, 1000].map { Delivery.State.pending(due: now.adding(milliseconds: $0)) }
    #expect(states == due + [.dead(at: now)])
  }

  @Test func `are chosen by what they have in common`() throws {
    let letters = try DeadLetters(["a", "b"])
    let choices: [(DeliveryChoice, Int)] = [
      (letters.choice { $0.campaign = "welcome" }, 2), (letters.choice { $0.campaign = "x" }, 0),
      (letters.choice { $0.error = "503" }, 2), (letters.choice { $0.error = "'%" }, 0),
      (letters.choice { $0.id = "a" }, 1), (letters.choice { $0.channel = "sms" }, 0),
      (letters.choice { $0.since = now }, 2), (letters.choice { $0.until = now }, 0),
    ]
    for (choice, count) in choices { #expect(try letters.store.count(choice) == count) }
    let listed = try letters.store.deliveries(letters.choice(), after: 1, limit: 5)
    #expect(listed.map(\.step) == ["b"])
  }

  @Test func `that are dropped are gone, and an act remembers how many`() async throws {
    let letters = try DeadLetters(["a", "b"])
    #expect(try await letters.store.drop(letters.choice { $0.id = "a" }, at: now) == 1)
    #expect(try letters.store.allDeliveries().map(\.id) == ["b"])
    let acts = try await letters.store.reader.read { database in
      try String.fetchAll(database, sql: "SELECT kind || detail FROM acts")
    }
    #expect(acts == [#"deliveries-dropped{"count":1}"#])
  }
}

@Suite struct `A notice` {
  private let folder: TemporaryFolder
  private let store: Store

  init() throws {
    folder = try TemporaryFolder()
    store = try Store(path: folder.path(of: "nudged.db"))
  }

  @Test func `waits in its outbox once, with what leaves instead`() async throws {
    let body = JSONText(wellFormed: Array(#"{"text":"gone"}"#.utf8))
    let request = ChannelRequest.ready(body: body, headers: [.init("X-A", "1")])
    let notice = Notice(
      id: "al_1",
      channel: "ops",
      payload: JSONText(wellFormed: Array(#"{"type":"alert.x"}"#.utf8)),
      request: request,
      at: now
    )
    for _ in 0..<2 { try await store.keep(notice) }
    let kept = try store.allDeliveries()
    #expect(kept.map(\.id) == ["al_1"] && kept.map(\.state) == [.pending(due: now)])
    #expect(kept.first?.request == request && kept.first?.payload == notice.payload.bytes)
  }

  @Test func `of a channel that is gone is over when somebody enables it, and is kept as an act`()
    async throws
  {
    try await store.disable(channel: "email", at: now, answer: "410")
    #expect(try await store.enable(channel: "email", at: now))
    #expect(try await !store.enable(channel: "email", at: now))
    let acts = try await store.reader.read { database in
      try String.fetchAll(database, sql: "SELECT kind || detail FROM acts")
    }
    #expect(acts == [#"channel-enabled{"channel":"email"}"#])
    #expect(try store.disabledChannels().isEmpty)
  }
}
