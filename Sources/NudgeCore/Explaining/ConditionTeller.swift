/// Tells why a condition holds or does not, through a lens.
struct ConditionTeller {
  let lens: Lens
  /// How many milestones may still be opened up inside each other.
  var depth = 3
  /// The answer that is asked for: what is told is how to get there.
  var wanted = true

  var names: RuleNames {
    RuleNames(rules: lens.rules.set, model: lens.model, campaign: lens.campaign)
  }

  /// The teller of what must not hold.
  private var opposite: ConditionTeller { asking(for: !wanted) }

  func asking(for wanted: Bool) -> ConditionTeller {
    ConditionTeller(lens: lens, depth: depth, wanted: wanted)
  }

  /// What would change an answer that is not the one asked for; `nil` for one that is.
  func advice(_ verdict: Verdict, _ advice: () -> Advice?) -> Advice? {
    verdict.holds == wanted ? nil : advice()
  }

  func tree(of condition: Condition) -> ConditionTree {
    let verdict = lens.evaluate(condition)
    switch condition {
    case .all(let parts): return all(parts.map(tree), verdict)
    case .any(let parts): return any(parts.map(tree), verdict)
    case .none(let parts): return none(parts.map(opposite.tree), verdict)
    case .not(let part): return not(opposite.tree(of: part), verdict)
    case .audience(let name, let part): return audience(name, tree(of: part), verdict)
    case .did(let fact, let test, let isDidNot): return did(fact, test, isDidNot, verdict)
    case .members(let test, let fact, let each): return members(test, fact, each, verdict)
    case .trait(let tests): return traits(tests, "trait", lens.memory, verdict)
    case .accountTrait(let tests): return traits(tests, "account_trait", lens.account, verdict)
    case .tagged(let tags): return tagged(tags, verdict)
    case .inCampaign(let names): return inCampaign(names, verdict)
    case .reached, .missing, .milestonesReached, .categoriesReached, .activated, .day, .pace,
      .health, .segment, .score, .metric:
      return progress(condition, verdict)
    }
  }

  // MARK: Together

  func all(_ parts: [ConditionTree], _ verdict: Verdict) -> ConditionTree {
    let telling = verdict.holds ? parts : parts.filter { !$0.holds }
    return ConditionTree(
      verdict,
      "all of",
      brief: telling.map(\.brief).joined(by: " · "),
      count: ConditionTree.Count(done: parts.count(where: \.holds), needed: parts.count),
      children: parts
    )
  }

  private func any(_ parts: [ConditionTree], _ verdict: Verdict) -> ConditionTree {
    let telling = verdict.holds ? parts.filter(\.holds) : parts
    return ConditionTree(
      verdict,
      "any one of",
      brief: telling.map(\.brief).joined(by: " or "),
      count: parts.compactMap(\.count).max { $1.isNearer(than: $0) },
      children: parts
    )
  }

  private func none(_ parts: [ConditionTree], _ verdict: Verdict) -> ConditionTree {
    let telling = verdict.holds ? parts : parts.filter(\.holds)
    return ConditionTree(
      verdict,
      "none of",
      brief: "none of: \(telling.map(\.brief).joined(by: " · "))",
      children: parts
    )
  }

  private func not(_ part: ConditionTree, _ verdict: Verdict) -> ConditionTree {
    ConditionTree(verdict, "not", brief: "not: \(part.brief)", children: [part])
  }

  private func audience(_ name: String, _ part: ConditionTree, _ verdict: Verdict) -> ConditionTree
  {
    ConditionTree(
      verdict,
      "audience \(name)",
      brief: "audience \(name): \(part.brief)",
      count: part.count,
      children: part.text == "all of" ? part.children : [part]
    )
  }
}
