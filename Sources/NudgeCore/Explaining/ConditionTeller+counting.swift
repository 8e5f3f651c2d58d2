// What would change how many events a condition counts.

extension ConditionTeller {
  /// What changes the answer to a test of so many events, or different values.
  func advice(on fact: EventFact, _ test: NumberTest, _ counted: Lens.Counted) -> Advice? {
    guard counted.coming.isEmpty || test.leastCount != nil else { return nil }
    if case .withinFirst = fact.window, counted.span.last < lens.now.millisecondsSinceEpoch {
      let end = Timestamp(millisecondsSinceEpoch: counted.span.last + 1)
      return .nothing("the time for it ended \(end)")
    }
    if counted.span.from > lens.now.millisecondsSinceEpoch {
      let begin = Timestamp(millisecondsSinceEpoch: counted.span.from)
      return .told("counted from \(day: begin) on")
    }
    let amount = amount(of: counted.occurrences, fact)
    if let enough = test.nextChange(above: amount) {
      let fading = fading(of: counted.occurrences, counted, fact)
      return doing(enough - amount, fact, before: deadline(counted, fading, amount))
    }
    let holds = test.holds(amount)
    // What is known to come is there before the last of it has left.
    let fading = fading(of: counted.occurrences + counted.coming, counted, fact)
    if let change = fading.first(where: { test.holds($0.amount) != holds }) {
      return waiting(fact, until: change.at, isForNone: change.amount == 0)
    }
    return counted.span.slides == nil ? .nothing(permanence(of: fact)) : nil
  }

  private func doing(_ missing: Int, _ fact: EventFact, before end: Timestamp) -> Advice {
    let event = names.event(of: fact)
    let values = fact.property.map { " with \(missing == 1 ? "another" : "other") \($0)" } ?? ""
    let time: Phrase = end == .never ? "" : " before \(end)"
    return Advice(
      change: .more(missing, of: fact, before: end),
      text: "\(more(missing)) \(event)\(values)" + time,
      isInRule: missing == 1 && end == .never && fact.property == nil
    )
  }

  private func waiting(_ fact: EventFact, until end: Timestamp, isForNone: Bool) -> Advice {
    let event = names.event(of: fact)
    return Advice(
      change: .none(of: fact, until: end),
      text: "\(isForNone ? "no" : "no further") \(event) until \(end)"
    )
  }

  private func permanence(of fact: EventFact) -> Phrase {
    switch fact.window {
    case .since(.entering), .since(.step), .withinFirst(_, .entering), .withinFirst(_, .step):
      "stays so as long as they are inside"
    case .always, .within, .since, .withinFirst: "stays so"
    }
  }

  private func amount(of events: ArraySlice<Occurrences.Occurrence>, _ fact: EventFact) -> Int {
    fact.property == nil ? events.count : Set(events.compactMap(\.value)).count
  }

  /// From when on what is missing would no longer be enough: what counts now would have left the window by then.
  private func deadline(
    _ counted: Lens.Counted,
    _ fading: [(at: Timestamp, amount: Int)],
    _ amount: Int
  ) -> Timestamp {
    let loss = fading.first { $0.amount < amount }?.at ?? .never
    let last = counted.span.last
    let end = last < Timestamp.never.millisecondsSinceEpoch ? last + 1 : nil
    let close = end.map(Timestamp.init(millisecondsSinceEpoch:)) ?? .never
    let earliest = min(loss, close)
    return earliest == .never ? .never : min(earliest, lens.zoneChange)
  }

  /// What a window that looks back counts from each instant on at which something leaves it, if nothing is added.
  private func fading(
    of events: ArraySlice<Occurrences.Occurrence>,
    _ counted: Lens.Counted,
    _ fact: EventFact
  )
    -> [(at: Timestamp, amount: Int)]
  {
    guard let span = counted.span.slides, lens.zoneChange == .never else { return [] }
    var left = Dictionary(events.map { ($0.value, 1) }, uniquingKeysWith: +)
    var count = events.count
    var steps: [(at: Timestamp, amount: Int)] = []
    for occurrence in events {
      count -= 1
      left[occurrence.value] = left[occurrence.value].flatMap { $0 > 1 ? $0 - 1 : nil }
      let different = left.count - (left[nil] == nil ? 0 : 1)
      let amount = fact.property == nil ? count : different
      let instant = lens.leaving(occurrence.instant, span)
      if steps.last?.at == instant { steps.removeLast() }
      steps.append((instant, amount))
    }
    return steps
  }
}
