/// What happens to the engine: the only things that make it decide.
public enum Stimulus: Hashable, Sendable {
  /// An event, with the instant at which it takes its place in the order of all stimuli.
  case event(Event, at: Timestamp)
  /// A subject whose timer is due.
  case timer(SubjectID, at: Timestamp)

  /// The instant of the stimulus.
  public var at: Timestamp {
    switch self {
    case .event(_, let at), .timer(_, let at): at
    }
  }
}

/// The memories that one step of the engine may read and change.
public struct World: Sendable {
  /// By subject; one who was never seen has an empty memory, not none.
  public var memories: [SubjectID: Memory]

  /// A world of these memories.
  public init(_ memories: [SubjectID: Memory] = [:]) {
    self.memories = memories
  }
}

extension World {
  /// Takes a memory out to be changed, of which nobody else keeps a copy; it is to be put back under the same subject.
  ///
  /// Its place stays, since taking a key out of a table and putting it in again costs more than most looks.
  fileprivate mutating func take(_ subject: SubjectID, leaving nobody: Memory) -> Memory? {
    guard let place = memories.index(forKey: subject) else { return nil }
    var memory = nobody
    swap(&memories.values[place], &memory)
    return memory
  }
}

/// What follows from a stimulus; all of it is made durable together.
public struct Effects: Hashable, Sendable {
  /// Final decisions, in the order in which they were made.
  public internal(set) var decisions: [Decision] = []
  /// What the sent ones hand to the outside, in the same order.
  public internal(set) var interventions: [Intervention] = []
  /// Passages that began or ended.
  public internal(set) var enrolments: [EnrolmentChange] = []
  /// The subjects whose memory may have changed.
  public var touched: Set<SubjectID> { Set(touches) }
  /// The same, some of them several times.
  public internal(set) var touches: [SubjectID] = []
  /// Those whose `wake` is another one now.
  var rescheduled: [SubjectID] = []
  /// Those who are to be looked at next, since somebody else's change may have ended a mute (ruling 106).
  ///
  /// Each as by a timer at the same instant, in the order of subjects.
  public internal(set) var followers: Set<SubjectID> = []

  /// Nothing follows.
  public init() {}
}

/// A passage through a campaign that began or ended.
public struct EnrolmentChange: Hashable, Sendable {
  /// Who entered or left.
  public let subject: SubjectID
  /// The campaign's name.
  public let campaign: String
  /// What the campaign was called until now; `nil`: the same.
  public let was: String?
  /// Counted from 1.
  public let number: Int
  /// When the passage began.
  public let enteredAt: Timestamp
  /// `nil` while inside.
  public let endedAt: Timestamp?
  /// `finished`, or the way out such as `left.bought`; `nil` while inside.
  public let ending: String?

  /// A passage of these parts.
  public init(
    subject: SubjectID,
    campaign: String,
    was: String? = nil,
    number: Int,
    enteredAt: Timestamp,
    endedAt: Timestamp?,
    ending: String?
  ) {
    self.subject = subject
    self.campaign = campaign
    self.was = was
    self.number = number
    self.enteredAt = enteredAt
    self.endedAt = endedAt
    self.ending = ending
  }
}

/// Decides: a pure function of the rules, the memories, a stimulus and its instant.
///
/// It does no I/O, reads no clock and draws no chance, so that the live daemon, tests, backtests and replays
/// are the same function fed from different places.
public struct Engine: Sendable {
  /// The rules that decide.
  public let rules: RuleIndex
  let zones: ZoneTable
  /// When each campaign was first deployed, by name; one that is missing counts as deployed before everything.
  let deployments: [String: Timestamp]
  /// The first name of each campaign, and of each step as `campaign/step`, that was renamed since.
  let origins: [String: String]
  /// What renders messages.
  public let messages: any MessageRenderer
  /// What operators keep quiet; those that are over may be among them.
  public private(set) var silences: [Silence]

  /// An engine for a rule set.
  public init(
    rules: RuleSet,
    zones: ZoneTable,
    deployments: [String: Timestamp] = [:],
    origins: [String: String] = [:],
    messages: any MessageRenderer = NoMessages(),
    silences: [Silence] = []
  ) {
    self.rules = RuleIndex(rules, zones: zones)
    self.zones = zones
    self.deployments = deployments
    self.origins = origins
    self.messages = messages
    self.silences = silences
  }

  /// The name under which a campaign, or a step as `campaign/step`, began.
  func origin(of name: String) -> String { origins[name] ?? name }

  /// The same engine under other silences.
  ///
  /// Those whose plans a silence held back are to be looked at when it ends before its time.
  public func silenced(by silences: [Silence]) -> Engine {
    var engine = self
    engine.silences = silences
    return engine
  }

  /// The subjects whose memories a stimulus needs and the world does not hold yet.
  ///
  /// To be asked again after they were added, since one memory names the next; empty when `handle` may be called.
  public func missing(for stimulus: Stimulus, in world: World) -> [SubjectID] {
    if hasAll(for: stimulus, world) { return [] }
    var needs = Needs(world: world)
    switch stimulus {
    case .timer(let subject, _):
      // One who was not known is looked at as the person whom they turned out to be.
      if let person = needs.add(subject)?.isNow { needs.add(person) }
    case .event(let event, _):
      addEverybody(changedBy: event, to: &needs)
      for recipient in event.recipients(named: rules.recipientTraits) { needs.add(recipient) }
    }
    let looked = needs.known
    for memory in looked { addNeighbours(of: memory, now: stimulus.at, to: &needs) }
    // A message keeps the hours of its recipient, whose zone may be that of an account of their own.
    for place in looked.count..<max(looked.count, needs.known.count) {
      if let home = needs.known[place].home(at: stimulus.at) { needs.add(home) }
    }
    return needs.missing.count < 2 ? needs.missing : Set(needs.missing).sorted()
  }

  /// The subjects that an event ties to one another, for good.
  ///
  /// No decision about a subject hangs on anybody to whom no chain of such ties leads.
  public func tied(by event: Event) -> [SubjectID] {
    event.subjects + event.recipients(named: rules.recipientTraits)
  }

  /// Whether a world is seen to hold all that a stimulus needs, which is the common case, at little cost.
  private func hasAll(for stimulus: Stimulus, _ world: World) -> Bool {
    let subject: SubjectID
    switch stimulus {
    case .timer(let due, _): subject = due
    case .event(let event, let now):
      guard event.identities.isEmpty, event.kind != .group,
        !rules.accountEventsOfPersons.contains(event.name), let about = event.subject
      else { return false }
      if let account = event.groupID, !hasAll(of: account, now, world) { return false }
      subject = about
    }
    guard subject.kind != .account, let memory = world.memories[subject], memory.isNow == nil,
      !rules.hasActors || memory.eachActor({ $0 == subject.id })
    else { return false }
    return memory.memberships.allSatisfy { hasAll(of: $0.account, stimulus.at, world) }
  }

  /// Whether a world holds an account with those who may get messages about it, and where they are at home.
  private func hasAll(of account: String, _ now: Timestamp, _ world: World) -> Bool {
    guard let account = world.memories[.account(account)] else { return false }
    for name in rules.recipientTraits {
      guard let id = account.trait(name, at: now)?.text else { continue }
      if !hasAtHome(.user(id), now, world) { return false }
    }
    return !rules.hasActors || account.eachActor { hasAtHome(.user($0), now, world) }
  }

  private func hasAtHome(_ recipient: SubjectID, _ now: Timestamp, _ world: World) -> Bool {
    guard let memory = world.memories[recipient] else { return false }
    return memory.home(at: now).map { world.memories[$0] != nil } ?? true
  }

  /// What a stimulus needs, as far as the world tells; subjects may be in it several times.
  struct Needs {
    let world: World
    private(set) var known: [Memory] = []
    private(set) var missing: [SubjectID] = []

    init(world: World) {
      self.world = world
    }

    /// Adds a subject; gives its memory if it is known.
    @discardableResult
    mutating func add(_ subject: SubjectID) -> Memory? {
      guard let memory = world.memories[subject] else {
        missing.append(subject)
        return nil
      }
      known.append(memory)
      return memory
    }
  }

  /// Adds everybody whom an event is about or who is looked at because of it.
  func addEverybody(changedBy event: Event, to needs: inout Needs) {
    for subject in event.subjects {
      if let person = needs.add(subject)?.isNow { needs.add(person) }
    }
    for memory in needs.known {
      for account in memory.accounts where account != event.groupID {
        needs.add(.account(account))
      }
    }
    let isMerging = !event.identities.isEmpty && !rules.accountEventsOfPersons.isEmpty
    guard
      isMerging || event.accountWithNewTraits != nil
        || rules.accountEventsOfPersons.contains(event.name)
    else { return }
    for memory in needs.known {
      for member in memory.members { needs.add(.user(member)) }
    }
  }

  /// Adds the account of one who is looked at, and the users whom what is planned may be written to.
  private func addNeighbours(of memory: Memory, now: Timestamp, to needs: inout Needs) {
    if rules.hasActors { for actor in memory.actors { needs.add(.user(actor)) } }
    guard let home = memory.home(at: now) else { return }
    let account = home == memory.subject ? memory : needs.add(home)
    guard let account else { return }
    for name in rules.recipientTraits {
      if let id = account.trait(name, at: now)?.text { needs.add(.user(id)) }
    }
  }

  /// Takes in a stimulus and decides what follows, in the world and in what is handed back.
  ///
  /// The world must hold all that `missing(for:in:)` asks for.
  public func handle(_ stimulus: Stimulus, in world: inout World) -> Effects {
    var effects = Effects()
    switch stimulus {
    case .timer(let subject, let now):
      look(at: subject, now, nil, &world, &effects)
    case .event(let event, let now):
      let change = fold(event, now: now, into: &world)
      effects.touches = change.touched
      for (subject, trigger) in change.looks {
        var trigger = trigger
        if trigger.instant > now {
          world.memories[subject]?.coming.append(trigger)
          trigger = Trigger(instant: trigger.instant, isBroad: true, isLate: trigger.isLate)
        }
        look(at: subject, now, trigger, &world, &effects)
      }
    }
    return effects
  }

  private func look(
    at subject: SubjectID,
    _ now: Timestamp,
    _ trigger: Trigger?,
    _ world: inout World,
    _ effects: inout Effects
  ) {
    guard var memory = world.take(subject, leaving: rules.nobody) else { return }
    let wake = memory.wake
    let trigger = memory.takeComing(through: now, joining: trigger)
    let isWatched = memory.subject.kind == .account && rules.accountStandingOfPersons
    let standing = isWatched || !memory.watchers.isEmpty ? memory.standing : nil
    // Moved in and out, never shared: a copy of the world would cost more than the look.
    var everybody = World()
    swap(&everybody, &world)
    var visit = Visit(
      engine: self,
      world: everybody,
      memory: consume memory,
      now: now,
      trigger: trigger
    )
    everybody = World()
    visit.run()
    swap(&visit.world, &world)
    let hasMoved = standing.map { $0 != visit.memory.standing } ?? false
    if hasMoved, isWatched {
      effects.followers.formUnion(visit.memory.members.map(SubjectID.user))
    }
    if hasMoved || trigger != nil, !visit.memory.watchers.isEmpty {
      effects.followers.formUnion(visit.memory.watchers)
      visit.memory.watchers = []
    }
    if visit.memory.wake != wake { effects.rescheduled.append(subject) }
    world.memories[subject] = visit.memory
    effects.add(visit.effects)
    effects.touches.append(subject)
  }
}

extension Memory {
  /// What happens now: a trigger, and the events from ahead whose own time has come.
  mutating func takeComing(through now: Timestamp, joining trigger: Trigger?) -> Trigger? {
    guard !coming.isEmpty else { return trigger }
    let happening = coming.filter { $0.instant <= now }
    coming.removeAll { $0.instant <= now }
    return happening.reduce(trigger) { joined, next in
      var next = next
      next.isBroad = true
      guard var joined else { return next }
      joined.join(next)
      return joined
    }
  }
}

extension Memory {
  /// The users whose events have triggered what is planned, or will trigger something at their own time.
  fileprivate var actors: [String] {
    var actors: [String] = []
    _ = eachActor {
      actors.append($0)
      return true
    }
    return actors
  }

  /// Whether all of them pass a test.
  fileprivate func eachActor(_ passes: (String) -> Bool) -> Bool {
    for trigger in coming {
      if let actor = trigger.actor, !passes(actor) { return false }
    }
    return !campaigns.hasValue { record in
      guard let enrolment = record.enrolment, enrolment.isOpen else { return false }
      return enrolment.steps.hasValue { step in step.plan?.actor.map { !passes($0) } ?? false }
    }
  }
}

extension Effects {
  mutating func add(_ other: Effects) {
    decisions += other.decisions
    interventions += other.interventions
    enrolments += other.enrolments
    touches += other.touches
  }
}

/// What an event means for the one who is looked at because of it.
struct Trigger: Hashable, Sendable {
  /// When it happened, by its own timestamp.
  var instant: Timestamp
  /// The series that it adds to, ascending.
  var series: [Int] = []
  /// Whether more than these series may have changed: traits, memberships, identities.
  var isBroad = false
  /// Those of the series that keep a value, where the event has one.
  var valued: [Int] = []
  /// Whether it is too old, or too far ahead, to trigger `as_soon_as`.
  var isLate = false
  /// The user whose event it is.
  var actor: String?

  /// What two events mean together, or one event that is two things at once.
  mutating func join(_ other: Trigger) {
    instant = max(instant, other.instant)
    series = series.united(with: other.series)
    isBroad = isBroad || other.isBroad
    valued = valued.united(with: other.valued)
    isLate = isLate || other.isLate
    actor = other.actor ?? actor
  }
}

extension [Int] {
  fileprivate func united(with other: [Int]) -> [Int] {
    self == other ? self : Set(self).union(other).sorted()
  }
}

extension Event {
  /// Whom it is about: the known person, else the anonymous one; `nil` for neither.
  public var subject: SubjectID? {
    userID.map(SubjectID.user) ?? anonymousID.map(SubjectID.anonymous)
  }

  /// Everybody whom it names.
  var subjects: [SubjectID] {
    [subject, groupID.map(SubjectID.account)].compactMap(\.self)
      + identities.flatMap { [$0.anonymous, $0.known] }
  }

  var accountWithNewTraits: SubjectID? {
    kind == .group ? groupID.map(SubjectID.account) : nil
  }

  /// The users whose ids it puts into these traits of an account.
  fileprivate func recipients(named names: Set<String>) -> [SubjectID] {
    guard kind == .group, !names.isEmpty else { return [] }
    return traits.members.filter { names.contains($0.key) }
      .compactMap { $0.value.text.map(SubjectID.user) }
  }
}
