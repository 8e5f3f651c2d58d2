import NudgeCore
import NudgeTesting
import Testing

/// Records an issue with the lines that differ, where two runs do not agree.
func expectEqual(
  _ found: String,
  _ expected: String,
  _ comment: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found != expected else { return }
  let difference = Golden.difference(from: expected, to: found)
    .split(separator: "\n").prefix(12).joined(separator: "\n")
  Issue.record(Comment(rawValue: "\(comment)\n\(difference)"), sourceLocation: sourceLocation)
}

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
