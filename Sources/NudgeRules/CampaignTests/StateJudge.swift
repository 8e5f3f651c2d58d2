import NudgeCore

/// Compares where somebody stands with what a test expects.
struct StateJudge {
  let state: StateExpectation
  let rehearsal: Rehearsal

  /// What is not as expected.
  var findings: [CampaignTestRun.Finding] {
    let card = card
    return state.facts.compactMap { fact in
      let answer = answer(to: fact.question, card)
      guard !answer.holds else { return nil }
      return CampaignTestRun.Finding(
        place: fact.place,
        title: "state, \(state.subject.shortText)",
        expected: answer.expected,
        got: answer.got,
        question: nil,
        why: card.map { why(fact.question, $0) } ?? ["\(state.subject) has not started in a model"]
      )
    }
  }

  private var card: ProgressCard? {
    let cards = rehearsal.engine.progress(
      of: state.subject,
      in: rehearsal.world,
      now: state.at
    )
    return cards.first { $0.model == state.model?.text ?? $0.model }
  }

  private struct Answer {
    let holds: Bool
    let expected: String
    let got: String
  }

  private func answer(to question: StateExpectation.Question, _ card: ProgressCard?) -> Answer {
    switch question {
    case .day(let test): number(card.map { Number($0.day) }, test, "day")
    case .score(let name, let test):
      number(card?.score(name).map { Number($0.points) }, test, "score \(name)")
    case .metric(let name, let test):
      number(card?.metrics.first { $0.name == name }?.value, test, "metric \(name)")
    case .pace(let name): word(card?.pace, name, "pace")
    case .health(let name): word(card?.health, name, "health")
    case .segment(let name): word(card?.segment, name, "segment")
    case .activated(let expected):
      word(card?.activatedAt == nil ? "false" : "true", "\(expected)", "activated")
    case .milestones(let names):
      set(card?.milestones.filter { $0.reachedAt != nil }.map(\.name), names, "milestones")
    case .inside(let names): set(campaigns, names, "inside")
    }
  }

  private func number(_ value: Number?, _ test: NumberTest, _ name: String) -> Answer {
    Answer(
      holds: value.map(test.holds) ?? false,
      expected: "\(name) \(test.text)",
      got: "\(name) \(value.map { "\($0)" } ?? "has no value")"
    )
  }

  private func word(_ value: String?, _ expected: String, _ name: String) -> Answer {
    Answer(
      holds: value == expected,
      expected: "\(name) \(expected)",
      got: "\(name) \(value ?? "has no value")"
    )
  }

  private func set(_ found: [String]?, _ names: [ScalarText], _ name: String) -> Answer {
    let expected = names.map(\.text)
    return Answer(
      holds: Set(found ?? []) == Set(expected),
      expected: "\(name) [\(expected.joined(separator: ", "))]",
      got: "\(name) [\((found ?? []).joined(separator: ", "))]"
    )
  }

  private var campaigns: [String] {
    rehearsal.explanation(of: state.subject, nil, [], state.at).campaigns
      .filter { if case .inside = $0.standing { true } else { false } }.map(\.name)
  }

  // MARK: Why

  private func why(_ question: StateExpectation.Question, _ card: ProgressCard) -> [String] {
    switch question {
    case .score(let name, _):
      card.score(name)?.components.map { "\($0.name) \($0.points) of \($0.max): \($0.source)" }
        ?? []
    case .milestones, .activated, .pace: card.milestoneLines
    case .metric, .health, .segment:
      card.metrics.map { "\($0.name) \($0.value.map { "\($0)" } ?? "has no value")" }
        + card.milestoneLines
    case .day: ["started \(card.startedAt.rfc3339)"]
    case .inside: []
    }
  }
}

extension ProgressCard {
  fileprivate func score(_ name: String) -> Score? { scores.first { $0.name == name } }

  fileprivate var milestoneLines: [String] {
    milestones.flatMap { milestone in
      let lines = milestone.condition.lines(style: TextStyle(), in: zone)
      return ["\(milestone.name):"] + lines.map { "  " + $0 }
    }
  }
}

extension NumberTest {
  /// The test as a failure tells it: `2`, `at_least 3`.
  fileprivate var text: String {
    comparisons.map { comparison in
      switch comparison {
      case .exactly(let number): "\(number)"
      case .atLeast(let number): "at_least \(number)"
      case .atMost(let number): "at_most \(number)"
      case .above(let number): "above \(number)"
      case .below(let number): "below \(number)"
      case .between(let low, let high): "between \(low) and \(high)"
      }
    }
    .joined(separator: " and ")
  }
}
