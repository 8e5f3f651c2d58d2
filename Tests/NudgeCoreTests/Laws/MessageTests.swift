import NudgeTesting
import Testing

@testable import NudgeCore

@Suite(.namesCase) struct `A message` {
  @Test(arguments: Scenario.seeds(60))
  func `goes to nobody who must not be nudged`(seeds: Seeds) {
    seeds.each { seed in
      let scenario = Scenario(seed: seed)
      var playthrough = Playthrough(scenario.engine)
      var judge = Judge(rules: scenario.rules.ruleSet)
      for happening in scenario.happenings {
        playthrough.rehearsal.advance(to: happening.at)
        judge.judge(playthrough.rehearsal.drain())
        judge.hear(happening)
        playthrough.perform(happening)
        judge.judge(playthrough.rehearsal.drain())
      }
      playthrough.rehearsal.advance(to: scenario.history.end)
      judge.judge(playthrough.rehearsal.drain())
    }
  }
}

/// Looks at every sent message with nothing but the rules and what has happened before.
private struct Judge {
  private struct Passage: Hashable {
    let subject: SubjectID
    let campaign: String
    let number: Int
  }

  private struct Sent {
    let at: Timestamp
    let channel: String
    /// Its campaign and step.
    let from: [String]
  }

  private var rules: RuleSet
  private var silences: [Silence] = []
  private var witness: Witness
  private var open: Set<Passage> = []
  private var sent: [SubjectID: [Sent]] = [:]

  init(rules: RuleSet) {
    self.rules = rules
    witness = Witness(policy: rules.policy)
  }

  /// What happens next, and holds from now on.
  mutating func hear(_ happening: Happening) {
    switch happening {
    case .arrival(let arrival): witness.hear(arrival.event)
    case .silence(let act, let at): silences = silences.applying(act, at: at)
    case .deploy(let rules, _): self.rules = rules
    }
  }

  /// What followed from one stimulus, or from timers between two of them.
  mutating func judge(_ effects: Effects) {
    let passages = effects.enrolments.map { change in
      let passage = Passage(
        subject: change.subject,
        campaign: change.campaign,
        number: change.number
      )
      return (passage: passage, isOver: change.endedAt != nil)
    }
    open.formUnion(passages.map(\.passage))
    let expiries = Dictionary(
      uniqueKeysWithValues: effects.interventions.map { ($0.id, $0.expiresAt) }
    )
    for decision in effects.decisions where decision.outcome == .sent {
      judge(decision, expiresAt: expiries[decision.id] ?? .never)
    }
    open.subtract(passages.filter(\.isOver).map(\.passage))
  }

  private mutating func judge(_ decision: Decision, expiresAt: Timestamp) {
    guard let campaign = rules.campaigns.first(where: { $0.name == decision.campaign }),
      let step = campaign.steps.first(where: { $0.name == decision.step }), let to = decision.to
    else {
      Issue.record("sent by nobody, or to nobody: \(decision.line)")
      return
    }
    let passage = Passage(
      subject: decision.subject,
      campaign: decision.campaign,
      number: decision.enrolment
    )
    #expect(open.contains(passage), "out of the campaign: \(decision.line)")
    #expect(campaign.mode == .live, "not live: \(decision.line)")
    #expect(!isHeldOut(decision.subject, of: campaign), "held out: \(decision.line)")
    #expect(decision.at <= expiresAt, "expired: \(decision.line)")
    judgeExpiry(decision, step)
    #expect(!isSilenced(decision, to), "silenced: \(decision.line)")
    guard case .send(let name) = step.action else { return }
    let channel = rules.policy.channels[name] ?? .builtIn(name)
    for subject in [decision.subject, to] {
      #expect(!witness.isUnsubscribed(subject, at: decision.at), "unsubscribed: \(decision.line)")
    }
    guard channel.kind == .message else { return }
    judge(decision, campaign, step, channel, to)
  }

  private mutating func judge(
    _ decision: Decision,
    _ campaign: Campaign,
    _ step: Step,
    _ channel: Channel,
    _ to: SubjectID
  ) {
    let whose = to == decision.subject || witness.knows(to) ? to : decision.subject
    let zone = witness.zone(of: whose, in: campaign, at: decision.at)
    if !channel.ignoresQuietHours, !step.ignoresQuietHours {
      #expect(!witness.isQuiet(decision.at, in: zone), "quiet: \(decision.line)")
    }
    let message = Sent(
      at: decision.at,
      channel: channel.name,
      from: [decision.campaign, decision.step]
    )
    let sent = sent(to: to, besides: message, gatheredBy: step)
    for cap in rules.policy.caps where cap.channels?.contains(channel.name) ?? true {
      let before = sent.count { message in
        cap.channels?.contains(message.channel) ?? true
          && decision.at < cap.per.windowEnd(from: message.at, in: zone)
      }
      let isHeld = step.capUse != .exempt
      #expect(!isHeld || before < cap.atMost, "over \(cap.name): \(decision.line)")
    }
    guard step.capUse != .notCounted else { return }
    self.sent[to] = sent + [message]
  }

  /// The messages to a recipient without those that become one with this one.
  private func sent(to: SubjectID, besides message: Sent, gatheredBy step: Step) -> [Sent] {
    (sent[to] ?? []).filter {
      step.groupBy == nil || $0.at != message.at || $0.from != message.from
    }
  }

  /// Where the planned instant is the nominal one, the expiry can be told from outside.
  private func judgeExpiry(_ decision: Decision, _ step: Step) {
    guard step.days == nil, step.notBefore == nil, case .clock(let milliseconds) = step.expires
    else { return }
    let latest = decision.nominalAt.adding(milliseconds: milliseconds)
    #expect(decision.at <= latest, "expired: \(decision.line)")
  }

  /// Silences cover every channel that they do not exclude; tags are held back by a pause alone.
  private func isSilenced(_ decision: Decision, _ to: SubjectID) -> Bool {
    let about = Set([decision.subject, to])
    let accounts = Set(about.flatMap { witness.accounts(of: $0) })
    return silences.contains { silence in
      silence.holds(at: decision.at) && silence.campaign ?? decision.campaign == decision.campaign
        && (decision.channel == nil
          ? silence.isPause
          : (silence.channel ?? decision.channel) == decision.channel
            && silence.subject.map { about.union(accounts).contains($0) } ?? true)
    }
  }

  /// Ruling 74, in floating point, which is exact enough for other numbers than the share's.
  private func isHeldOut(_ subject: SubjectID, of campaign: Campaign) -> Bool {
    guard let share = campaign.holdout?.approximate else { return false }
    let digest = Digest.sha256(joining: [
      campaign.holdoutGroup ?? campaign.was ?? campaign.name, subject.id,
    ])
    let unit = digest.prefix(8).reduce(0.0) { $0 * 256 + Double($1) } / 0x1p64
    return unit < share
  }
}
