extension ProgressCard {
  /// The card for people: when it began, how far each milestone is, and every number, one a line.
  public func text(style: TextStyle) -> String {
    let began = style.text("\(zoned: startedAt)", in: zone)
    let head = "\(subject.id) (\(zone.name))  \(model): started \(began), day \(day)"
    return ([head] + milestoneLines(style) + aligned(standing(style)) + metricLines)
      .joined(separator: "\n") + "\n"
  }

  private func milestoneLines(_ style: TextStyle) -> [String] {
    let reached = milestones.count { $0.reachedAt != nil }
    let rows = milestones.map { milestone in
      let mark = style.mark(milestone.reachedAt != nil)
      return ["    \(mark) \(milestone.name)", milestone.standing(style, zone)]
    }
    return ["  milestones  \(reached) of \(milestones.count)"] + aligned(rows)
  }

  private func standing(_ style: TextStyle) -> [[String]] {
    let activated = activatedAt.map { style.text("\($0)", in: zone) } ?? "not yet"
    let ladders = [("pace", pace), ("segment", segment), ("health", health)]
    let scores = scores.map { ["  \($0.name)", $0.headline] }
    return [["  activated", activated]]
      + ladders.compactMap { name, value in
        value.map { ["  \(name)", $0] }
      } + scores
  }

  private var metricLines: [String] {
    guard !metrics.isEmpty else { return [] }
    let rows = metrics.map { ["    \($0.name)", $0.value.map { "\($0)" } ?? "no value"] }
    return ["  metrics"] + aligned(rows)
  }

  /// One score as the sum that it is.
  public func text(of score: Score) -> String {
    let rows = score.components.map { part in
      ["  \(part.name)", "\(part.points)", "of \(part.max)", part.source]
    }
    let head = "\(subject.id)  \(model)/\(score.name): \(score.headline)"
    return ([head] + aligned(rows)).joined(separator: "\n") + "\n"
  }
}

extension ProgressCard.Score {
  fileprivate var headline: String { "\(points)" + (band.map { " (\($0))" } ?? "") }
}

extension ProgressCard.Milestone {
  /// When it was reached, or how far it is.
  fileprivate func standing(_ style: TextStyle, _ zone: Zone) -> String {
    if let reachedAt { return style.text("\(reachedAt)", in: zone) }
    return condition.line(style: style, in: zone)
  }
}
