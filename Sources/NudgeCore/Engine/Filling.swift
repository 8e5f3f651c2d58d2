/// Facts that are new in a rule set, filled from the events of the past.
public struct Filling: Hashable, Sendable {
  /// The series that persons lack.
  let series: Set<Int>
  /// The series of which persons lack what they keep for accounts.
  let loose: Set<Int>
  /// The series that accounts lack.
  let ofAccounts: Set<Int>
  /// The traits whose past is lacking.
  let traits: Set<String>
  /// The names of the events that belong to them.
  public let events: [String]
  /// Whether calls that set traits belong to them.
  public var readsTraits: Bool { !traits.isEmpty }
  /// Whether events that name accounts belong to them, since they tell whose events an account sees.
  public let readsMemberships: Bool
  /// Whether somebody lacks a series; what accounts lack, their members bring along when they join.
  func holds(_ place: Int) -> Bool {
    series.contains(place) || loose.contains(place) || ofAccounts.contains(place)
  }

  /// Whether nothing is to be filled.
  public var isEmpty: Bool { events.isEmpty && traits.isEmpty }

  /// The filling of these facts, which no rule set before has kept.
  public init(_ facts: some Sequence<KeptFact>, rules: RuleIndex) {
    let facts = Array(facts)
    series = Set(facts.compactMap { if case .series(let place) = $0 { place } else { nil } })
    loose = Set(facts.compactMap { if case .loose(let place) = $0 { place } else { nil } })
    ofAccounts = Set(
      facts.compactMap { if case .ofAccounts(let place) = $0 { place } else { nil } }
    )
    traits = Set(facts.compactMap { if case .trait(let name) = $0 { name } else { nil } })
    events = Set(ofAccounts.union(series).union(loose).map { rules.set.series[$0].event }).sorted()
    readsMemberships = !ofAccounts.union(loose).isEmpty
  }
}

extension Memory {
  /// The memory without these facts, as it is before they are filled.
  public func cleared(for filling: Filling) -> Memory {
    var memory = self
    let places =
      subject.kind == .account ? filling.ofAccounts : filling.series.union(filling.loose)
    for place in places { memory.series[place] = nil }
    return memory
  }

  /// The memory with these facts as they were filled; a member of an account keeps the place that it has here.
  public func taking(_ filling: Filling, from filled: Memory) -> Memory {
    var memory = self
    let places =
      subject.kind == .account ? filling.ofAccounts : filling.series.union(filling.loose)
    let members = filled.members.map { memory.members.firstIndex(of: $0).map(Int32.init) ?? -1 }
    for place in places {
      memory.series[place] =
        subject.kind == .account ? filled.series[place]?.placing(members) : filled.series[place]
    }
    for name in filling.traits {
      for setting in filled.traits[name]?.settings ?? [] {
        memory.traits[name, default: TraitHistory()].insertMissing(setting)
      }
    }
    return memory
  }
}

extension Occurrences {
  /// The same events of an account whose members have other places.
  func placing(_ members: [Int32]) -> Occurrences {
    var moved = Occurrences(dropped: dropped)
    for occurrence in all {
      let isMember = members.indices.contains(Int(occurrence.source))
      moved.insert(
        Occurrence(
          instant: occurrence.instant,
          value: occurrence.value,
          source: isMember ? members[Int(occurrence.source)] : -1
        )
      )
    }
    return moved
  }
}

extension Engine {
  /// The subjects whose filled memories an event of the past needs and the world does not hold yet.
  ///
  /// To be asked again after they were added.
  public func missing(filling event: Event, in world: World) -> [SubjectID] {
    var needs = Needs(world: world)
    addEverybody(changedBy: event, to: &needs)
    return Set(needs.missing).sorted()
  }

  /// Adds an event of the past to the facts that are filled; tells who changed.
  ///
  /// Nothing is decided. The world holds memories of the filled facts alone, with who belongs to which account and who
  /// turned out to be whom: given the log from its beginning they become what the same events make of live ones.
  public func fill(
    _ event: Event,
    _ filling: Filling,
    at now: Timestamp,
    in world: inout World
  )
    -> Set<SubjectID>
  {
    Set(fold(event, now: now, into: &world, only: filling).touched)
  }
}
