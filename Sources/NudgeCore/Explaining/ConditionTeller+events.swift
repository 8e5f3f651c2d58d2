extension ConditionTeller {
  func did(
    _ fact: EventFact,
    _ test: NumberTest,
    _ isDidNot: Bool,
    _ verdict: Verdict
  )
    -> ConditionTree
  {
    let event = names.event(of: fact)
    let helpers = names.helpers(of: fact, isDidNot ? nil : test)
    let text = "\(isDidNot ? "did_not" : "did"): \(event)\(helpers)"
    guard let counted = lens.counted(fact) else { return unanchored(fact, text, verdict) }
    let value = value(of: counted, fact, test)
    let advice = advice(verdict) { self.advice(on: fact, test, counted) }
    guard let least = test.leastCount, least > 1, !isDidNot else {
      return ConditionTree(verdict, text, value: value, advice: advice)
    }
    return ConditionTree(
      verdict,
      text,
      value: value,
      advice: advice,
      brief: advice.map { "\(value); \($0.text)" } ?? "\(value) \(event)",
      count: ConditionTree.Count(amount(counted, fact), test)
    )
  }

  private func amount(_ counted: Lens.Counted, _ fact: EventFact) -> Int {
    guard fact.property != nil else { return counted.occurrences.count + dropped(fact) }
    return Set(counted.occurrences.compactMap(\.value)).count
  }

  /// How many that a fact counts are no longer kept, since they change no answer.
  private func dropped(_ fact: EventFact) -> Int {
    switch fact.window {
    case .always, .since: lens.memory.series[fact.series]?.dropped ?? 0
    case .within, .withinFirst: 0
    }
  }

  private func value(of counted: Lens.Counted, _ fact: EventFact, _ test: NumberTest) -> Phrase {
    let amount = amount(counted, fact)
    if let least = test.leastCount, least > 1 {
      return amount > least ? "\(amount), at least \(least)," : "\(amount) of \(least)"
    }
    guard let last = counted.occurrences.last else { return "never" }
    let instant = Timestamp(millisecondsSinceEpoch: last.instant)
    return amount == 1 ? "once, \(instant)" : "\(amount) times, last \(instant)"
  }

  private func unanchored(_ fact: EventFact, _ text: String, _ verdict: Verdict) -> ConditionTree {
    switch fact.window {
    case .always, .within: ConditionTree(verdict, text, value: "not started")
    case .since(let anchor), .withinFirst(_, let anchor):
      ConditionTree(verdict, text, value: Phrase(absence(of: anchor)))
    }
  }

  /// Why an anchor does not exist.
  func absence(of anchor: Anchor) -> String {
    switch anchor {
    case .start: "not started"
    case .entering: "not inside"
    case .milestone: "\(names.anchor(anchor)) is not reached"
    case .step: "\(names.anchor(anchor)) is not sent"
    case .date: "not before \(names.anchor(anchor))"
    }
  }

  func members(
    _ test: NumberTest,
    _ fact: EventFact,
    _ each: NumberTest,
    _ verdict: Verdict
  )
    -> ConditionTree
  {
    let event = names.event(of: fact)
    let text = "members: \(test.words), who_did: \(event)\(names.helpers(of: fact, each))"
    let count = lens.members(fact, each)?.count ?? 0
    let missing = test.nextChange(above: count).map { $0 - count }
    return ConditionTree(
      verdict,
      text,
      value: "is \(count)",
      advice: advice(verdict) {
        missing.map { .told("\(more($0)) \($0 == 1 ? "member" : "members")") }
      },
      count: ConditionTree.Count(count, test)
    )
  }
}
