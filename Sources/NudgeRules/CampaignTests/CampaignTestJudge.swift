import NudgeCore

/// Compares what followed with what a test expects.
struct CampaignTestJudge {
  let test: CampaignTest
  let rules: TestRules
  /// Decisions after it are none of the test's.
  let end: Timestamp

  private typealias Finding = CampaignTestRun.Finding
  private typealias Question = CampaignTestRun.Question

  /// Everything that is not as expected.
  func findings(
    _ outcome: CampaignTestRun.Outcome,
    everybody: [SubjectID]
  ) -> [CampaignTestRun.Finding] {
    let decisions = outcome.decisions.filter { $0.at <= end }
    let sent = test.expectation.sent.map { findings(in: $0, decisions, everybody) } ?? []
    let absent = test.expectation.absences.enumerated().flatMap { place, absence in
      findings(absence, number: place + 1, outcome, decisions, everybody)
    }
    return sent + absent + outcome.findings
  }

  // MARK: What goes out

  private func findings(
    in list: Expectation.SentList,
    _ decisions: [Decision],
    _ everybody: [SubjectID]
  ) -> [CampaignTestRun.Finding] {
    let sent = decisions.filter { $0.outcome == .sent }
    return SentComparison(list.items, sent).differences.map { difference in
      switch difference {
      case .other(let item, let number, let decision): other(item, number, decision)
      case .missing(let item, let number): missing(item, number, decisions, everybody)
      case .extra(let decision): extra(decision, at: list.place)
      }
    }
  }

  private func other(_ item: Expectation.Sent, _ number: Int, _ decision: Decision) -> Finding {
    let isDisordered = item.agrees(with: decision)
    let late = item.lateByMilliseconds == nil ? nil : decision.lateText
    return Finding(
      place: item.place,
      title: "sent, item \(number)",
      expected: "\(time(item.at, decision.at))  \(item.sendingText)",
      got: "\(time(decision.at, item.at))  \(decision.sendingText)\(late ?? "")"
        + (isDisordered ? ", in another place of the order" : ""),
      question: Question(
        at: item.at,
        subject: decision.subject,
        campaign: decision.campaign,
        step: decision.step
      )
    )
  }

  private func missing(
    _ item: Expectation.Sent,
    _ number: Int,
    _ decisions: [Decision],
    _ everybody: [SubjectID]
  ) -> Finding {
    Finding(
      place: item.place,
      title: "sent, item \(number)",
      expected: "\(time(item.at))  \(item.sendingText)",
      got: nearest(to: item.sending, at: item.at, decisions) ?? "nothing",
      question: question(item.sending, at: item.at, decisions, everybody)
    )
  }

  private func extra(_ decision: Decision, at place: Place) -> Finding {
    Finding(
      place: place,
      title: "sent",
      expected: "nothing more",
      got: "\(time(decision.at))  \(decision.sendingText)",
      question: Question(
        at: decision.at,
        subject: decision.subject,
        campaign: decision.campaign,
        step: decision.step
      )
    )
  }

  // MARK: What does not go out

  private func findings(
    _ absence: Expectation.Absence,
    number: Int,
    _ outcome: CampaignTestRun.Outcome,
    _ decisions: [Decision],
    _ everybody: [SubjectID]
  ) -> [CampaignTestRun.Finding] {
    let own = decisions.filter { absence.at == nil || $0.at == absence.at }
    let sent = own.first { $0.outcome == .sent && absence.sending.means($0) }
    if sent == nil, holds(absence, outcome, own, everybody) { return [] }
    let got = sent.map { "sent \(time($0.at))  \($0.sendingText)" }
    let at = sent?.at ?? absence.at ?? nearestInstant(to: absence.sending, decisions)
    return [
      Finding(
        place: absence.place,
        title: "not_sent, item \(number)",
        expected: "no \(absence.sending.text)" + (absence.because.map { ": \($0.text)" } ?? ""),
        got: got ?? nearest(to: absence.sending, at: at, decisions) ?? "nothing was planned",
        question: question(absence.sending, at: at, decisions, everybody)
      )
    ]
  }

  private func holds(
    _ absence: Expectation.Absence,
    _ outcome: CampaignTestRun.Outcome,
    _ decisions: [Decision],
    _ everybody: [SubjectID]
  ) -> Bool {
    guard let because = absence.because?.text else { return true }
    guard absence.isWait else {
      let last = decisions.last { absence.sending.meansUnsent($0) }
      return last?.reason.code == because
    }
    let code = because + (absence.at.map { " \($0)" } ?? "")
    return absence.sending.subjects(among: Set(everybody), rules.base).contains { subject in
      let sending = absence.sending
      return outcome.waits.contains(
        CampaignTestRun.SeenWait(
          subject: subject,
          campaign: sending.campaign,
          step: sending.step,
          code: code
        )
      )
    }
  }

  // MARK: What there was instead

  /// The final decision of the step that is nearest in time.
  private func nearestDecision(
    to sending: Expectation.Sending,
    at instant: Timestamp,
    _ decisions: [Decision]
  ) -> Decision? {
    decisions.filter(sending.meansUnsent).min {
      abs($0.at.milliseconds(since: instant)) < abs($1.at.milliseconds(since: instant))
    }
  }

  private func nearest(
    to sending: Expectation.Sending,
    at instant: Timestamp,
    _ decisions: [Decision]
  ) -> String? {
    guard let decision = nearestDecision(to: sending, at: instant, decisions) else { return nil }
    guard decision.outcome != .sent else {
      return "\(time(decision.at))  \(decision.sendingText)"
    }
    let cause = decision.cause.map { " (\($0))" } ?? ""
    return "\(decision.reason.code)\(cause) \(time(decision.at))"
  }

  private func nearestInstant(
    to sending: Expectation.Sending,
    _ decisions: [Decision]
  ) -> Timestamp {
    decisions.last(where: sending.meansUnsent)?.at ?? end
  }

  private func question(
    _ sending: Expectation.Sending,
    at instant: Timestamp,
    _ decisions: [Decision],
    _ everybody: [SubjectID]
  ) -> CampaignTestRun.Question? {
    let subject =
      nearestDecision(to: sending, at: instant, decisions)?.subject
      ?? sending.subjects(among: Set(everybody), rules.base).first
    return subject.map {
      Question(at: instant, subject: $0, campaign: sending.campaign, step: sending.step)
    }
  }

  // MARK: Words

  /// An instant in the test's zone; in full, where it would read like another one that it is not.
  private func time(_ instant: Timestamp, _ other: Timestamp? = nil) -> String {
    let text = instant.text(in: test.timeline.zone)
    guard let other, other != instant, other.text(in: test.timeline.zone) == text else {
      return text
    }
    return instant.rfc3339
  }
}

extension Decision {
  fileprivate var lateText: String {
    lateByMilliseconds == 0
      ? ", on time" : ", \(Span.clockText(milliseconds: lateByMilliseconds)) late"
  }
}
