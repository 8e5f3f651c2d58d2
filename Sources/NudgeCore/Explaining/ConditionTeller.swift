/// Tells why a condition holds or does not, through a lens.
struct ConditionTeller {
  let lens: Lens
  /// How many milestones may still be opened up inside each other.
  var depth = 3

  var names: RuleNames {
    RuleNames(rules: lens.rules.set, model: lens.model, campaign: lens.campaign)
  }

  func tree(of condition: Condition) -> ConditionTree {
    let verdict = lens.evaluate(condition)
    switch condition {
    case .all(let parts): return all(parts.map(tree), verdict)
    case .any(let parts): return any(parts.map(tree), verdict)
    case .none(let parts): return none(parts.map(tree), verdict)
    case .not(let part): return not(tree(of: part), verdict)
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

  private func all(_ parts: [ConditionTree], _ verdict: Verdict) -> ConditionTree {
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

  // MARK: Traits and tags

  private func traits(
    _ tests: [NamedTest],
    _ verb: String,
    _ memory: Memory?,
    _ verdict: Verdict
  )
    -> ConditionTree
  {
    let parts = tests.map { trait($0, verb, memory) }
    return parts.count == 1 ? parts[0] : all(parts, verdict)
  }

  private func trait(_ test: NamedTest, _ verb: String, _ memory: Memory?) -> ConditionTree {
    let verdict = lens.evaluate([test], in: memory)
    let words = test.matches.map(\.words).joined(separator: " and ")
    let text = "\(verb) \(test.name): \(words)"
    guard let value = memory?.trait(test.name, at: lens.now) else {
      return ConditionTree(verdict, text, value: "not set", brief: "\(test.name) is not set")
    }
    let sign = test.matches.map { verdict.holds ? $0.sign : missedSign(of: $0, value) }.joined()
    return ConditionTree(
      verdict,
      text,
      value: "is \(value.words)",
      brief: "\(test.name) \(value.words)\(sign)"
    )
  }

  private func missedSign(of match: Match, _ value: JSONValue) -> String {
    lens.evaluate([match], value).holds ? "" : match.missedSign
  }

  private func tagged(_ tags: [String], _ verdict: Verdict) -> ConditionTree {
    let held = tags.filter(lens.memory.tags.contains)
    return ConditionTree(
      verdict,
      "tagged: \(tags.joined(by: "or"))",
      value: held.isEmpty ? "not tagged so" : "is \(held.joined(by: "and"))"
    )
  }

  private func inCampaign(_ campaigns: [String], _ verdict: Verdict) -> ConditionTree {
    let inside = campaigns.filter { lens.memory.campaigns[$0]?.enrolment?.isOpen ?? false }
    return ConditionTree(
      verdict,
      "in_campaign: \(campaigns.joined(by: "or"))",
      value: inside.isEmpty ? "not inside" : "inside \(inside.joined(by: "and"))"
    )
  }
}
