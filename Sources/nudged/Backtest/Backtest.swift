import NudgeCore

/// Rules over history: the engine on a virtual clock, and where its decisions go.
///
/// Not copyable, since what everybody did lies in it.
struct Backtest: ~Copyable {
  /// The last instant of the run, and none of its decisions is later.
  private let end: Timestamp
  /// How long the run goes on after its last event; `nil`: to the end, whenever that was.
  private let rest: Int64?
  private var last: Timestamp = .distantPast
  private var rehearsal: Rehearsal
  private var pending: [Decision] = []

  /// A run of an engine up to and including an instant, or so long after the last event; it is given no repeats.
  init(_ engine: Engine, until end: Timestamp, resting rest: Int64?) {
    rehearsal = Rehearsal(engine, knowsRepeats: true)
    self.end = end
    self.rest = rest
  }

  /// Takes in an event after what is due by its arrival; nothing if it arrives after the end.
  mutating func take(
    _ event: ArrivedEvent,
    _ decided: ([Decision]) throws -> Void
  ) throws {
    guard event.arrival.instant <= end else { return }
    rehearsal.take(event.event, at: event.arrival.instant)
    last = event.arrival.instant
    try gather(rehearsal.drain().decisions, decided)
  }

  /// Decides what is due by an instant, or by the end if that comes first.
  mutating func advance(
    to instant: Timestamp,
    _ decided: ([Decision]) throws -> Void
  ) throws {
    let instant = min(instant, end)
    while let due = rehearsal.nextDue(), due <= instant {
      rehearsal.advance(to: due)
      try gather(rehearsal.drain().decisions, decided)
    }
  }

  /// The progress of everybody, after all stimuli up to and including an instant.
  mutating func snapshot(
    at instant: Timestamp,
    _ decided: ([Decision]) throws -> Void
  ) throws -> StateSnapshot {
    try advance(to: instant, decided)
    return try StateSnapshot(of: rehearsal.engine, in: rehearsal.world, at: instant)
  }

  /// Decides what is due by the end.
  mutating func finish(_ decided: ([Decision]) throws -> Void) throws {
    try advance(to: rest.map(last.adding) ?? end, decided)
    try flush(decided)
  }

  /// Hands on the decisions of one instant together, in the order in which they are printed.
  private mutating func gather(
    _ decisions: [Decision],
    _ decided: ([Decision]) throws -> Void
  ) throws {
    for decision in decisions {
      if let first = pending.first, first.at != decision.at { try flush(decided) }
      pending.append(decision)
    }
  }

  private mutating func flush(_ decided: ([Decision]) throws -> Void) throws {
    if pending.isEmpty { return }
    pending.sort(by: Decision.isPrintedBefore)
    try decided(pending)
    pending.removeAll(keepingCapacity: true)
  }
}

extension Decision {
  /// By instant, then subject, campaign, step, enrolment and occurrence; texts by their bytes
  /// (`semantics.md`, ruling 90).
  static func isPrintedBefore(_ left: Decision, _ right: Decision) -> Bool {
    if left.at != right.at { return left.at < right.at }
    for text in [\Decision.subject.description, \.campaign, \.step] {
      let (one, other) = (left[keyPath: text], right[keyPath: text])
      if one != other { return one.utf8.lexicographicallyPrecedes(other.utf8) }
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
