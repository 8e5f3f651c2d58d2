// Measures folding and deciding in memory: `EngineBench [users] [events] [cohorts]`.
//
// Twenty campaigns of two steps on one model. Everybody signs up and enters those of their cohort: two of them, unless
// there are other than ten cohorts. Then events of forty names, twenty of them named by rules, come for people drawn at
// random, a hundredth of a second apart, and timers in between. At last time goes on until something is due. Nothing is
// read or written. Prints NAME=VALUE words.

import NudgeCore
import NudgeRules
import NudgeZones

/// Numbers that are the same in every run.
struct Dice {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func roll(below limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(limit))
  }
}

let eventNames = (0..<40).map { "Event \($0)" }

func rules() -> String {
  let milestones = (0..<5).map { place in
    "      m\(place): {reached_when: {did: Event \(place), times: {at_least: 2}}}"
  }
  let campaigns = (0..<20).map { place in
    """
      c\(place):
        model: onboarding
        who: {trait: {cohort: \(place % cohorts)}}
        while: {missing: m\(place % 5)}
        leave_when:
          - {name: done, did: Event \((place + 7) % 20), times: {at_least: 3}, within: 7 days}
        steps:
          - {name: first, on_day: \(place % 9 + 1), at: "09:00", send: email, template: first}
          - {name: second, after: 240h, send: in-app, template: second}
    """
  }
  return """
    nudged: 1
    models:
      onboarding:
        subject: user
        starts: {did: Signed Up}
        milestones:
    \(milestones.joined(separator: "\n"))
        activated_when: {milestones_reached: all}
    campaigns:
    \(campaigns.joined(separator: "\n"))

    """
}

func event(
  _ kind: Event.Kind,
  _ name: String = "",
  of user: Int,
  at instant: Timestamp,
  number: Int
) -> Event {
  Event(
    messageID: "m\(number)",
    kind: kind,
    userID: "u\(user)",
    name: name,
    timestamp: instant,
    receivedAt: instant,
    traits: kind == .identify
      ? JSONText(wellFormed: Array("{\"cohort\":\(user % cohorts)}".utf8)) : .empty
  )
}

func nanoseconds(_ duration: Duration, per count: Int) -> Int {
  let (seconds, attoseconds) = duration.components
  return Int((Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(count))
}

let users = CommandLine.arguments.dropFirst().first.flatMap(Int.init) ?? 1_000_000
let events = CommandLine.arguments.dropFirst(2).first.flatMap(Int.init) ?? 1_000_000
let cohorts = CommandLine.arguments.dropFirst(3).first.flatMap(Int.init) ?? 10
let zones = try SystemZones.load()
let file = SourceFile(path: "bench.yaml", text: rules())
let reading = RuleReader.read(
  files: [file],
  settings: .defaults(timezone: "UTC")
)
guard let ruleSet = reading.ruleSet else {
  for diagnostic in reading.diagnostics { print(diagnostic) }
  // The rules are written above, in this file: whoever breaks them is to see it at once.
  fatalError("the rules of the benchmark are not valid")
}
var rehearsal = Rehearsal(Engine(rules: ruleSet, zones: zones), knowsRepeats: true)
var now = Timestamp(millisecondsSinceEpoch: 1_767_607_200_000)
let clock = ContinuousClock()
let signUps = clock.measure {
  for user in 0..<users {
    rehearsal.take(event(.identify, of: user, at: now, number: 2 * user), at: now)
    rehearsal.take(event(.track, "Signed Up", of: user, at: now, number: 2 * user + 1), at: now)
    _ = rehearsal.drain()
  }
}
var dice = Dice()
var decisions = 0
var deciding = Duration.zero
// As in life, an event is decided soon after it was decoded: a thousand are made, then decided.
let eventsAtOnce = 1000
for first in stride(from: 0, to: events, by: eventsAtOnce) {
  let stimuli = (first..<min(events, first + eventsAtOnce)).map { number in
    now = now.adding(milliseconds: 10)
    return event(
      .track,
      eventNames[dice.roll(below: eventNames.count)],
      of: dice.roll(below: users),
      at: now,
      number: 2 * users + number
    )
  }
  deciding += clock.measure {
    for event in stimuli {
      rehearsal.take(event, at: event.receivedAt)
      decisions += rehearsal.drain().decisions.count
    }
  }
}
// A tick when nothing is due, and an hour in which much is, while all else waits.
let idleTicks = 1000
let idle = clock.measure {
  for _ in 0..<idleTicks { rehearsal.advance(to: rehearsal.now) }
}
_ = rehearsal.drain()
let busy = clock.measure {
  // The first of the steps at nine o'clock.
  while rehearsal.effects.decisions.isEmpty, let due = rehearsal.nextDue() {
    rehearsal.advance(to: due)
  }
}
let due = rehearsal.drain().decisions.count
print(
  "plans=\(users * 2 * 20 / cohorts) idle_tick_ns=\(nanoseconds(idle, per: idleTicks))",
  "due=\(due) due_ns=\(nanoseconds(busy, per: max(due, 1)))"
)
print(
  "users=\(users) events=\(events) sign_up_ns=\(nanoseconds(signUps, per: 2 * users))",
  "event_ns=\(nanoseconds(deciding, per: events)) decisions=\(decisions)"
)
