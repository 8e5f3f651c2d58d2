import Dispatch
import NudgeCore

/// Rules over history: the engine on a virtual clock, and where its decisions go.
///
/// People who have nothing to do with one another are decided for side by side, each part by the same engine. The
/// decisions come out in one order, whatever the number of parts. Not copyable, since what everybody did lies in it.
struct Backtest: ~Copyable {
  /// The last instant of the run, and none of its decisions is later.
  private let end: Timestamp
  /// How long the run goes on after its last event; `nil`: to the end, whenever that was.
  private let rest: Int64?
  private let parts: Parts
  private let runs: [PartRun]
  /// The events of the next stretch, by part.
  private var gathered: [[ArrivedEvent]]
  private var count = 0
  private var last: Timestamp = .distantPast
  /// Up to where the stretches reach that were begun.
  private var reached: Timestamp = .distantPast
  private let underway = DispatchGroup()

  /// A run of engines with the same rules, one for each part, up to and including an instant, or so long after the last
  /// event; it is given no repeats.
  init(_ engines: [Engine], _ parts: Parts, until end: Timestamp, resting rest: Int64?) {
    self.parts = parts
    self.end = end
    self.rest = rest
    runs = engines.map { PartRun($0) }
    gathered = Array(repeating: [], count: parts.count)
  }

  /// Takes in an event after what is due by its arrival; nothing if it arrives after the end.
  mutating func take(_ event: ArrivedEvent, _ decided: ([Decision]) throws -> Void) throws {
    guard event.arrival.instant <= end else { return }
    gathered[parts.part(of: event.event)].append(event)
    last = event.arrival.instant
    count += 1
    if count >= Limits.eventsOfStretch { try begin(through: last, decided) }
  }

  /// The progress of everybody, after all stimuli up to and including an instant.
  mutating func snapshot(
    at instant: Timestamp,
    _ decided: ([Decision]) throws -> Void
  ) throws -> StateSnapshot {
    try begin(through: min(instant, end), decided)
    underway.wait()
    return try StateSnapshot(of: runs.map(\.everybody), at: instant)
  }

  /// Decides what is due by the end.
  mutating func finish(_ decided: ([Decision]) throws -> Void) throws {
    try begin(through: min(end, rest.map(last.adding) ?? end), decided)
    underway.wait()
    try hand(before: .never, to: decided)
    // Letting go of a million memories takes a while, for which nobody needs to wait.
    for run in runs { DispatchQueue.global().async { run.forget() } }
  }

  /// Sets the parts to work on what was gathered, once they are done with the stretch before it.
  private mutating func begin(
    through instant: Timestamp,
    _ decided: ([Decision]) throws -> Void
  ) throws {
    underway.wait()
    // The next stretch may decide more at the instant at which the last one ended.
    try hand(before: reached, to: decided)
    for (run, events) in zip(runs, gathered) {
      DispatchQueue.global().async(group: underway) { run.run(events, through: instant) }
    }
    for place in gathered.indices { gathered[place].removeAll() }
    count = 0
    reached = instant
  }

  /// Hands on what all parts have decided before an instant, in one order.
  private func hand(
    before instant: Timestamp,
    to decided: ([Decision]) throws -> Void
  ) throws {
    var queues = runs.map { $0.decisions(before: instant) }
    var ordered: [Decision] = []
    ordered.reserveCapacity(queues.reduce(0) { $0 + $1.count })
    while let next = Backtest.first(of: queues), let decision = queues[next].popFirst() {
      ordered.append(decision)
    }
    try decided(ordered)
  }

  /// Which queue has the decision that is printed first; `nil` when all are empty.
  private static func first(of queues: [ArraySlice<Decision>]) -> Int? {
    queues.indices.filter { !queues[$0].isEmpty }.min { left, right in
      guard let one = queues[left].first, let other = queues[right].first else { return false }
      return Decision.isPrintedBefore(one, other)
    }
  }
}

extension Decision {
  /// By instant, then subject, campaign, step, enrolment and occurrence; texts by their bytes
  /// (`semantics.md`, ruling 90).
  static func isPrintedBefore(_ left: Decision, _ right: Decision) -> Bool {
    if left.at != right.at { return left.at < right.at }
    for (one, other) in [
      (left.subject.kind.rawValue, right.subject.kind.rawValue),
      (left.subject.id, right.subject.id), (left.campaign, right.campaign),
      (left.step, right.step),
    ] where one != other {
      return one.utf8.lexicographicallyPrecedes(other.utf8)
    }
    return (left.occurrence, left.enrolment) < (right.occurrence, right.enrolment)
  }

  /// The decision as a line of `--format jsonl`.
  var line: JSONValue {
    .object([
      .init("at", .string(at.rfc3339)),
      .init("subject", .string(subject.description)),
      .init("campaign", .string(campaign)),
      .init("step", .string(step)),
      .init("enrolment", .whole(enrolment)),
      .init("occurrence", .whole(occurrence)),
      .init("outcome", .string(outcome.rawValue)),
      .init("reason", .string(reason.code)),
      .init("nominal_at", .string(nominalAt.rfc3339)),
      .init("channel", .optional(channel)),
      .init("to", .optional(to?.description)),
      .init("variant", .optional(variant)),
      .init("id", .string(id)),
    ])
  }
}
