extension ConditionTeller {
  /// Tells a condition that reads the model, in the model's own calendar.
  func progress(_ condition: Condition, _ verdict: Verdict) -> ConditionTree {
    if let view = lens.inModelsCalendar {
      return ConditionTeller(lens: view, depth: depth, wanted: wanted).progress(condition, verdict)
    }
    switch condition {
    case .reached(let places): return milestones(places, "reached", isReached: true, verdict)
    case .missing(let places): return milestones(places, "missing", isReached: false, verdict)
    case .milestonesReached(let test): return milestonesReached(test, verdict)
    case .categoriesReached(let test): return categoriesReached(test, verdict)
    case .activated(let expected): return activated(expected, verdict)
    case .day(let test): return day(test, verdict)
    case .pace(let names): return pace(names, verdict)
    case .health(let names): return ladder("health", names, lens.health, verdict)
    case .segment(let names): return ladder("segment", names, lens.segment, verdict)
    case .score(let tests): return together(tests.map(score), verdict)
    case .metric(let tests): return together(tests.map(metric), verdict)
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

  var model: Model? { lens.model.map { lens.rules.set.models[$0] } }

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
      let advice = advice(verdict) { Advice(change: .nothing, text: "stays so", isInRule: true) }
      return ConditionTree(verdict, name, value: "reached \(instant)\(count)", advice: advice)
    }
    guard verdict.holds != wanted else { return ConditionTree(verdict, name, value: "not reached") }
    return ConditionTree(
      verdict,
      name,
      value: "not reached",
      hint: inside.brief,
      count: inside.count,
      children: inside.children.isEmpty ? [] : [inside]
    )
  }

  /// The condition of a milestone.
  private func own(of place: Int) -> ConditionTree? {
    guard let model, place < model.milestones.count else { return nil }
    return inModel(model.milestones[place].reachedWhen)
  }

  /// A condition of the model, in the model's own calendar.
  func inModel(_ condition: Condition, wanted: Bool = true) -> ConditionTree? {
    guard let index = lens.model else { return nil }
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
    return ConditionTeller(lens: view, depth: depth - 1, wanted: wanted).tree(of: condition)
  }

  /// How far a milestone is: `1 of 2 Teammate Invited; one more`.
  func distance(to place: Int) -> ConditionTree? { own(of: place) }

  private func milestonesReached(_ test: NumberTest, _ verdict: Verdict) -> ConditionTree {
    let instants = lens.progress?.milestones ?? []
    let known = instants.indices.filter { instants[$0].map { $0 <= lens.now } ?? false }
    let open = (model?.milestones.indices).map { $0.filter { !known.contains($0) } } ?? []
    let advice = advice(verdict) {
      reaching(test.nextChange(above: known.count), known.count, open.map(names.milestone))
    }
    let isOpening = depth > 0 && advice?.change == .told
    return ConditionTree(
      verdict,
      "milestones_reached: \(words(of: test, all: model?.milestones.count))",
      value: "is \(known.count)",
      advice: advice,
      count: ConditionTree.Count(known.count, test),
      children: isOpening ? open.map { asking(for: true).milestone($0, isReached: true) } : []
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
    return ConditionTree(
      verdict,
      "categories_reached: \(words(of: test, all: model?.categories.count))",
      value: "is \(reached.count)",
      advice: advice(verdict) {
        reaching(test.nextChange(above: reached.count), reached.count, open)
      },
      count: ConditionTree.Count(reached.count, test)
    )
  }

  /// What is reached stays reached, so only more can change the answer.
  private func reaching(_ needed: Int?, _ count: Int, _ open: [String]) -> Advice {
    guard let needed, needed - count <= open.count else { return .nothing("stays so") }
    return .told("\(more(needed - count)) of \(open.joined(by: "or"))")
  }

  /// A test for all there are reads `all 4`.
  private func words(of test: NumberTest, all: Int?) -> String {
    guard let all, all > 1, test.neededCount == all else { return test.words }
    return "all \(all)"
  }

  private func activated(_ expected: Bool, _ verdict: Verdict) -> ConditionTree {
    let instant = lens.progress?.activatedAt.flatMap { $0 <= lens.now ? $0 : nil }
    let isOpen = verdict.holds != wanted && instant == nil && depth > 0
    let inside = isOpen ? model?.activatedWhen.flatMap { inModel($0) } : nil
    return ConditionTree(
      verdict,
      "activated: \(expected)",
      value: instant.map { "activated \($0)" } ?? "not activated",
      hint: inside?.brief,
      advice: advice(verdict) {
        instant == nil ? nil : Advice(change: .nothing, text: "stays so", isInRule: true)
      },
      children: inside.map { $0.children.isEmpty ? [] : [$0] } ?? []
    )
  }

  // MARK: Days and numbers

  private func day(_ test: NumberTest, _ verdict: Verdict) -> ConditionTree {
    ConditionTree(
      verdict,
      "day: \(test.words)",
      value: lens.day.map { "is \($0)" } ?? "not started",
      advice: advice(verdict) {
        if lens.day == nil { return nil }
        return verdict.until == .never ? .nothing("stays so") : .day(verdict.until)
      }
    )
  }

  private func score(_ test: IndexedTest) -> ConditionTree {
    let verdict = lens.evaluate(.score([test]))
    let score = model?.scores[test.index]
    let (components, total, _) = lens.score(test.index)
    let missing = test.test.nextChange(above: total).map { $0 - total }
    return ConditionTree(
      verdict,
      "score \(score?.name ?? ""): \(test.test.words)",
      value: "is \(total)",
      advice: advice(verdict) {
        missing.flatMap { $0 + total > 100 ? nil : .told("\(more($0))\(largest(of: components))") }
      }
    )
  }

  /// The component with the most points still to be had.
  private func largest(of components: [Lens.Points]) -> String {
    let open = components.map { ($0, Rational($0.max) - $0.points) }
    guard let (part, missing) = open.max(by: { $0.1 < $1.1 }), missing > .zero else { return "" }
    return "; the largest open part is \(part.name), \(part.points.decimal) of \(part.max)"
  }

  private func metric(_ test: IndexedTest) -> ConditionTree {
    let verdict = lens.evaluate(.metric([test]))
    let metric = model?.metrics[test.index]
    let value = lens.metric(test.index).value
    return ConditionTree(
      verdict,
      "metric \(metric?.name ?? ""): \(test.test.words)",
      value: value.map { "is \($0.decimal)" } ?? "has no value",
      advice: advice(verdict) { metric.flatMap { advice(on: $0, test.test) } }
    )
  }

  private func advice(on metric: Metric, _ test: NumberTest) -> Advice? {
    switch metric.measure {
    case .count(let fact), .distinct(let fact):
      lens.counted(fact).flatMap { advice(on: fact, test, $0) }
    case .sum, .daysWith, .weeksWith, .daysSince, .ratio, .members: nil
    }
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
