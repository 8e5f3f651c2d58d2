public import NudgeCore

/// Some weeks in the life of a few people by chance: the same seed gives the same events.
///
/// Events come late, twice, out of order and too early, for people of several accounts and zones, around clock changes.
public struct RandomHistory: Sendable {
  /// One event with the instant at which it arrives.
  public struct Arrival: Hashable, Sendable {
    /// The event.
    public let event: Event
    /// When it takes its place in the order of all stimuli.
    public let at: Timestamp
  }

  /// In the order of arrival.
  public let arrivals: [Arrival]
  /// Everybody whom some event is about.
  public let subjects: [SubjectID]
  /// Some time after the last arrival and every event's own time.
  public let end: Timestamp

  /// The events of this seed.
  public init(seed: UInt64) {
    var maker = HistoryMaker(seed: seed)
    maker.live()
    arrivals = maker.arrivals.sorted { $0.at < $1.at }
    subjects =
      Vocabulary.accounts(maker.accountCount).map(SubjectID.account)
      + Vocabulary.users(maker.userCount).map(SubjectID.user)
      + maker.visitors.map(SubjectID.anonymous)
    let last = arrivals.flatMap { [$0.at, $0.event.timestamp] }.max() ?? maker.origin
    end = last.adding(milliseconds: 21 * 86_400_000)
  }

  /// The same events, each once, in another order, over the same weeks.
  public func reordered(seed: UInt64) -> [Arrival] {
    var dice = Dice(seed: seed)
    let once = Dictionary(grouping: arrivals, by: \.event.messageID).compactMap(\.value.first)
      .sorted { $0.event.messageID < $1.event.messageID }
    return zip(dice.shuffled(once), once.map(\.at).sorted()).map {
      Arrival(event: $0.event, at: $1)
    }
  }

  /// The same events with some of them sent again, later on.
  public func repeated(seed: UInt64) -> [Arrival] {
    var dice = Dice(seed: seed)
    let last = arrivals.last?.at ?? end
    let again = arrivals.filter { _ in dice.chance(30) }.map { arrival in
      Arrival(
        event: arrival.event,
        at: arrival.at.adding(
          milliseconds: dice.number(0...last.milliseconds(since: arrival.at))
        )
      )
    }
    // Stable: a repeat comes after the first of the same instant.
    return (arrivals + again).enumerated().sorted {
      ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
    }
    .map(\.element)
  }
}

/// Makes the events of one history.
private struct HistoryMaker {
  private var dice: Dice
  let origin: Timestamp
  let userCount: Int
  let accountCount: Int
  private let days: Int
  private(set) var arrivals: [RandomHistory.Arrival] = []
  /// The ids of those who were not known at first.
  private(set) var visitors: [String] = []
  private var count = 0

  init(seed: UInt64) {
    dice = Dice(seed: seed &+ 0x5eed)
    origin = Vocabulary.instant(of: dice.pick(Vocabulary.origins))
    userCount = dice.number(1...5)
    accountCount = dice.chance(20) ? 0 : dice.number(1...3)
    days = dice.number(28...49)
  }

  mutating func live() {
    for user in Vocabulary.users(userCount) { live(user) }
    for account in Vocabulary.accounts(accountCount) { describe(account) }
    for user in Vocabulary.users(userCount) where dice.chance(25) { visit(user) }
  }

  private mutating func live(_ user: String) {
    let accounts = Vocabulary.accounts(accountCount)
    let own = accounts.isEmpty || dice.chance(15) ? [] : dice.some(of: accounts, limit: 3)
    let start = instant(withinDays: 0...10)
    add(.identify, user, at: start, traits: [("timezone", zone()), ("plan", plan())])
    if dice.chance(90) { add(.track, user, named: Vocabulary.signUp, at: start) }
    for _ in 0..<dice.number(5...20) {
      let account = own.isEmpty || dice.chance(50) ? nil : dice.pick(own)
      add(
        .track,
        user,
        named: dice.pick(Vocabulary.events),
        account: account,
        at: instant(withinDays: 0...days),
        properties: properties()
      )
    }
    for _ in 0..<dice.number(0...4) {
      let account = own.isEmpty || dice.chance(80) ? nil : dice.pick(own)
      add(.identify, user, account: account, at: instant(withinDays: 0...days), traits: [trait()])
    }
  }

  /// Somebody not known yet does something, and mostly turns out to be a user, before or after others hear of it.
  private mutating func visit(_ user: String) {
    let visitor = "v-\(user)"
    visitors.append(visitor)
    for _ in 0..<dice.number(1...4) {
      add(
        .track,
        nil,
        visitor: visitor,
        named: dice.pick(Vocabulary.events),
        at: instant(withinDays: 0...days),
        properties: properties()
      )
    }
    guard dice.chance(80) else { return }
    add(.alias, user, visitor: visitor, at: instant(withinDays: 0...days))
  }

  private mutating func describe(_ account: String) {
    for _ in 0..<dice.number(1...7) {
      let user = dice.maybe(60) { [userCount] in $0.pick(Vocabulary.users(userCount)) }
      let traits = [trait(), ("owner", JSONValue.string(dice.pick(Vocabulary.users(userCount))))]
      add(.group, user, account: account, at: instant(withinDays: 0...days), traits: traits)
    }
  }

  // MARK: Values

  private mutating func zone() -> JSONValue { .string(dice.pick(Vocabulary.zones)) }
  private mutating func plan() -> JSONValue { .string(dice.pick(Vocabulary.plans)) }

  private mutating func trait() -> (String, JSONValue) {
    switch dice.number(0...9) {
    case 0...1: ("timezone", zone())
    case 2...4: ("plan", dice.chance(20) ? .null : plan())
    case 5...6: ("seats", .whole(dice.number(0...10)))
    case 7: ("trial_ends", .string(instant(withinDays: 0...days).rfc3339))
    case 8: ("plan", plan())
    default: ("unsubscribed", .bool(dice.chance(50)))
    }
  }

  private mutating func properties() -> [(String, JSONValue)] {
    var properties: [(String, JSONValue)] = []
    if dice.chance(50) { properties.append(("plan", plan())) }
    if dice.chance(50) {
      properties.append(("amount", .number(.literal(dice.pick(Vocabulary.amounts)))))
    }
    if dice.chance(50) { properties.append(("email", .string(dice.pick(Vocabulary.emails)))) }
    return properties
  }

  // MARK: Instants

  /// Some instant, now and then a whole hour, so that things fall together.
  private mutating func instant(withinDays days: ClosedRange<Int>) -> Timestamp {
    let day = Int64(dice.number(days)) * 86_400_000
    let rest =
      dice.chance(30)
      ? Int64(dice.number(0...23)) * 3_600_000 : dice.number(0...86_399_999 as ClosedRange<Int64>)
    return origin.adding(milliseconds: day + rest)
  }

  /// How long an event is under way; negative when its clock runs ahead.
  private mutating func delay() -> Int64 {
    switch dice.number(0...19) {
    case 0...7: 0
    case 8...14: dice.number(0...5_000)
    case 15...16: dice.number(0...86_400_000)
    case 17: dice.number(0...518_400_000)
    case 18: -dice.number(0...200_000_000)
    default: -dice.number(0...200_000)
    }
  }

  private mutating func add(
    _ kind: Event.Kind,
    _ user: String?,
    visitor: String? = nil,
    named name: String = "",
    account: String? = nil,
    at timestamp: Timestamp,
    properties: [(String, JSONValue)] = [],
    traits: [(String, JSONValue)] = []
  ) {
    count += 1
    let arrival = timestamp.adding(milliseconds: delay())
    let event = Event(
      messageID: "m\(count)",
      kind: kind,
      userID: user,
      anonymousID: visitor,
      groupID: account,
      previousID: kind == .alias ? visitor : nil,
      name: name,
      timestamp: timestamp,
      receivedAt: arrival,
      properties: HistoryMaker.json(properties),
      traits: HistoryMaker.json(traits)
    )
    arrivals.append(RandomHistory.Arrival(event: event, at: arrival))
    guard dice.chance(6) else { return }
    let again = arrival.adding(milliseconds: dice.number(0...432_000_000))
    arrivals.append(RandomHistory.Arrival(event: event, at: again))
  }

  private static func json(_ members: [(String, JSONValue)]) -> JSONText {
    members.isEmpty ? .empty : JSONValue.object(members.map { .init($0.0, $0.1) }).json
  }
}
