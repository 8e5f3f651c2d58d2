extension Visit {
  /// The `only_if` that a decision found false, told as of its instant; `nil` for any other decision.
  ///
  /// It is told by the rules of today and by all that is known now of that instant. Where that makes it hold, a late
  /// event or an edit has changed the answer since.
  func unmet(of step: Step, in campaign: Campaign, by decision: Decision?) -> ConditionTree? {
    guard let decision, decision.reason == .skipped(.condition), let condition = step.onlyIf else {
      return nil
    }
    return engine.tree(
      of: condition,
      in: campaign,
      for: memory.subject,
      world: world,
      now: decision.at
    )
  }
}

extension StepExplanation {
  /// What the last decision found false, for people; empty where it is not the last word.
  var unmetRows: [Page.Row] {
    guard let unmet, outlook == .over else { return [] }
    guard !unmet.holds else {
      return [
        Page.Row(
          "since",
          "by what is known now it would have held: an event came late, or the rules were edited"
        )
      ]
    }
    return [
      Page.Row("because", "✗ \(unmet.brief)", tree: unmet, lead: "✗ \(unmet.text)")
    ]
  }
}
