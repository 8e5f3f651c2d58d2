extension Lens {
  /// The value of a metric of the model at hand.
  func metric(_ index: Int) -> Measured {
    guard let model else { return Measured(nil, until: .never) }
    switch rules.set.models[model].metrics[index].measure {
    case .count(let fact): return measure(fact) { Rational(Int128($0.occurrences.count)) }
    case .distinct(let fact):
      return measure(fact) { Rational(Int128(Set($0.occurrences.compactMap(\.value)).count)) }
    case .sum(let fact): return measure(fact, sum)
    case .daysWith(let fact): return measure(fact) { Rational(Int128(dates(of: $0).count)) }
    case .weeksWith(let fact, let least): return measure(fact) { weeks(of: $0, atLeast: least) }
    case .daysSince(let fact): return daysSince(fact)
    case .ratio(let part, let whole): return ratio(part, whole)
    case .members(let fact, let test):
      guard let members = members(fact, test) else { return Measured(nil, until: .never) }
      return Measured(members.count, until: members.until)
    }
  }

  private func measure(_ fact: EventFact, _ value: (Counted) -> Rational) -> Measured {
    guard let counted = counted(fact) else { return Measured(nil, until: .never) }
    return Measured(value(counted), until: nextChange(of: counted))
  }

  private func sum(_ counted: Counted) -> Rational {
    let total = counted.occurrences.reduce(Number.zero) { total, occurrence in
      guard case .number(let number) = occurrence.value else { return total }
      return total + number
    }
    return Rational(total)
  }

  private func dates(of counted: Counted) -> Set<LocalDate> {
    Set(counted.occurrences.map(date))
  }

  private func date(of occurrence: Occurrences.Occurrence) -> LocalDate {
    zone.date(at: Timestamp(millisecondsSinceEpoch: occurrence.instant))
  }

  private func weeks(of counted: Counted, atLeast least: Int) -> Rational {
    let byWeek = Dictionary(grouping: counted.occurrences) { date(of: $0).monday }
    return Rational(Int128(byWeek.values.count { $0.count >= least }))
  }

  private func daysSince(_ fact: EventFact) -> Measured {
    guard let counted = counted(fact), let last = counted.occurrences.last else {
      return Measured(nil, until: self.counted(fact).map(nextChange) ?? .never)
    }
    let days = today.daysSinceEpoch - date(of: last).daysSinceEpoch
    return Measured(days, until: min(zone.nextMidnight(after: now), nextChange(of: counted)))
  }

  private func ratio(_ part: Metric.RatioTerm, _ whole: Metric.RatioTerm) -> Measured {
    let (part, whole) = (term(part), term(whole))
    let until = min(part.until, whole.until)
    guard let part = part.value, let whole = whole.value else { return Measured(nil, until: until) }
    return Measured(part / whole, until: until)
  }

  private func term(_ term: Metric.RatioTerm) -> Measured {
    switch term {
    case .metric(let index): return metric(index)
    case .trait(let name):
      let until = memory.traits[name]?.nextChange(after: now) ?? .never
      guard case .number(let number) = memory.trait(name, at: now) else {
        return Measured(nil, until: until)
      }
      return Measured(Rational(number), until: until)
    }
  }

  /// One component of a score with its exact points.
  struct Points: Hashable, Sendable {
    let name: String
    let points: Rational
    let max: Number
    /// The fact that the points come from; `nil` when it has no value.
    let value: Rational?
  }

  /// A score of the model at hand: its components, its total rounded half up, and how long it stands.
  func score(_ index: Int) -> (components: [Points], total: Int, until: Timestamp) {
    guard let model else { return ([], 0, .never) }
    let components = rules.set.models[model].scores[index].components
    let parts = components.map { component in
      (component, value(of: component.source))
    }
    let points = parts.map { component, measured in
      Points(
        name: component.name,
        points: Lens.points(component, measured.value),
        max: component.max,
        value: measured.value
      )
    }
    let total = points.reduce(Rational.zero) { $0 + $1.points }.roundedHalfUp
    return (points, total, parts.map(\.1.until).min() ?? .never)
  }

  private func value(of source: Score.Component.Source) -> Measured {
    switch source {
    case .metric(let index): return metric(index)
    case .timeToFirstMilestone:
      guard let start = progress?.startedAt, let first = progress?.firstMilestoneAt, first <= now
      else { return Measured(nil, until: .never) }
      return Measured(Rational(Int128(first.milliseconds(since: start))), until: .never)
    case .milestoneWeights: return Measured(shareOfWeights, until: .never)
    }
  }

  private var shareOfWeights: Rational? {
    guard let model, let progress else { return nil }
    let milestones = rules.set.models[model].milestones
    let total = milestones.reduce(Rational.zero) { $0 + Rational($1.weight) }
    let reached = zip(milestones, progress.milestones).reduce(Rational.zero) { sum, pair in
      guard let instant = pair.1, instant <= now else { return sum }
      return sum + Rational(pair.0.weight)
    }
    return reached / total
  }

  private static func points(_ component: Score.Component, _ value: Rational?) -> Rational {
    let most = Rational(component.max)
    guard let value else {
      guard case .table(let rows) = component.shape, let row = rows.first(where: { $0.test == nil })
      else { return .zero }
      return Rational(row.points)
    }
    switch component.shape {
    case .share: return most * value
    case .table(let rows):
      let row = rows.first { $0.test?.holds(value) ?? true }
      return row.map { Rational($0.points) } ?? .zero
    case .pointsEach(let each): return clamp(value * Rational(each), to: most)
    case .linear(let full, let zero):
      let slope = Rational(zero) - Rational(full)
      guard let share = (Rational(zero) - value) / slope else { return .zero }
      return most * clamp(share, to: Rational(1))
    }
  }

  private static func clamp(_ value: Rational, to most: Rational) -> Rational {
    min(max(value, .zero), most)
  }
}
