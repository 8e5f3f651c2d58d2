/// Says in English what a condition asks, for people who have never seen a rule file.
struct ConditionWords {
  let names: RuleNames

  /// As it stands behind `when`: `they did Signed Up`, `their plan is trial`.
  func clause(_ condition: Condition) -> String {
    switch condition {
    case .all(let parts): parts.map(inner).joined(separator: ", and ")
    case .any(let parts): parts.map(inner).joined(separator: ", or ")
    case .none(let parts): "none of this holds: " + parts.map(inner).joined(separator: ", or ")
    case .not(let part): "it is not the case that \(clause(part))"
    case .audience(let name, let part): "they are of audience \(name) (\(clause(part)))"
    case .did(let fact, let test, let isDidNot): event(fact, test, isDidNot)
    case .trait(let tests): tests.map { trait($0, "their") }.joined(separator: " and ")
    case .accountTrait(let tests):
      tests.map { trait($0, "their account's") }.joined(separator: " and ")
    case .tagged(let tags): "they are tagged \(tags.joined(by: "or"))"
    case .inCampaign(let campaigns): "they are inside \(campaigns.joined(by: "or"))"
    case .members(let test, let fact, let each):
      "\(test.words) members did \(names.event(of: fact))\(names.helpers(of: fact, each))"
    case .reached, .missing, .milestonesReached, .categoriesReached, .activated, .day, .pace,
      .health, .segment, .score, .metric:
      progress(condition)
    }
  }

  private func inner(_ condition: Condition) -> String {
    switch condition {
    case .all(let parts) where parts.count > 1, .any(let parts) where parts.count > 1:
      "(\(clause(condition)))"
    default: clause(condition)
    }
  }

  private func event(_ fact: EventFact, _ test: NumberTest, _ isDidNot: Bool) -> String {
    let event = names.event(of: fact)
    if isDidNot { return "they did not do \(event)\(names.helpers(of: fact, nil))" }
    return "they did \(event)\(names.helpers(of: fact, test))"
  }

  private func trait(_ test: NamedTest, _ whose: String) -> String {
    let words = test.matches.map(\.words).joined(separator: " and ")
    return "\(whose) \(test.name) \(test.matches.first?.verb ?? "is ")\(words)"
  }

  private func progress(_ condition: Condition) -> String {
    switch condition {
    case .reached(let places): "they have reached \(milestones(places))"
    case .missing(let places): "they have not reached \(milestones(places))"
    case .milestonesReached(let test): count(test, "milestone", "milestones")
    case .categoriesReached(let test): count(test, "category", "categories")
    case .activated(let expected): expected ? "they are activated" : "they are not activated"
    case .day(let test): "their day is \(test.words)"
    case .pace(let words): "their pace is \(words.joined(by: "or"))"
    case .health(let words): "their health is \(words.joined(by: "or"))"
    case .segment(let words): "their segment is \(words.joined(by: "or"))"
    case .score(let tests):
      tests.map { "their score \(name(of: $0, \.scores, \.name)) is \($0.test.words)" }
        .joined(separator: " and ")
    case .metric(let tests):
      tests.map { "their \(name(of: $0, \.metrics, \.name)) is \($0.test.words)" }
        .joined(separator: " and ")
    case .all, .any, .none, .not, .did, .trait, .accountTrait, .tagged, .audience, .inCampaign,
      .members:
      preconditionFailure("not a condition on progress: \(condition)")
    }
  }

  private func count(_ test: NumberTest, _ one: String, _ many: String) -> String {
    if test.words == "0" { return "they have reached no \(one)" }
    let isOne = test.words == "1" || test.words.hasSuffix(" 1")
    return "they have reached \(test.words) \(isOne ? one : many)"
  }

  private func milestones(_ places: [Int]) -> String {
    places.map(names.milestone).joined(by: "or")
  }

  private func name<Part>(
    of test: IndexedTest,
    _ parts: KeyPath<Model, [Part]>,
    _ name: KeyPath<Part, String>
  ) -> String {
    guard let model = names.model else { return "\(test.index + 1)" }
    return names.rules.models[model][keyPath: parts][test.index][keyPath: name]
  }
}

extension Match {
  /// The verb before its words; empty where they bring their own.
  fileprivate var verb: String {
    switch self {
    case .contains, .startsWith, .endsWith: ""
    case .anyOf, .noneOf, .exists, .number, .before, .after, .withinLast, .olderThan: "is "
    }
  }
}
