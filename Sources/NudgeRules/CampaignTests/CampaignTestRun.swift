import NudgeCore

extension LoadedTests {
  /// Runs one of its tests.
  public func run(_ test: CampaignTest) -> CampaignTestResult {
    guard let rules else { preconditionFailure("\(source.path) has errors and cannot be run") }
    return CampaignTestRun(test: test, rules: rules).result()
  }
}

/// Plays a test and judges what followed.
struct CampaignTestRun {
  let test: CampaignTest
  let rules: TestRules

  /// What a first run shows.
  struct Outcome {
    var decisions: [Decision] = []
    var findings: [Finding] = []
    /// The waits that were seen, for expectations that name no instant.
    var waits: Set<SeenWait> = []
  }

  /// A wait of a step.
  struct SeenWait: Hashable {
    let subject: SubjectID
    let campaign: String
    let step: String
    let code: String
  }

  /// Something that is not as expected, before it is explained.
  struct Finding {
    let place: Place
    let title: String
    let expected: String
    let got: String
    /// When to ask why; `nil`: the explanation is there.
    let question: Question?
    var why: [String] = []
  }

  /// Whom and what to ask why.
  struct Question: Hashable {
    let at: Timestamp
    let subject: SubjectID
    let campaign: String
    let step: String
  }

  /// Runs the test; once more, when it failed, to explain.
  func result() -> CampaignTestResult {
    var playback = Playback(test.timeline, rules: rules)
    var coverage = ConditionCoverage(of: playback.rehearsal.engine)
    let end = playback.end
    var outcome = Outcome()
    var coversRules = true
    playback.play(looks: looks) { moment, now, effects, rehearsal in
      if case .given(let given) = moment, given.isDeploy { coversRules = false }
      outcome.decisions += effects.decisions
      if coversRules {
        coverage.note(effects.touched, in: rehearsal.world, by: rehearsal.engine, now: now)
      }
      look(moment, now, effects.touched, rehearsal, &outcome)
    }
    let judge = CampaignTestJudge(test: test, rules: rules, end: end)
    let findings = judge.findings(outcome, everybody: Array(playback.rehearsal.world.memories.keys))
    let sent = outcome.decisions.filter { $0.outcome == .sent && $0.at <= end }
    return CampaignTestResult(
      test: test,
      sent: sent,
      failures: explained(findings),
      answers: coverage.answers,
      sentSteps: Set(sent.map { "\($0.campaign)/\($0.step)" })
    )
  }

  private var looks: [Timestamp] {
    test.expectation.states.map(\.at) + test.expectation.absences.compactMap(\.at)
  }

  // MARK: Looking

  private func look(
    _ moment: Playback.Moment,
    _ now: Timestamp,
    _ touched: Set<SubjectID>,
    _ rehearsal: Rehearsal,
    _ outcome: inout Outcome
  ) {
    let waits = test.expectation.absences.filter(\.isWait)
    switch moment {
    case .given, .due:
      for absence in waits where absence.at == nil {
        let subjects = absence.sending.subjects(among: touched, rules.base)
        outcome.note(absence, of: subjects, in: rehearsal, outcome.decisions, now)
      }
    case .look:
      for absence in waits where absence.at == now {
        let everybody = Set(rehearsal.world.memories.keys)
        let subjects = absence.sending.subjects(among: everybody, rules.base)
        outcome.note(absence, of: subjects, in: rehearsal, outcome.decisions, now)
      }
      for state in test.expectation.states where state.at == now {
        outcome.findings += StateJudge(state: state, rehearsal: rehearsal).findings
      }
    }
  }

  // MARK: Explaining

  private func explained(_ findings: [Finding]) -> [CampaignTestFailure] {
    let answers = answers(to: Set(findings.compactMap(\.question)))
    return findings.sorted { $0.place < $1.place }.map { finding in
      CampaignTestFailure(
        place: finding.place,
        title: finding.title,
        expected: finding.expected,
        got: finding.got,
        why: finding.question.flatMap { answers[$0] } ?? finding.why
      )
    }
  }

  private func answers(to questions: Set<Question>) -> [Question: [String]] {
    guard !questions.isEmpty else { return [:] }
    var playback = Playback(test.timeline, rules: rules)
    var decisions: [Decision] = []
    var answers: [Question: [String]] = [:]
    playback.play(looks: questions.map(\.at)) { moment, now, effects, rehearsal in
      decisions += effects.decisions
      guard case .look = moment else { return }
      for question in questions where question.at == now {
        let explanation = rehearsal.explanation(
          of: question.subject,
          question.campaign,
          decisions,
          now
        )
        answers[question] =
          explanation.why(question.step, style: TextStyle())
          + rehearsal.unmet(question, decisions, in: explanation.zone)
      }
    }
    return answers
  }
}

extension CampaignTestRun.Outcome {
  /// Notes for what a step of these people waits.
  fileprivate mutating func note(
    _ absence: Expectation.Absence,
    of subjects: [SubjectID],
    in rehearsal: Rehearsal,
    _ decisions: [Decision],
    _ now: Timestamp
  ) {
    for subject in subjects {
      let explanation = rehearsal.explanation(of: subject, absence.sending.campaign, decisions, now)
      let steps = explanation.campaigns.flatMap(\.steps).filter { $0.name == absence.sending.step }
      for step in steps {
        guard case .planned(let plan) = step.outlook, let code = plan.waitingCode(at: now) else {
          continue
        }
        waits.insert(
          CampaignTestRun.SeenWait(
            subject: subject,
            campaign: absence.sending.campaign,
            step: absence.sending.step,
            code: code.rawValue + (absence.at == nil ? "" : " \(now)")
          )
        )
      }
    }
  }
}

extension Rehearsal {
  /// The `only_if` of a step that was just skipped for it, opened up.
  fileprivate func unmet(
    _ question: CampaignTestRun.Question,
    _ decisions: [Decision],
    in zone: Zone
  ) -> [String] {
    let isSkipped = decisions.contains { decision in
      decision.subject == question.subject && decision.campaign == question.campaign
        && decision.step == question.step && decision.at == question.at
        && decision.reason == .skipped(.condition)
    }
    let campaign = engine.rules.set.campaigns.first { $0.name == question.campaign }
    guard isSkipped, let campaign,
      let onlyIf = campaign.steps.first(where: { $0.name == question.step })?.onlyIf
    else { return [] }
    let tree = engine.tree(
      of: onlyIf,
      in: campaign,
      for: question.subject,
      world: world,
      now: question.at
    )
    return tree?.lines(style: TextStyle(), in: zone).map { "    " + $0 } ?? []
  }
}

extension PlanExplanation {
  /// What the plan waits for; a weekday, when `days` has moved it past its own instant.
  fileprivate func waitingCode(at now: Timestamp) -> ReasonCode? {
    if let waiting { return waiting.code }
    return movedBy.contains("days") && nominalAt <= now ? .waitingDays : nil
  }
}

extension Rehearsal {
  /// The explanation of a subject in a campaign, with its decisions so far.
  func explanation(
    of subject: SubjectID,
    _ campaign: String?,
    _ decisions: [Decision],
    _ now: Timestamp
  ) -> Explanation {
    engine.explanation(
      of: subject,
      campaign: campaign,
      in: world,
      decisions: decisions.filter { $0.subject == subject },
      now: now
    )
  }
}

extension Expectation.Absence {
  /// Whether it asks for a plan that waits.
  var isWait: Bool { because?.text.hasPrefix("waiting.") ?? false }
}

extension Expectation.Sending {
  /// Those of some subjects that it may be about.
  func subjects(among subjects: Set<SubjectID>, _ rules: RuleSet) -> [SubjectID] {
    let kind = rules.campaigns.first { $0.name == campaign }.map { rules.models[$0.model].subject }
    let named = subjects.filter { subject in
      subject.kind == kind ?? subject.kind && about.map { $0.means(subject) } ?? true
    }
    let meant = named.filter { subject in to.map { $0.means(subject) } ?? true }
    return (meant.isEmpty ? named : meant).sorted()
  }
}

extension Given {
  fileprivate var isDeploy: Bool {
    if case .deploy = act { true } else { false }
  }
}
