import NudgeCore

/// Finds parts of a model that depend on themselves.
struct CycleCheck {
  /// A part of a model whose value follows from other parts.
  private enum Part: Hashable {
    case milestone(Int)
    case metric(Int)
    case score(Int)
    case activated
    case pace
    case segments
    case health
  }

  let model: Model

  /// Reports the first circle, if there is one.
  func report(at place: Place, to collector: DiagnosticCollector) {
    var finished: Set<Part> = []
    for part in parts {
      guard let circle = circle(from: part, path: [], finished: &finished) else { continue }
      let names = circle.map(name).joined(separator: " → ")
      collector.report(
        .cycle,
        at: place,
        "parts of model `\(model.name)` refer to each other: \(names)"
      )
      return
    }
  }

  private var parts: [Part] {
    model.milestones.indices.map { .milestone($0) } + model.metrics.indices.map { .metric($0) }
      + model.scores.indices.map { .score($0) } + [.activated, .pace, .segments, .health]
  }

  private func circle(from part: Part, path: [Part], finished: inout Set<Part>) -> [Part]? {
    if let start = path.firstIndex(of: part) { return Array(path[start...]) + [part] }
    guard !finished.contains(part) else { return nil }
    for next in needs(of: part) {
      if let found = circle(from: next, path: path + [part], finished: &finished) { return found }
    }
    finished.insert(part)
    return nil
  }

  private func needs(of part: Part) -> [Part] {
    switch part {
    case .milestone(let index): needs(of: model.milestones[index].reachedWhen)
    case .metric(let index): needs(of: model.metrics[index].measure)
    case .score(let index): model.scores[index].components.flatMap(needs)
    case .activated: model.activatedWhen.map(needs) ?? []
    case .pace: [.activated]
    case .segments: model.segments.compactMap(\.when).flatMap(needs)
    case .health: model.health.compactMap(\.when).flatMap(needs)
    }
  }

  private var allMilestones: [Part] { model.milestones.indices.map { .milestone($0) } }

  private func needs(of component: Score.Component) -> [Part] {
    switch component.source {
    case .milestoneWeights, .timeToFirstMilestone: allMilestones
    case .metric(let index): [.metric(index)]
    }
  }

  private func needs(of measure: Metric.Measure) -> [Part] {
    switch measure {
    case .count(let fact), .daysWith(let fact), .weeksWith(let fact, _), .distinct(let fact),
      .sum(let fact), .daysSince(let fact), .members(let fact, _):
      needs(of: fact)
    case .ratio(let left, let right): needs(of: left) + needs(of: right)
    }
  }

  private func needs(of term: Metric.RatioTerm) -> [Part] {
    if case .metric(let index) = term { [.metric(index)] } else { [] }
  }

  private func needs(of fact: EventFact) -> [Part] {
    switch fact.window {
    case .since(.milestone(let index)), .withinFirst(_, .milestone(let index)): [.milestone(index)]
    case .always, .within, .since, .withinFirst: []
    }
  }

  private func needs(of condition: Condition) -> [Part] {
    switch condition {
    case .all(let inner), .any(let inner), .none(let inner): inner.flatMap(needs)
    case .not(let inner), .audience(_, let inner): needs(of: inner)
    case .did(let fact, _, isDidNot: _), .members(_, let fact, _): needs(of: fact)
    case .reached(let milestones), .missing(let milestones): milestones.map { .milestone($0) }
    case .milestonesReached, .categoriesReached: allMilestones
    case .activated: [.activated]
    case .pace: [.pace]
    case .health: [.health]
    case .segment: [.segments]
    case .score(let tests): tests.map { .score($0.index) }
    case .metric(let tests): tests.map { .metric($0.index) }
    case .trait, .accountTrait, .tagged, .day, .inCampaign: []
    }
  }

  private func name(_ part: Part) -> String {
    switch part {
    case .milestone(let index): "milestone `\(model.milestones[index].name)`"
    case .metric(let index): "metric `\(model.metrics[index].name)`"
    case .score(let index): "score `\(model.scores[index].name)`"
    case .activated: "`activated_when`"
    case .pace: "`pace`"
    case .segments: "`segments`"
    case .health: "`health`"
    }
  }
}
