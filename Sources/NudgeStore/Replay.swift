public import NudgeCore

/// Decides again what a history says was taken in and done, into another store: the same stimuli in the same order.
///
/// A class, since its place in the history moves; used inside `History.read` alone.
public final class Replay {
  /// What decides after a deploy.
  public struct Rules {
    let ruleSet: RuleSet
    let messages: any MessageRenderer

    /// These rules with these messages.
    public init(_ ruleSet: RuleSet, messages: any MessageRenderer) {
      self.ruleSet = ruleSet
      self.messages = messages
    }
  }

  /// What may have changed something.
  public enum Cause: Hashable, Sendable {
    case event(History.LoggedEvent)
    case time
    case ruleSet(DeployedRuleSet)
  }

  /// Why a history cannot be decided again.
  public enum Failure: Error, Hashable, Sendable {
    /// An older program has noted this act without its place among the events.
    case unplaced(act: String, at: Timestamp)
    /// A deploy names a rule set that is not there.
    case noRuleSet(row: String)
  }

  /// Looks at the state after a stimulus.
  public typealias Observer = (ReplayTransaction, Engine, Cause, Timestamp) throws -> Void

  private let reader: HistoryReader
  private let events: EventCursor
  private let store: Store
  private let zones: ZoneTable
  private let end: Timestamp?
  private let rules: (DeployedRuleSet) throws -> Rules
  private var acts: ArraySlice<Act>
  private var ahead: History.LoggedEvent?
  private var isRunning = false
  /// How many events were decided.
  public private(set) var done = 0
  /// What decides at the point reached; `nil` before the first deploy.
  public private(set) var engine: Engine?

  /// A replay of these events and everything that was done, up to and including an instant; `nil`: of all of it.
  ///
  /// `rules` reads a stored rule set, or gives another in its place.
  public init(
    of reader: HistoryReader,
    events: EventCursor,
    into store: Store,
    zones: ZoneTable,
    until end: Timestamp? = nil,
    rules: @escaping (DeployedRuleSet) throws -> Rules
  ) throws {
    self.reader = reader
    self.events = events
    self.store = store
    self.zones = zones
    self.end = end
    self.rules = rules
    acts = try reader.acts().filter { $0.at <= end ?? .never }[...]
    ahead = try events.next()
  }

  /// Decides everything; what is observed is observed after each single stimulus.
  public func run(onProgress: (Int) -> Void = { _ in }, observer: Observer? = nil) throws {
    var isOver = false
    while !isOver {
      isOver = try store.replaying { try self.decideSome(in: $0, observer) }
      try store.checkpoint()
      onProgress(done)
    }
  }

  /// Tells whether it came to the end.
  private func decideSome(in transaction: ReplayTransaction, _ observer: Observer?) throws -> Bool {
    let enough = done + Limits.eventsPerReplay
    while done < enough {
      guard let first = ahead, first.arrivedAt <= end ?? .never else {
        try finish(transaction, observer)
        return true
      }
      try perform(before: first.sequence, transaction, observer)
      try take(try group(limit: observer == nil ? Limits.eventsPerReplay : 1), transaction, observer)
    }
    return false
  }

  /// The next events, as far as they came together.
  private func group(limit: Int) throws -> [History.LoggedEvent] {
    var group: [History.LoggedEvent] = []
    let border = acts.first.flatMap(\.afterEvent) ?? .max
    while let next = ahead, group.count < limit, next.sequence <= border,
      next.arrivedAt == group.first?.arrivedAt ?? next.arrivedAt
    {
      group.append(next)
      ahead = try events.next()
    }
    return group
  }

  private func take(
    _ group: [History.LoggedEvent],
    _ transaction: ReplayTransaction,
    _ observer: Observer?
  ) throws {
    done += group.count
    guard let engine, let first = group.first else { return }
    if let observer {
      try transaction.process([], at: first.arrivedAt, by: engine)
      try observer(transaction, engine, .time, first.arrivedAt)
    }
    try transaction.process(group.map(\.event), at: first.arrivedAt, by: engine)
    try observer?(transaction, engine, .event(first), first.arrivedAt)
  }

  private func finish(_ transaction: ReplayTransaction, _ observer: Observer?) throws {
    try perform(before: .max, transaction, observer)
    guard isRunning, let engine, let last = try end ?? reader.decidedThrough() else { return }
    try transaction.process([], at: last, by: engine)
    try observer?(transaction, engine, .time, last)
  }

  // MARK: Acts

  private func perform(
    before sequence: Int64,
    _ transaction: ReplayTransaction,
    _ observer: Observer?
  ) throws {
    while let act = acts.first {
      guard let place = act.afterEvent else { throw Failure.unplaced(act: act.kind, at: act.at) }
      guard place < sequence else { return }
      acts = acts.dropFirst()
      try perform(act, transaction, observer)
    }
  }

  private func perform(
    _ act: Act,
    _ transaction: ReplayTransaction,
    _ observer: Observer?
  ) throws {
    switch Act.Kind(rawValue: act.kind) {
    case .deployed: try deploy(act, transaction, observer)
    case .caughtUp:
      isRunning = true
      guard let engine else { return }
      try transaction.catchUp(at: act.at, by: engine)
      try observer?(transaction, engine, .time, act.at)
    case .stopped:
      try decideDue(through: act.at, transaction, observer)
      isRunning = false
      try transaction.note(act)
    case .started, nil: try transaction.note(act)
    }
  }

  private func decideDue(
    through instant: Timestamp,
    _ transaction: ReplayTransaction,
    _ observer: Observer?
  ) throws {
    guard isRunning, let engine else { return }
    try transaction.process([], at: instant, by: engine)
    try observer?(transaction, engine, .time, instant)
  }

  private func deploy(
    _ act: Act,
    _ transaction: ReplayTransaction,
    _ observer: Observer?
  ) throws {
    try decideDue(through: act.at, transaction, observer)
    guard let stored = try Int64(act.detail).flatMap(reader.ruleSet) else {
      throw Failure.noRuleSet(row: act.detail)
    }
    let rules = try rules(stored)
    let index = RuleIndex(rules.ruleSet, zones: zones)
    let engine = Engine(
      rules: rules.ruleSet,
      zones: zones,
      deployments: try transaction.deploy(index, as: stored, at: act.at, zones: zones),
      messages: rules.messages
    )
    self.engine = engine
    try observer?(transaction, engine, .ruleSet(stored), act.at)
  }
}
