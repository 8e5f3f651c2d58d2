import NudgeCore
import NudgeDelivery

/// Something about an outbox that a person should know.
struct Alert: Hashable, Sendable {
  /// What has happened.
  enum Kind: String, Hashable, Sendable {
    /// Nothing has arrived since a first failure a while ago.
    case failing = "deliveries-failing"
    /// After that, something has arrived again.
    case recovered = "deliveries-recovered"
    /// The receiver said that it is gone.
    case disabled = "channel-disabled"
    /// More was given up than before.
    case deadLetters = "dead-letters-growing"
    /// Somebody has changed an outbox file.
    case edited = "file-edited"
  }

  let kind: Kind
  let channel: String
  let at: Timestamp
  /// Since when it is so.
  let since: Timestamp
  /// What the outbox said last.
  var answer = ""
  var waiting: Int?
  var dead: Int?
}

/// Sees from what happens to deliveries when somebody should be told, once for each trouble.
///
/// A restart begins anew: what fails then still is told a quarter of an hour later.
struct AlertWatch: Sendable {
  private struct Trouble {
    let since: Timestamp
    var isTold = false
    var answer: String
  }

  /// The channel that alerts go to, of which none is made.
  let own: String
  private var troubles: [String: Trouble] = [:]
  /// `nil` before the first look: what was dead before that is known to somebody.
  private var dead: [String: Int]?
  private var toldDeadAt: [String: Timestamp] = [:]

  /// A watch over all channels but this one.
  init(own: String) {
    self.own = own
  }

  /// Takes in what the dispatcher reports.
  mutating func note(_ report: DispatchReport, now: Timestamp) -> Alert? {
    switch report {
    case .attempted(let channel, _, .delivered, _), .written(let channel, _):
      return end(of: channel, now: now)
    case .attempted(let channel, _, .retried, let answer),
      .attempted(let channel, _, .died, let answer),
      .attempted(let channel, _, .expired, let answer):
      begin(channel, answer, now: now)
    case .fileFailed(let channel, let error, _):
      begin(channel, error, now: now)
    case .disabled(let channel) where channel != own:
      return Alert(
        kind: .disabled,
        channel: channel,
        at: now,
        since: now,
        answer: troubles[channel]?.answer ?? ""
      )
    case .alarm(let channel, let alarm) where channel != own:
      return Alert(kind: .edited, channel: channel, at: now, since: now, answer: "\(alarm)")
    case .attempted, .paused, .breaker, .disabled, .alarm: break
    }
    return nil
  }

  /// Looks at how the outboxes stand now.
  mutating func look(
    at outboxes: [(channel: String, waiting: Int, dead: Int)],
    now: Timestamp
  ) -> [Alert] {
    let others = outboxes.filter { $0.channel != own }
    let known = dead
    // Outboxes in which nothing waits and nothing is dead are not among them.
    dead = Dictionary(others.map { ($0.channel, $0.dead) }) { $1 }
    return others.flatMap { outbox in
      let before = known.map { $0[outbox.channel] ?? 0 } ?? outbox.dead
      return [failing(outbox, now: now), growing(outbox, from: before, now: now)]
        .compactMap(\.self)
    }
  }

  private mutating func begin(_ channel: String, _ answer: String, now: Timestamp) {
    troubles[channel, default: Trouble(since: now, answer: answer)].answer = answer
  }

  private mutating func end(of channel: String, now: Timestamp) -> Alert? {
    guard let trouble = troubles.removeValue(forKey: channel), trouble.isTold else { return nil }
    return Alert(kind: .recovered, channel: channel, at: now, since: trouble.since)
  }

  private mutating func failing(
    _ outbox: (channel: String, waiting: Int, dead: Int),
    now: Timestamp
  ) -> Alert? {
    guard outbox.channel != own, let trouble = troubles[outbox.channel], !trouble.isTold,
      now - trouble.since >= Limits.failingBeforeAlert
    else { return nil }
    troubles[outbox.channel]?.isTold = true
    return Alert(
      kind: .failing,
      channel: outbox.channel,
      at: now,
      since: trouble.since,
      answer: trouble.answer,
      waiting: outbox.waiting,
      dead: outbox.dead
    )
  }

  /// What is not told now, since it was told a short while ago, is told later.
  private mutating func growing(
    _ outbox: (channel: String, waiting: Int, dead: Int),
    from before: Int,
    now: Timestamp
  ) -> Alert? {
    let told = toldDeadAt[outbox.channel] ?? .distantPast
    guard outbox.dead > before else { return nil }
    guard now - told >= Limits.betweenDeadLetterAlerts else {
      dead?[outbox.channel] = before
      return nil
    }
    toldDeadAt[outbox.channel] = now
    return Alert(
      kind: .deadLetters,
      channel: outbox.channel,
      at: now,
      since: told == .distantPast ? now : told,
      answer: troubles[outbox.channel]?.answer ?? "",
      waiting: outbox.waiting,
      dead: outbox.dead
    )
  }
}
