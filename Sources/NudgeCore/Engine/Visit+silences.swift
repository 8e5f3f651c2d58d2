extension Visit {
  /// The silence that keeps a step quiet now; of several the one that lasts longest.
  func silence(of step: Step, _ recipient: SubjectID, _ campaign: Campaign) -> Silence? {
    if engine.silences.isEmpty { return nil }
    return engine.silences
      .filter { $0.holds(at: now) && covers($0, step, recipient, campaign) }
      .max { ($0.until, $1.id) < ($1.until, $0.id) }
  }

  /// Whether the silence that a plan waits for holds no more, or no more for it.
  func hasSilenceEnded(_ plan: Plan, _ campaign: Campaign, _ step: Step) -> Bool {
    guard let recipient = recipient(of: step, plan, campaign) else { return true }
    return !engine.silences.contains {
      $0.id == plan.waiting?.cause && $0.holds(at: now) && covers($0, step, recipient, campaign)
    }
  }

  /// Tags are held back by a pause alone: nothing of them is heard.
  private func covers(
    _ silence: Silence,
    _ step: Step,
    _ recipient: SubjectID,
    _ campaign: Campaign
  ) -> Bool {
    guard silence.campaign ?? campaign.name == campaign.name else { return false }
    guard let channel = channel(of: step) else { return silence.isPause }
    guard silence.channel ?? channel.name == channel.name else { return false }
    return silence.subject.map { isAbout($0, recipient) } ?? true
  }

  /// Whether an intervention to a recipient is about a subject: its own, its recipient's, or their account's.
  private func isAbout(_ subject: SubjectID, _ recipient: SubjectID) -> Bool {
    if subject == memory.subject || subject == recipient { return true }
    guard subject.kind == .account else { return false }
    let accounts = memory.accounts + (world.memories[recipient]?.accounts ?? [])
    return accounts.contains(subject.id)
  }
}

extension Memory {
  /// Everybody whose plans a silence of this subject may have held back: its accounts, its members, and
  /// those who write to it.
  public var surroundings: [SubjectID] {
    let related = accounts.map(SubjectID.account) + members.map(SubjectID.user) + watchers
    return ([subject] + related).sorted()
  }

  /// Whether some plan waits for a silence to end.
  var isSilenced: Bool {
    campaigns.values.contains { record in
      record.enrolment?.isOpen == true
        && record.enrolment?.steps.values.contains { $0.plan?.waiting?.reason == .silenced } == true
    }
  }

  /// How many plans are open in each campaign, by name; those that are held back are among them.
  public var openPlans: [String: Int] {
    var plans: [String: Int] = [:]
    for (name, record) in campaigns {
      guard let enrolment = record.enrolment, enrolment.isOpen else { continue }
      plans[name] = enrolment.steps.values.count { $0.plan != nil }
    }
    return plans
  }
}
