import NudgeCore
import NudgeStore
import Synchronization

/// The one line that `systemctl status` shows.
struct StatusLine {
  let campaigns: Int
  /// What the last reload said, when it was rejected.
  let rejected: String?
  /// What decides, and since when.
  let hash: String
  let deployedAt: Timestamp?
  let zone: Zone

  /// How everything stands, once it is counted: `5 campaigns, 4,210 people, next 09:00 (37 due), outbox 0`.
  func text(_ gauges: Gauges, people: Int, at now: Timestamp) -> String {
    if let rejected { return text(rejected: rejected) }
    return [
      campaigns.counted("campaign"),
      people == 1 ? "1 person" : "\(people.grouped) people",
      next(gauges, now), "outbox \(gauges.waiting.grouped)",
    ].joined(separator: ", ")
  }

  /// What is known at once: `5 campaigns, set 9b3e01a2c4d5`.
  var text: String {
    rejected.map(text(rejected:)) ?? "\(campaigns.counted("campaign")), set \(hash.prefix(12))"
  }

  private func text(rejected: String) -> String {
    let line = rejected.prefix { $0 != "\n" }
      .replacing(/: (?:error|warning)\[[a-z\-]+\]:/, with: "")
    let since = deployedAt.map { " from \($0.shortText(in: zone))" } ?? ""
    return "rules rejected: \(line); running set \(hash.prefix(12))\(since)"
  }

  private func next(_ gauges: Gauges, _ now: Timestamp) -> String {
    guard let due = gauges.nextDue else { return "nothing planned" }
    let isToday = zone.date(at: due) == zone.date(at: now)
    let time = isToday ? due.clockText(in: zone) : due.shortText(in: zone)
    return "next \(time) (\(gauges.dueTogether.grouped) due)"
  }
}

extension Assembly {
  /// The line of now; nothing is counted for nobody.
  var statusText: String {
    let line = statusLine
    guard manager.isPresent, line.rejected == nil, let gauges = try? gauges.current(at: clock.now),
      let people = try? store.count(of: .user)
    else { return line.text }
    return line.text(gauges, people: people, at: clock.now)
  }

  /// The line of now, but for what must be counted.
  private var statusLine: StatusLine {
    let rules = loop.current.rules.set
    let rejected = rejectedRules.withLock { $0 }
    return StatusLine(
      campaigns: rules.campaigns.count,
      rejected: rejected,
      hash: rules.hash,
      deployedAt: rejected.flatMap { _ in try? store.currentRuleSet()?.deployedAt },
      zone: daemon.zones[rules.policy.timezone] ?? .utc
    )
  }
}

extension Timestamp {
  /// `09:00`.
  fileprivate func clockText(in zone: Zone) -> String {
    let minute = zone.minuteOfDay(at: self)
    return "\(twoDigits(minute / 60)):\(twoDigits(minute % 60))"
  }

  /// `Tue 2026-11-24 09:00`.
  fileprivate func shortText(in zone: Zone) -> String {
    let date = zone.date(at: self)
    return "\(date.weekday.shortName) \(date) \(clockText(in: zone))"
  }

  private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
