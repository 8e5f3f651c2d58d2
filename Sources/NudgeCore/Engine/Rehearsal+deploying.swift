extension Rehearsal {
  /// Makes other rules decide from now on, as a deploy of the daemon does.
  ///
  /// Facts that are new are filled from the events of the past, which are given in the order in which they arrived; what
  /// is new in the rules counts as deployed now; then everybody is looked at once.
  public mutating func deploy(
    _ rules: RuleSet,
    past: [Event],
    messages: any MessageRenderer = NoMessages()
  ) {
    let next = Engine(
      rules: rules,
      zones: engine.zones,
      deployments: deployments(with: rules),
      messages: messages,
      silences: engine.silences
    )
    world = world.carried(from: engine.rules, to: next.rules)
    fill(factsNew(in: next.rules), from: past, by: next)
    engine = next
    deployedNames.formUnion(rules.deployedNames)
    for subject in world.memories.keys.sorted() { handle(.timer(subject, at: now)) }
  }

  /// When everything was first deployed; what was there from the beginning is left out.
  private func deployments(with rules: RuleSet) -> [String: Timestamp] {
    let new = rules.deployedNames.filter { !deployedNames.contains($0) }
    return engine.deployments.merging(new.map { ($0, now) }) { first, _ in first }
  }

  private func factsNew(in rules: RuleIndex) -> Filling {
    let known = Set(engine.rules.factKeys.keys)
    return Filling(rules.factKeys.filter { !known.contains($0.key) }.values, rules: rules)
  }

  private mutating func fill(_ filling: Filling, from past: [Event], by engine: Engine) {
    world.memories = world.memories.mapValues { $0.cleared(for: filling) }
    let names = Set(filling.events)
    for event in past {
      let setsTraits = event.kind == .identify || event.kind == .group
      guard names.contains(event.name) || filling.readsTraits && setsTraits else { continue }
      _ = engine.fill(event, filling, in: &world)
    }
  }
}

extension World {
  /// The memories in the places of another rule set; facts and models that it does not have are left out.
  func carried(from old: RuleIndex, to new: RuleIndex) -> World {
    World(memories.mapValues { $0.carried(from: old, to: new) })
  }
}

extension Memory {
  fileprivate func carried(from old: RuleIndex, to new: RuleIndex) -> Memory {
    do {
      return try Memory(subject, from: encoded(for: old), for: new)
    } catch {
      preconditionFailure("what was just written cannot be read: \(error)")
    }
  }
}
