extension ConditionTeller {
  func traits(
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
    let advice = advice(verdict) { self.advice(on: test, memory) }
    let value = memory?.trait(test.name, at: lens.now)
    let known = value.map(\.words) ?? "not set"
    let sign = value == nil ? "" : test.matches.map(\.sign).joined()
    let brief: Phrase =
      advice.map { "\(test.name) is \(known), \($0.text)" }
      ?? (value == nil ? "\(test.name) is not set" : "\(test.name) \(known)\(sign)")
    return ConditionTree(
      verdict,
      text,
      value: value == nil ? "not set" : "is \(known)",
      advice: advice,
      brief: brief
    )
  }

  private func advice(on test: NamedTest, _ memory: Memory?) -> Advice {
    if let instant = timeAlone(test, memory) {
      return Advice(change: .time(instant), text: "otherwise from \(instant) on")
    }
    let demand = test.matches.map(\.demand).joined(separator: " and ")
    return Advice(
      change: .trait(test, passes: wanted),
      text: wanted ? "would have to \(demand)" : "must not \(demand)",
      isInRule: true
    )
  }

  /// The instant at which time alone turns the answer.
  private func timeAlone(_ test: NamedTest, _ memory: Memory?) -> Timestamp? {
    let verdict = lens.evaluate([test], in: memory)
    guard verdict.until != .never, lens.zoneChange == .never else { return nil }
    let later = Lens(
      rules: lens.rules,
      now: verdict.until,
      memory: lens.memory,
      account: lens.account,
      zone: lens.zone
    )
    return later.evaluate([test], in: memory).holds == verdict.holds ? nil : verdict.until
  }

  func tagged(_ tags: [String], _ verdict: Verdict) -> ConditionTree {
    let held = tags.filter(lens.memory.tags.contains)
    return ConditionTree(
      verdict,
      "tagged: \(tags.joined(by: "or"))",
      value: held.isEmpty ? "not tagged so" : "is \(held.joined(by: "and"))",
      advice: advice(verdict) { self.advice(onTags: wanted ? tags : held) }
    )
  }

  /// The steps that would set or take away the tags.
  private func advice(onTags tags: [String]) -> Advice {
    let steps = lens.rules.set.campaigns.flatMap { campaign in
      campaign.steps.filter { $0.action.turns(tags, on: wanted) }
        .map { "\(campaign.name)/\($0.name)" }
    }
    let verb = wanted ? "sets" : "takes"
    let away = wanted ? "it" : "it away"
    guard !steps.isEmpty else { return .nothing("no step \(verb) \(away)") }
    return .told("\(steps.joined(by: "or")) \(verb) \(away)")
  }

  func inCampaign(_ campaigns: [String], _ verdict: Verdict) -> ConditionTree {
    let inside = campaigns.filter { lens.memory.campaigns[$0]?.enrolment?.isOpen ?? false }
    return ConditionTree(
      verdict,
      "in_campaign: \(campaigns.joined(by: "or"))",
      value: inside.isEmpty ? "not inside" : "inside \(inside.joined(by: "and"))",
      advice: advice(verdict) {
        Advice(
          change: .told,
          text: wanted
            ? "would have to enter \(campaigns.joined(by: "or"))"
            : "until they leave \(inside.joined(by: "and"))",
          isInRule: wanted
        )
      }
    )
  }
}

extension Step.Action {
  /// Whether it sets one of these tags, or takes one away.
  fileprivate func turns(_ tags: [String], on: Bool) -> Bool {
    switch self {
    case .tag(let tag): on && tags.contains(tag)
    case .untag(let tag): !on && tags.contains(tag)
    case .send: false
    }
  }
}

extension Match {
  /// What a value would have to do, behind `would have to`.
  fileprivate var demand: String {
    switch self {
    case .noneOf(let scalars): "be other than \(scalars.map(\.words).joined(by: "or"))"
    case .exists(let expected): expected ? "be set" : "be unset"
    case .contains(let part): "contain \(part.words)"
    case .startsWith(let text): "start with \(text)"
    case .endsWith(let text): "end with \(text)"
    case .anyOf, .number, .before, .after, .withinLast, .olderThan: "be \(words)"
    }
  }
}
