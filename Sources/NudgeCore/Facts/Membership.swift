/// A person's place in an account.
struct Membership: Hashable, Sendable {
  /// One event of theirs that names the account.
  struct Naming: Hashable, Comparable, Sendable {
    let timestamp: Timestamp
    let messageID: String

    static func < (left: Naming, right: Naming) -> Bool {
      if left.timestamp != right.timestamp { return left.timestamp < right.timestamp }
      return left.messageID.utf8.lexicographicallyPrecedes(right.messageID.utf8)
    }
  }

  let account: String
  /// The latest one that has come to its own time, and all that are known ahead of theirs, ascending; never empty.
  private(set) var namings: [Naming]

  /// The naming that counts at an instant; `nil` while all lie ahead.
  func naming(at now: Timestamp) -> Naming? { namings.last { $0.timestamp <= now } }

  /// The first instant after `now` at which a known naming takes effect.
  func nextNaming(after now: Timestamp) -> Timestamp {
    namings.first { $0.timestamp > now }?.timestamp ?? .never
  }

  /// Notes a naming, and drops what can no longer matter; tells whether this one can.
  @discardableResult
  mutating func note(_ naming: Naming, now: Timestamp) -> Bool {
    guard !namings.contains(naming) else { return false }
    namings.insert(naming, at: namings.firstIndex { naming < $0 } ?? namings.count)
    if let current = namings.lastIndex(where: { $0.timestamp <= now }) {
      namings.removeFirst(current)
    }
    return namings.contains(naming)
  }
}

extension Memory {
  /// The account that a person belongs to at an instant; `nil` for others, and while none is known.
  ///
  /// It is the one that the event with the greatest (timestamp, messageId) not after it names (rulings 14 and 19).
  public func account(at now: Timestamp) -> String? {
    guard subject.kind == .user else { return nil }
    let memberships = memberships
    if memberships.count == 1 {
      return memberships[0].naming(at: now) == nil ? nil : memberships[0].account
    }
    return memberships.compactMap { place in place.naming(at: now).map { ($0, place.account) } }
      .max { $0.0 < $1.0 }?.1
  }

  /// The account whose traits count for this subject at an instant: an account itself, a person's; `nil` without one.
  func home(at now: Timestamp) -> SubjectID? {
    subject.kind == .account ? subject : account(at: now).map(SubjectID.account)
  }

  /// The first instant after `now` at which an event that is known already may move the person to an account.
  func nextNaming(after now: Timestamp) -> Timestamp {
    subject.kind == .user ? memberships.map { $0.nextNaming(after: now) }.min() ?? .never : .never
  }

  /// The accounts that this person belongs to or is known to join, in the order in which that became known.
  public var accounts: [String] { memberships.map(\.account) }

  /// What an event that names an account means for a person.
  enum Joining: Hashable, Sendable {
    /// They belong to it from now on, or from the event's own time on if that lies ahead.
    case joined
    /// It may be the one that says to which account they belong, now or at its own time.
    case mayMove
    /// No event that names the account is older and still matters.
    case same
  }

  /// Notes that an event names an account.
  mutating func join(_ account: String, by naming: Membership.Naming, now: Timestamp) -> Joining {
    guard let place = memberships.firstIndex(where: { $0.account == account }) else {
      memberships.append(Membership(account: account, namings: [naming]))
      return .joined
    }
    let isOnly = memberships.count == 1 && memberships[place].naming(at: now) != nil
    guard memberships[place].note(naming, now: now) else { return .same }
    return isOnly ? .same : .mayMove
  }

  /// Notes all namings of an account by one who is the same person.
  mutating func take(_ membership: Membership, now: Timestamp) {
    for naming in membership.namings { _ = join(membership.account, by: naming, now: now) }
  }
}

// MARK: - The account's side

extension Memory {
  /// Notes from when on one belongs to this account whose first naming of it lies ahead; tells whether that is news.
  mutating func expect(_ member: String, from instant: Timestamp, now: Timestamp) -> Bool {
    guard instant < expected[member] ?? .distantPast else { return false }
    expected[member] = instant > now ? instant : nil
    return true
  }

  /// The first instant after `now` from which an expected member belongs to this account.
  func nextMember(after now: Timestamp) -> Timestamp {
    expected.isEmpty ? .never : expected.values.filter { $0 > now }.min() ?? .never
  }

  /// Forgets that members were expected who belong to the account by now.
  mutating func admitMembers(at now: Timestamp) {
    if expected.isEmpty { return }
    for member in expected.keys where expected[member] ?? .never <= now { expected[member] = nil }
  }

  /// The memory as conditions see it at an instant: without what those did who belong to the account only later.
  func seen(at now: Timestamp) -> Memory {
    if expected.isEmpty { return self }
    var memory = self
    memory.admitMembers(at: now)
    let strangers = Set(
      memory.expected.keys.compactMap { members.firstIndex(of: $0).map(Int32.init) }
    )
    if strangers.isEmpty { return memory }
    for place in series.keys { memory.series[place]?.hide(strangers) }
    return memory
  }
}
