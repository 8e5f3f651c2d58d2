import NudgeCore
import NudgeTesting

extension Scenario {
  /// The scenario played as it comes, to its end.
  func played() -> Rehearsal {
    var rehearsal = Rehearsal(engine)
    rehearsal.live(history.arrivals, until: history.end)
    return rehearsal
  }
}

extension Rehearsal {
  /// Where everybody stands in every model, as JSON.
  func cards(of subjects: [SubjectID], at now: Timestamp) -> String {
    subjects.flatMap { engine.progress(of: $0, in: world, now: now) }
      .map { "\($0.json.json.text)" }.joined(separator: "\n")
  }
}
