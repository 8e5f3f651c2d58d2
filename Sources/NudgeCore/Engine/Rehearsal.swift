/// The engine on a virtual clock, in memory: what tests, backtests and simulations run.
///
/// The same engine as the daemon's, fed in the same order: a due timer before an event of the same instant.
public struct Rehearsal: Sendable {
  /// The engine that decides.
  public internal(set) var engine: Engine
  /// Everything that is known of everybody.
  public internal(set) var world = World()
  /// What followed so far; taken away by `drain`.
  public private(set) var effects = Effects()
  /// The instant of the last stimulus.
  public private(set) var now: Timestamp = .distantPast
  /// Since when everything is there; what the first engine has counts as deployed before everything.
  var deployments: Deployments
  private var timers = TimerQueue()
  /// `nil` when whoever feeds it knows of repeats.
  private var messageIDs: Set<String>?

  /// A rehearsal from nothing; with `knowsRepeats` every event that it is given is new.
  public init(_ engine: Engine, knowsRepeats: Bool = false) {
    self.engine = engine
    deployments = Deployments(deployedBy: engine)
    messageIDs = knowsRepeats ? nil : []
  }

  /// Decides what is due by an instant, each timer at its own.
  public mutating func advance(to instant: Timestamp) {
    while let timer = timers.next(through: instant) {
      guard world.memories[timer.subject]?.wake == timer.due else { continue }
      handle(.timer(timer.subject, at: timer.due))
    }
    now = max(now, instant)
  }

  /// Takes an event in at its arrival, after what is due by then; a known messageId changes nothing.
  ///
  /// Tells whether the event was new.
  @discardableResult
  public mutating func take(_ event: Event, at arrival: Timestamp) -> Bool {
    advance(to: arrival)
    if messageIDs?.insert(event.messageID).inserted == false { return false }
    handle(.event(event, at: now))
    return true
  }

  /// Looks at a subject although nothing asks for it.
  public mutating func wake(_ subject: SubjectID) {
    handle(.timer(subject, at: now))
  }

  /// Decides at `instant` whatever became due since `now`, as after downtime.
  public mutating func catchUp(at instant: Timestamp) {
    var due: Set<SubjectID> = []
    while let timer = timers.next(through: instant) {
      if world.memories[timer.subject]?.wake == timer.due { due.insert(timer.subject) }
    }
    now = max(now, instant)
    for subject in due.sorted() { handle(.timer(subject, at: now)) }
  }

  /// Lets other silences hold from an instant on; whoever is held back is looked at then.
  public mutating func use(_ silences: [Silence], at instant: Timestamp) {
    advance(to: instant)
    engine = engine.silenced(by: silences)
    for subject in world.memories.keys.sorted() where world.memories[subject]?.isSilenced == true {
      wake(subject)
    }
  }

  /// The instant of the next timer; `nil` when none is left.
  public mutating func nextDue() -> Timestamp? {
    while let first = timers.first {
      if world.memories[first.subject]?.wake == first.due { return first.due }
      _ = timers.next(through: first.due)
    }
    return nil
  }

  /// What followed since the last call.
  public mutating func drain() -> Effects {
    defer { effects = Effects() }
    return effects
  }

  mutating func handle(_ stimulus: Stimulus) {
    while true {
      let missing = engine.missing(for: stimulus, in: world)
      if missing.isEmpty { break }
      for subject in missing { world.memories[subject] = Memory(subject: subject) }
    }
    now = max(now, stimulus.at)
    let following = engine.handle(stimulus, in: &world)
    for subject in following.rescheduled {
      guard let wake = world.memories[subject]?.wake, wake != .never else { continue }
      timers.insert(TimerQueue.Timer(due: wake, subject: subject))
    }
    effects.add(following)
    for follower in following.followers.sorted() { handle(.timer(follower, at: now)) }
  }
}
