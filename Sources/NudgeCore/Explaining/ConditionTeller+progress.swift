extension ConditionTeller {
  /// Tells a condition that reads the model.
  func progress(_ condition: Condition, _ verdict: Verdict) -> ConditionTree {
    switch condition {
    case .reached(let places): milestones(places, "reached", isReached: true, verdict)
    case .missing(let places): milestones(places, "missing", isReached: false, verdict)
    case .milestonesReached(let test): milestonesReached(test, verdict)
    case .categoriesReached(let test): categoriesReached(test, verdict)
    case .activated(let expected): activated(expected, verdict)
    case .day(let test): day(test, verdict)
    case .pace(let names): rung("pace", names, lens.pace, verdict)
    case .health(let names): rung("health", names, lens.health, verdict)
    case .segment(let names): rung("segment", names, lens.segment, verdict)
    case .score(let tests): together(tests.map(score), verdict)
    case .metric(let tests): together(tests.map(metric), verdict)
    case .all, .any, .none, .not, .audience, .did, .members, .trait, .accountTrait, .tagged,
      .inCampaign:
      preconditionFailure("not a condition on progress: \(condition)")
    }
  }

  private func together(_ parts: [ConditionTree], _ verdict: Verdict) -> ConditionTree {
    guard parts.count != 1 else { return parts[0] }
    return ConditionTree(
      verdict,
      "all of",
      brief: parts.map(\.brief).joined(by: " · "),
      children: parts
    )
  }

  private var model: Model? { lens.model.map { lens.rules.set.models[$0] } }

  // MARK: Milestones

  private func milestones(
    _ places: [Int],
    _ verb: String,
    isReached expected: Bool,
    _ verdict: Verdict
  ) -> ConditionTree {
    let parts = places.map { milestone($0, isReached: expected) }
    if parts.count == 1 { return parts[0].named("\(verb): \(parts[0].text)") }
    let telling = verdict.holds ? parts.filter(\.holds) : parts
    let list = telling.map(\.brief).joined(by: verdict.holds ? " · " : " or ")
    return ConditionTree(
      verdict,
      "\(verb): any one of",
      brief: "\(verb): \(list)",
      children: parts
    )
  }

  /// One milestone: when it was reached, or how far it is.
  func milestone(_ place: Int, isReached expected: Bool) -> ConditionTree {
    let name = names.milestone(place)
    let reached = lens.evaluate(.reached([place]))
    let verdict = expected ? reached : reached.negated
    guard depth > 0, let inside = own(of: place) else {
      return ConditionTree(verdict, name, value: reached.holds ? "reached" : "not reached")
    }
    if let instant = lens.progress?.milestones[place], reached.holds {
      let count = inside.count.map { " (\($0))" } ?? ""
      return ConditionTree(verdict, name, value: "reached \(instant)\(count)")
    }
    return ConditionTree(
      verdict,
      name,
      value: "not reached",
      hint: inside.brief,
      count: inside.count,
      children: inside.children.isEmpty || verdict.holds ? [] : [inside]
    )
  }

  /// The condition of a milestone, in the model's own calendar.
  private func own(of place: Int) -> ConditionTree? {
    guard let index = lens.model, let model, place < model.milestones.count else { return nil }
    let view = Lens(
      rules: lens.rules,
      now: lens.now,
      memory: lens.memory,
      account: lens.account,
      zone: lens.rules.zone(
        of: lens.memory,
        account: lens.account,
        campaign: nil,
        now: lens.now
      ),
      model: index,
      progress: lens.progress
    )
    return ConditionTeller(lens: view, depth: depth - 1)
      .tree(of: model.milestones[place].reachedWhen)
  }

  /// How far a milestone is: `1 of 2 Teammate Invited; one more`.
  func distance(to place: Int) -> ConditionTree? { own(of: place) }

  private func milestonesReached(_ test: NumberTest, _ verdict: Verdict) -> ConditionTree {
    let instants = lens.progress?.milestones ?? []
    let known = instants.indices.filter { instants[$0].map { $0 <= lens.now } ?? false }
    let open = (model?.milestones.indices).map { $0.filter { !known.contains($0) } } ?? []
    let lacking = test.neededCount.map { $0 - known.count } ?? 0
    let hint =
      lacking > 0 ? "\(more(lacking)) of \(open.map(names.milestone).joined(by: "or"))" : nil
    return ConditionTree(
      verdict,
      "milestones_reached: \(words(of: test, all: model?.milestones.count))",
      value: "is \(known.count)",
      hint: hint.map(Phrase.init(_:)),
      count: ConditionTree.Count(known.count, test)
    )
  }

  private func categoriesReached(_ test: NumberTest, _ verdict: Verdict) -> ConditionTree {
    let milestones = model?.milestones ?? []
    let instants = lens.progress?.milestones ?? []
    let reached = Set(
      zip(milestones, instants).compactMap { milestone, instant in
        instant.map { $0 <= lens.now } ?? false ? milestone.category : nil
      }
    )
    let open = (model?.categories ?? []).filter { !reached.contains($0) }
    let lacking = test.neededCount.map { $0 - reached.count } ?? 0
    let hint = lacking > 0 ? "\(more(lacking)) of \(open.joined(by: "or"))" : nil
    return ConditionTree(
      verdict,
      "categories_reached: \(words(of: test, all: model?.categories.count))",
      value: "is \(reached.count)",
      hint: hint.map(Phrase.init(_:)),
      count: ConditionTree.Count(reached.count, test)
    )
  }

  /// A test for all there are reads `all 4`.
  private func words(of test: NumberTest, all: Int?) -> String {
    guard let all, all > 1, test.neededCount == all else { return test.words }
    return "all \(all)"
  }

  private func activated(_ expected: Bool, _ verdict: Verdict) -> ConditionTree {
    let instant = lens.progress?.activatedAt.flatMap { $0 <= lens.now ? $0 : nil }
    return ConditionTree(
      verdict,
      "activated: \(expected)",
      value: instant.map { "activated \($0)" } ?? "not activated"
    )
  }

  // MARK: Days, ladders, numbers

  private func day(_ test: NumberTest, _ verdict: Verdict) -> ConditionTree {
    ConditionTree(
      verdict,
      "day: \(test.words)",
      value: lens.day.map { "is \($0)" } ?? "not started",
      hint: verdict.until == .never ? nil : "true from \(verdict.until) on"
    )
  }

  private func rung(
    _ verb: String,
    _ names: [String],
    _ rung: Lens.Rung,
    _ verdict: Verdict
  )
    -> ConditionTree
  {
    ConditionTree(
      verdict,
      "\(verb): \(names.joined(by: "or"))",
      value: rung.name.map { "is \($0)" } ?? "has none"
    )
  }

  private func score(_ test: IndexedTest) -> ConditionTree {
    let verdict = lens.evaluate(.score([test]))
    let name = model?.scores[test.index].name ?? ""
    let total = lens.score(test.index).total
    return ConditionTree(
      verdict,
      "score \(name): \(test.test.words)",
      value: "is \(total)",
      hint: test.test.leastCount.map { Phrase(more($0 - total)) }
    )
  }

  private func metric(_ test: IndexedTest) -> ConditionTree {
    let verdict = lens.evaluate(.metric([test]))
    let name = model?.metrics[test.index].name ?? ""
    let value = lens.metric(test.index).value
    return ConditionTree(
      verdict,
      "metric \(name): \(test.test.words)",
      value: value.map { "is \($0.decimal)" } ?? "has no value"
    )
  }
}

extension NumberTest {
  /// The count that is needed, when the test says nothing else: at least or exactly so many.
  fileprivate var neededCount: Int? {
    if case .exactly(let number) = comparisons[0], comparisons.count == 1 { return number.whole }
    return leastCount
  }
}

extension Rational {
  /// The value as a decimal of at most six places, half up; a value too large for them loses its fraction.
  var decimal: Number {
    let (quotient, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    let isBelow = rest < 0
    let whole = isBelow ? quotient - 1 : quotient
    let fraction = isBelow ? rest + denominator : rest
    let places: Int128 = 1_000_000
    let scaled = fraction.multipliedReportingOverflow(by: places)
    let doubled = scaled.partialValue.multipliedReportingOverflow(by: 2)
    let shifted = whole.multipliedReportingOverflow(by: places)
    guard !scaled.overflow, !doubled.overflow, !shifted.overflow,
      denominator.magnitude < UInt128(Int128.max) / 4
    else { return Number(mantissa: whole, exponent: 0) }
    let rounded = (doubled.partialValue + denominator) / (denominator * 2)
    return Number(mantissa: shifted.partialValue + rounded, exponent: -6)
  }
}
