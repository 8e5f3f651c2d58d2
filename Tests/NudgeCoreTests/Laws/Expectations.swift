import NudgeCore
import NudgeTesting

extension Scenario {
  /// The scenario played with all that operators do, to its end.
  func played() -> Rehearsal { played(happenings) }

  /// The scenario played as some of it comes, to its end.
  func played(_ happenings: [Happening], under rules: RuleSet? = nil) -> Rehearsal {
    var playthrough = Playthrough(engine(for: rules ?? self.rules.ruleSet))
    for happening in happenings { playthrough.perform(happening) }
    playthrough.rehearsal.advance(to: history.end)
    return playthrough.rehearsal
  }

  /// The scenario's events alone, played to the end.
  func playedEvents() -> Rehearsal {
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
