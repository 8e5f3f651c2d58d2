extension Lens {
  /// Whether a condition holds, and until when time alone leaves it so.
  func evaluate(_ condition: Condition) -> Verdict {
    switch condition {
    case .all(let parts): return .all(parts.map(evaluate))
    case .any(let parts): return .any(parts.map(evaluate))
    case .none(let parts): return Verdict.any(parts.map(evaluate)).negated
    case .not(let part): return evaluate(part).negated
    case .audience(_, let part): return evaluate(part)
    case .did(let fact, let test, _): return evaluate(fact, test)
    case .members(let test, let fact, let each): return evaluate(test, members(fact, each))
    case .trait(let tests): return evaluate(tests, in: memory)
    case .accountTrait(let tests): return evaluate(tests, in: account)
    case .tagged(let tags): return Verdict(tags.contains(where: memory.tags.contains))
    case .inCampaign(let names): return Verdict(names.contains(where: isInside))
    default: return evaluateProgress(condition)
    }
  }

  /// The conditions that read a model, in the model's own calendar (ruling 3).
  private func evaluateProgress(_ condition: Condition) -> Verdict {
    if let view = inModelsCalendar { return view.evaluateProgress(condition) }
    switch condition {
    case .reached(let places): return reachedAny(of: places)
    case .missing(let places): return missingAny(of: places)
    case .milestonesReached(let test): return count(milestoneInstants, test)
    case .categoriesReached(let test): return count(categoryInstants, test)
    case .activated(let expected): return isActivated(expected)
    case .day(let test): return evaluateDay(test)
    case .pace(let names): return evaluate(pace, isAmong: names)
    case .segment(let names): return evaluate(segment, isAmong: names)
    case .health(let names): return evaluate(health, isAmong: names)
    case .metric(let tests): return .all(tests.map { evaluate($0.test, metric($0.index)) })
    case .score(let tests): return evaluateScores(tests)
    case .all, .any, .none, .not, .audience, .did, .members, .trait, .accountTrait, .tagged,
      .inCampaign:
      preconditionFailure("not a condition on progress: \(condition)")
    }
  }

  private func evaluate(_ test: NumberTest, _ members: (count: Int, until: Timestamp)?) -> Verdict {
    guard let members else { return Verdict(false) }
    return Verdict(test.holds(members.count), until: members.until)
  }

  private func evaluate(_ test: NumberTest, _ measured: Measured) -> Verdict {
    Verdict(measured.value.map(test.holds) ?? false, until: measured.until)
  }

  private func isInside(_ name: String) -> Bool {
    memory.campaigns[name]?.enrolment?.isOpen ?? false
  }

  // MARK: Milestones

  /// The instants of the milestones that are known, by place.
  private var milestoneInstants: [Timestamp?] { progress?.milestones ?? [] }

  /// The instants at which categories were first reached.
  private var categoryInstants: [Timestamp?] {
    guard let model else { return [] }
    let milestones = rules.set.models[model].milestones
    return rules.set.models[model].categories.map { category in
      zip(milestones, milestoneInstants).compactMap { $0.category == category ? $1 : nil }.min()
    }
  }

  private func isReached(_ place: Int) -> Verdict {
    guard place < milestoneInstants.count, let instant = milestoneInstants[place] else {
      return Verdict(false)
    }
    return instant <= now ? Verdict(true) : Verdict(false, until: instant)
  }

  private func reachedAny(of places: [Int]) -> Verdict { .any(places.map(isReached)) }

  private func missingAny(of places: [Int]) -> Verdict {
    .any(places.map { isReached($0).negated })
  }

  private func count(_ instants: [Timestamp?], _ test: NumberTest) -> Verdict {
    let known = instants.compactMap { $0 }
    let coming = known.filter { $0 > now }.min() ?? .never
    return Verdict(test.holds(known.count { $0 <= now }), until: coming)
  }

  private func isActivated(_ expected: Bool) -> Verdict {
    guard let instant = progress?.activatedAt else { return Verdict(!expected) }
    return instant <= now ? Verdict(expected) : Verdict(!expected, until: instant)
  }

  // MARK: Days and ladders

  private func evaluateDay(_ test: NumberTest) -> Verdict {
    guard let start, let day else { return Verdict(false) }
    guard let next = test.nextChange(above: day) else { return Verdict(test.holds(day)) }
    let first = zone.date(at: start)
    return Verdict(test.holds(day), until: zone.startOfDay(first.adding(days: next)))
  }

  /// A rung of a ladder by name; `nil` before the start or without a ladder.
  struct Rung: Hashable, Sendable {
    let name: String?
    let until: Timestamp
  }

  private func evaluate(_ rung: Rung, isAmong names: [String]) -> Verdict {
    Verdict(rung.name.map(names.contains) ?? false, until: rung.until)
  }

  /// The pace: `pending` until activation or until the last `by_day` has passed.
  var pace: Rung {
    guard let model, let start = progress?.startedAt else { return Rung(name: nil, until: .never) }
    let entries = rules.set.models[model].pace
    let first = zone.date(at: start)
    if let activated = progress?.activatedAt, activated <= now {
      let day = zone.date(at: activated).daysSinceEpoch - first.daysSinceEpoch
      let entry = entries.first { entry in entry.byDay.map { day <= $0 } ?? true }
      return Rung(name: entry?.name, until: .never)
    }
    guard let last = entries.compactMap(\.byDay).max() else {
      return Rung(name: entries.last?.name, until: .never)
    }
    let end = zone.startOfDay(first.adding(days: last + 1))
    let coming = progress?.activatedAt ?? .never
    if now < end { return Rung(name: "pending", until: min(end, coming)) }
    return Rung(name: entries.last?.name, until: coming)
  }

  /// The first segment that holds.
  var segment: Rung {
    guard let model, let progress else { return Rung(name: nil, until: .never) }
    return rung(of: rules.set.models[model].segments, since: progress.segmentSince)
  }

  /// The first health that holds.
  var health: Rung {
    guard let model, let progress else { return Rung(name: nil, until: .never) }
    return rung(of: rules.set.models[model].health, since: progress.healthSince)
  }

  private func rung(of entries: [LadderEntry], since: [Timestamp?]) -> Rung {
    guard progress?.startedAt != nil else { return Rung(name: nil, until: .never) }
    var until = Timestamp.never
    for (entry, began) in zip(entries, since) {
      let verdict = evaluate(entry, since: began)
      until = min(until, verdict.until)
      if verdict.holds { return Rung(name: entry.name, until: until) }
    }
    return Rung(name: nil, until: until)
  }

  private func evaluate(_ entry: LadderEntry, since began: Timestamp?) -> Verdict {
    guard let condition = entry.when else { return Verdict(true) }
    let own = evaluate(condition)
    guard own.holds, let held = entry.heldFor else { return own }
    let takesOver = held.windowEnd(from: began ?? now, in: zone)
    return now >= takesOver ? own : Verdict(false, until: min(takesOver, own.until))
  }

  private func evaluateScores(_ tests: [IndexedTest]) -> Verdict {
    guard progress?.startedAt != nil else { return Verdict(false) }
    return .all(
      tests.map { test in
        let score = score(test.index)
        return Verdict(test.test.holds(score.total), until: score.until)
      }
    )
  }
}
