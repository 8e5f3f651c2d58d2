extension Engine {
  /// Who changed by an event, and who is to be looked at because of it.
  struct Change {
    var touched: [SubjectID] = []
    var looks = SortedMap<SubjectID, Trigger>()

    mutating func look(at subject: SubjectID, _ trigger: Trigger) {
      touched.append(subject)
      if looks.isEmpty { return looks.append(subject, trigger) }
      if looks[subject]?.join(trigger) == nil { looks[subject] = trigger }
    }

    /// Looks at the people whose account has changed (ruling 106).
    mutating func look(atMembersOf account: SubjectID, _ trigger: Trigger, _ world: World) {
      for member in world.memories[account]?.members ?? [] {
        look(
          at: .user(member),
          Trigger(instant: trigger.instant, isBroad: true, isLate: trigger.isLate)
        )
      }
    }
  }

  /// Adds an event to what is known of its person and its account, whatever the order of arrival.
  ///
  /// With `only`, all but these facts is left alone.
  func fold(
    _ event: Event,
    now: Timestamp,
    into world: inout World,
    only filling: Filling? = nil
  ) -> Change {
    var change = Change()
    let broad = trigger(event, now, isBroad: true)
    for identity in event.identities {
      merge(identity, by: event, now: now, &world, &change, broad)
    }
    // Which of its two ids is a person's is not said; neither was seen to do anything.
    if event.isSymmetricAlias { return change }
    guard let subject = resolved(event.subject, in: world) else {
      if let account = event.groupID.map(SubjectID.account) {
        world.memories[account]?.note(known: event.timestamp)
      }
      foldTraits(of: event, now: now, into: &world, &change, only: filling)
      return change
    }
    join(event, subject, now: now, &world, &change, broad)
    if filling == nil { noteKnown(event, subject, &world, &change) }
    foldTraits(of: event, now: now, into: &world, &change, only: filling)
    foldSeries(of: event, subject, now: now, into: &world, &change, only: filling)
    return change
  }

  /// Follows an anonymous subject to the person it turned out to be.
  func resolved(_ subject: SubjectID?, in world: World) -> SubjectID? {
    guard let subject else { return nil }
    return world.memories[subject]?.isNow ?? subject
  }

  /// Notes that something was known of a subject and its accounts when an event happened, whatever the event says: a
  /// start that no event brings about lies at the first of these instants.
  private func noteKnown(
    _ event: Event,
    _ subject: SubjectID,
    _ world: inout World,
    _ change: inout Change
  ) {
    let isLoose = event.groupID == nil
    if world.memories[subject]?.note(known: event.timestamp, isLoose: isLoose) == true {
      change.touched.append(subject)
    }
    if let account = event.groupID {
      note(event, knownOf: .account(account), &world, &change)
    } else if subject.kind == .user {
      // One who is not known yet is no member, so that accounts do not see what names none of them.
      for membership in world.memories[subject]?.memberships ?? [] {
        note(event, knownOf: .account(membership.account), &world, &change)
      }
    }
  }

  private func note(
    _ event: Event,
    knownOf account: SubjectID,
    _ world: inout World,
    _ change: inout Change
  ) {
    guard world.memories[account]?.note(known: event.timestamp) == true else { return }
    change.touched.append(account)
  }

  private func trigger(_ event: Event, _ now: Timestamp, isBroad: Bool = false) -> Trigger {
    let age = now.milliseconds(since: event.timestamp)
    let isLate =
      age > rules.set.policy.lateLimitMilliseconds || -age > Limits.futureToleranceMilliseconds
    return Trigger(
      instant: event.timestamp,
      isBroad: isBroad,
      isLate: isLate,
      actor: event.userID
    )
  }

  // MARK: Accounts

  /// Notes that a person belongs to the account that an event names, from then on (ruling 17).
  private func join(
    _ event: Event,
    _ subject: SubjectID,
    now: Timestamp,
    _ world: inout World,
    _ change: inout Change,
    _ trigger: Trigger
  ) {
    guard let account = event.groupID else { return }
    let naming = Membership.Naming(timestamp: event.timestamp, messageID: event.messageID)
    let joining = world.memories[subject]?.join(account, by: naming, now: now) ?? .same
    if joining == .same { return change.touched.append(subject) }
    // One who is not known yet is no member; the account is remembered until they are.
    guard subject.kind == .user else { return change.touched.append(subject) }
    change.look(at: subject, trigger)
    if admit(subject, to: .account(account), now: now, &world) {
      change.look(at: .account(account), trigger)
    }
  }

  /// Makes a person a member of an account, from the first event on that names it; tells whether that is news.
  private func admit(
    _ member: SubjectID,
    to account: SubjectID,
    now: Timestamp,
    _ world: inout World
  ) -> Bool {
    let membership = world.memories[member]?.memberships.first { $0.account == account.id }
    guard let first = membership?.namings.first?.timestamp else { return false }
    if world.memories[account]?.members.contains(member.id) == true {
      return world.memories[account]?.expect(member.id, from: first, now: now) ?? false
    }
    welcome(member, to: account, &world)
    if first > now { world.memories[account]?.expected[member.id] = first }
    return true
  }

  /// Gives an account the events of a new member that name no account (ruling 18).
  private func welcome(_ member: SubjectID, to account: SubjectID, _ world: inout World) {
    guard let memory = world.memories[member] else { return }
    let place = Int32(world.memories[account]?.members.count ?? 0)
    world.memories[account]?.members.append(member.id)
    if let first = memory.firstLoose { world.memories[account]?.note(known: first) }
    give(memory, to: account, as: place, &world)
  }

  // MARK: Traits

  private func foldTraits(
    of event: Event,
    now: Timestamp,
    into world: inout World,
    _ change: inout Change,
    only filling: Filling?
  ) {
    if event.traits.isEmpty, event.traitsOnce.isEmpty { return }
    guard let owner = traitOwner(of: event, in: world) else { return }
    let all =
      event.traits.members.map { ($0, false) } + event.traitsOnce.members.map { ($0, true) }
    let members = all.filter { filling?.traits.contains($0.0.key) ?? true }
    let trigger = trigger(event, now, isBroad: true)
    for (member, isOnce) in members {
      let setting = TraitHistory.Setting(
        timestamp: event.timestamp,
        messageID: event.messageID,
        value: member.value,
        isOnce: isOnce
      )
      world.memories[owner]?.traits[member.key, default: TraitHistory()].insert(
        setting,
        now: now,
        keepsPast: rules.historicTraits.contains(member.key)
      )
    }
    guard !members.isEmpty else { return }
    change.look(at: owner, trigger)
    guard owner.kind == .account,
      members.contains(where: { rules.accountTraitsOfPersons.contains($0.0.key) })
    else { return }
    change.look(atMembersOf: owner, trigger, world)
  }

  func traitOwner(of event: Event, in world: World) -> SubjectID? {
    switch event.kind {
    case .identify, .track, .page, .screen: resolved(event.subject, in: world)
    case .group: event.groupID.map(SubjectID.account)
    case .alias: nil
    }
  }

  // MARK: Facts

  private func foldSeries(
    of event: Event,
    _ subject: SubjectID,
    now: Timestamp,
    into world: inout World,
    _ change: inout Change,
    only filling: Filling?
  ) {
    let series = rules.series(of: event)
    if series.isEmpty { return }
    let namesAccount = event.groupID != nil
    let kept = series.only {
      rules.isKept($0.place, by: subject.kind, namingAccount: namesAccount)
        && filling?.holds($0.place) ?? true
    }
    add(kept, event, source: namesAccount ? 1 : 0, to: subject, &world)
    if !kept.isEmpty { change.touched.append(subject) }
    let ofPerson = series.only { rules.seriesOfPersons.contains($0.place) }
    if !ofPerson.isEmpty { change.look(at: subject, trigger(event, now, adding: ofPerson)) }
    let ofAccounts = series.only {
      rules.seriesOfAccounts.contains($0.place)
        && filling?.ofAccounts.contains($0.place) ?? true
    }
    if ofAccounts.isEmpty { return }
    let trigger = trigger(event, now, adding: ofAccounts)
    for account in add(ofAccounts, event, toAccountsOf: subject, &world) {
      change.look(at: account, trigger)
      guard rules.accountEventsOfPersons.contains(event.name) else { continue }
      change.look(atMembersOf: account, trigger, world)
    }
  }

  private func trigger(
    _ event: Event,
    _ now: Timestamp,
    adding series: [(place: Int, value: Scalar?)]
  ) -> Trigger {
    var trigger = trigger(event, now)
    trigger.series = series.map(\.place)
    trigger.valued = series.compactMap { $0.value == nil ? nil : $0.place }
    return trigger
  }

  /// Gives an event to the accounts that see it (ruling 18); tells which they are.
  func add(
    _ series: [(place: Int, value: Scalar?)],
    _ event: Event,
    toAccountsOf subject: SubjectID,
    _ world: inout World
  ) -> [SubjectID] {
    let isKnown = subject.kind == .user
    let own = isKnown ? world.memories[subject]?.accounts : nil
    let accounts = (event.groupID.map { [$0] } ?? own ?? []).map(SubjectID.account)
    for account in accounts {
      let place = isKnown ? world.memories[account]?.members.firstIndex(of: subject.id) : nil
      add(series, event, source: Int32(place ?? -1), to: account, &world)
    }
    return accounts
  }

  func add(
    _ series: [(place: Int, value: Scalar?)],
    _ event: Event,
    source: Int32,
    to subject: SubjectID,
    _ world: inout World
  ) {
    if series.isEmpty { return }
    let instant = event.timestamp.millisecondsSinceEpoch
    for (place, value) in series {
      world.memories[subject]?.series[place, default: Occurrences()].insert(
        Occurrences.Occurrence(instant: instant, value: value, source: source)
      )
    }
  }

  // MARK: Identities

  /// Merges an anonymous subject into the known one, events and traits included.
  private func merge(
    _ identity: Event.Identity,
    by event: Event,
    now: Timestamp,
    _ world: inout World,
    _ change: inout Change,
    _ trigger: Trigger
  ) {
    let (previous, subject) = (identity.anonymous, identity.known)
    guard let old = world.memories[previous], old.isNow == nil else { return }
    let accounts = world.memories[subject]?.accounts ?? []
    world.memories[subject]?.absorb(old)
    var forwarding = Memory(subject: previous)
    forwarding.isNow = subject
    world.memories[previous] = forwarding
    change.touched.append(previous)
    // An id that nobody has used makes no person of the other one.
    if event.isSymmetricAlias, old.isBlank { return }
    change.look(at: subject, trigger)
    for account in accounts.map(SubjectID.account) {
      share(old, of: subject, with: account, &world)
    }
    for membership in old.memberships {
      carry(membership, of: old, to: subject, now: now, &world)
    }
    for account in (world.memories[subject]?.accounts ?? []).map(SubjectID.account) {
      change.look(at: account, trigger)
      guard !rules.accountEventsOfPersons.isEmpty else { continue }
      change.look(atMembersOf: account, trigger, world)
    }
  }

  /// Gives an account of the known person what the unknown one did without naming an account (ruling 18).
  private func share(
    _ old: Memory,
    of subject: SubjectID,
    with account: SubjectID,
    _ world: inout World
  ) {
    guard let place = world.memories[account]?.members.firstIndex(of: subject.id)
    else { return }
    if let first = old.firstLoose { world.memories[account]?.note(known: first) }
    give(old, to: account, as: Int32(place), &world)
  }

  /// Gives an account what somebody did without naming an account.
  private func give(
    _ memory: Memory,
    to account: SubjectID,
    as place: Int32,
    _ world: inout World
  ) {
    for (series, occurrences) in memory.series where rules.seriesOfAccounts.contains(series) {
      for occurrence in occurrences.all where occurrence.source == 0 {
        world.memories[account]?.series[series, default: Occurrences()].insert(
          Occurrences.Occurrence(
            instant: occurrence.instant,
            value: occurrence.value,
            source: place
          )
        )
      }
    }
  }

  /// Makes the known person a member of an account that the unknown one's events have named (ruling 17), and
  /// those events theirs.
  private func carry(
    _ membership: Membership,
    of old: Memory,
    to subject: SubjectID,
    now: Timestamp,
    _ world: inout World
  ) {
    let account = SubjectID.account(membership.account)
    world.memories[subject]?.take(membership, now: now)
    _ = admit(subject, to: account, now: now, &world)
    guard let place = world.memories[account]?.members.firstIndex(of: subject.id)
    else { return }
    for (series, occurrences) in old.series {
      for occurrence in occurrences.all where occurrence.source == 1 {
        world.memories[account]?.series[series]?.claim(occurrence, for: Int32(place))
      }
    }
  }
}

extension Array {
  /// Those that pass a test: mostly all or none, for which nothing is allocated.
  fileprivate func only(_ passes: (Element) -> Bool) -> Self {
    if allSatisfy(passes) { return self }
    return contains(where: passes) ? filter(passes) : []
  }
}

extension Memory {
  /// Whether nothing is known of the subject.
  fileprivate var isBlank: Bool {
    firstKnown == nil && memberships.isEmpty && traits.isEmpty && series.isEmpty
  }

  /// Adds all that is known of another subject who is the same person.
  mutating func absorb(_ other: Memory) {
    if let first = other.firstKnown { note(known: first) }
    if let first = other.firstLoose { note(known: first, isLoose: true) }
    for (place, occurrences) in other.series {
      series[place, default: Occurrences()].dropped += occurrences.dropped
      for occurrence in occurrences.all { series[place, default: Occurrences()].insert(occurrence) }
    }
    for (name, history) in other.traits {
      for setting in history.settings {
        traits[name, default: TraitHistory()].insert(setting, now: .distantPast, keepsPast: true)
      }
    }
    coming += other.coming
    progress = SortedMap()
  }
}
