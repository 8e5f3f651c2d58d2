extension ProgressCard {
  /// The milestone to go for next: of the open ones that with the greatest weight, the first of equals; `nil` when all
  /// are reached.
  public var nextMilestone: Milestone? {
    let open = milestones.filter { $0.reachedAt == nil }
    return open.reduce(nil) { best, milestone in
      best.map { milestone.weight > $0.weight ? milestone : $0 } ?? milestone
    }
  }

  /// The card as a product shows it: `json` with what is done, what comes next, and how far each milestone is.
  public var checklist: JSONValue {
    guard case .object(let members) = json else { return json }
    return .object(
      members + [
        .init("milestones_done", .whole(milestones.count { $0.reachedAt != nil })),
        .init("milestones_total", .whole(milestones.count)),
        .init("next_milestone", .optional(nextMilestone?.name)),
        .init("checklist", .array(milestones.map { $0.json(in: zone) })),
      ]
    )
  }
}

extension ProgressCard.Milestone {
  fileprivate func json(in zone: Zone) -> JSONValue {
    .object([
      .init("name", .string(name)),
      .init("category", .optional(category)),
      .init("weight", .number(weight)),
      .init("done", .bool(reachedAt != nil)),
      .init("reached_at", reachedAt?.json ?? .null),
      .init("count", condition.count.map { .whole($0.done) } ?? .null),
      .init("of", condition.count.map { .whole($0.needed) } ?? .null),
      .init("text", .string(condition.line(style: TextStyle(), in: zone))),
    ])
  }
}
