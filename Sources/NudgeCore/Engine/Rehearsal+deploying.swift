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
    adopt(rules, past: past, messages: messages)
    for subject in world.memories.keys.sorted() { handle(.timer(subject, at: now)) }
  }

  /// Makes other rules decide from now on, and looks at nobody yet.
  public mutating func adopt(
    _ rules: RuleSet,
    past: [Event],
    messages: any MessageRenderer = NoMessages()
  ) {
    deployments = deployments.adding(rules, at: now)
    let next = Engine(
      rules: rules,
      zones: engine.zones,
      deployments: deployments.instants,
      origins: deployments.origins,
      messages: messages,
      silences: engine.silences
    )
    let filling = factsNew(in: next.rules)
    let filled = World(filledWith: filling, from: past, by: next)
    world = world.carried(from: engine.rules, to: next.rules).taking(filling, from: filled)
    engine = next
  }

  private func factsNew(in rules: RuleIndex) -> Filling {
    let known = Set(engine.rules.factKeys.keys)
    return Filling(rules.factKeys.filter { !known.contains($0.key) }.values, rules: rules)
  }
}

extension Deployments {
  /// Everything that an engine has, from before everything unless the engine knows better.
  init(deployedBy engine: Engine) {
    let names = engine.rules.set.deployedNames.map { ($0, Timestamp.distantPast) }
    self.init(
      instants: engine.deployments.merging(names) { known, _ in known },
      origins: engine.origins
    )
  }
}

extension World {
  /// The facts of a filling alone, from the events of the past.
  fileprivate init(filledWith filling: Filling, from past: [Event], by engine: Engine) {
    self.init()
    if filling.isEmpty { return }
    for event in past {
      while true {
        let missing = engine.missing(filling: event, in: self)
        if missing.isEmpty { break }
        for subject in missing { memories[subject] = Memory(subject: subject) }
      }
      _ = engine.fill(event, filling, at: event.receivedAt, in: &self)
    }
  }

  /// The memories in the places of another rule set; facts and models that it does not have are left out.
  fileprivate func carried(from old: RuleIndex, to new: RuleIndex) -> World {
    World(memories.mapValues { $0.carried(from: old, to: new) })
  }

  /// The memories with what was filled.
  fileprivate func taking(_ filling: Filling, from filled: World) -> World {
    if filling.isEmpty { return self }
    var world = self
    for subject in Set(memories.keys).union(filled.memories.keys) {
      let none = Memory(subject: subject)
      world.memories[subject] = (memories[subject] ?? none)
        .taking(filling, from: filled.memories[subject] ?? none)
    }
    return world
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
