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
}

extension Engine {
  /// Adds an event of the past to the facts that are filled; tells who changed.
  ///
  /// Nothing is decided. The world must hold all that `missing(for:in:)` asks for, each memory `cleared(for:)` the same filling before.
  public func fill(_ event: Event, _ filling: Filling, in world: inout World) -> Set<SubjectID> {
    var changed = fillTraits(of: event, filling, &world)
    guard let subject = resolved(event.subject, in: world) else { return changed }
    let found = rules.series(of: event)
    let isLoose = event.groupID == nil || subject.kind == .anonymous
    let own = found.filter {
      filling.series.contains($0.place) || isLoose && filling.loose.contains($0.place)
    }
    if !own.isEmpty {
      add(own, event, source: event.groupID == nil ? 0 : 1, to: subject, &world)
      changed.insert(subject)
    }
    let ofAccounts = found.filter { filling.ofAccounts.contains($0.place) }
    guard !ofAccounts.isEmpty else { return changed }
    return changed.union(add(ofAccounts, event, toAccountsOf: subject, &world))
  }

  private func fillTraits(
    of event: Event,
    _ filling: Filling,
    _ world: inout World
  )
    -> Set<SubjectID>
  {
    guard filling.readsTraits, let owner = traitOwner(of: event, in: world) else { return [] }
    let members = event.traits.members.filter { filling.traits.contains($0.key) }
    if !members.isEmpty { world.memories[owner]?.note(known: event.timestamp) }
    for member in members {
      world.memories[owner]?.traits[member.key, default: TraitHistory()].insertMissing(
        TraitHistory.Setting(
          timestamp: event.timestamp,
          messageID: event.messageID,
          value: member.value
        )
      )
    }
    return members.isEmpty ? [] : [owner]
  }
}
