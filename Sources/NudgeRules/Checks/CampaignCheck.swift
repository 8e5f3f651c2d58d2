import NudgeCore

/// Looks at a whole campaign for what is written well and means nothing good.
struct CampaignCheck {
  let session: RuleSession
  let policy: Policy
  let campaign: Campaign
  let map: MapReader
  let steps: [ReadStep]

  /// Reports everything.
  func run() {
    checkCompleteness()
    checkContradictions()
    checkLeaving()
    for step in steps { StepCheck(session: session, policy: policy, read: step).run() }
    CapCheck(policy: policy, steps: steps).run()
  }

  private func checkCompleteness() {
    let missing = ["description", "owner", "mode"].filter { !map.has($0) }
    guard !missing.isEmpty else { return }
    let list = missing.map { "`\($0)`" }.joined(separator: ", ")
    session.collector.report(.incompleteDefinition, at: map.place, "\(map.title) has no \(list)")
  }

  private func checkLeaving() {
    guard campaign.stays == nil, campaign.leaveWhen.isEmpty, campaign.reEnter == .always else {
      return
    }
    map.report(
      .neverLeaves,
      at: "re_enter",
      "\(map.title) takes people in again and again and lets nobody out",
      label: ["add `while` or `leave_when`"]
    )
  }

  private func checkContradictions() {
    let outline = session.models[campaign.model]
    let check = ContradictionCheck(
      milestones: outline.milestones.count,
      categories: outline.categories.count
    )
    for (key, condition) in [("who", campaign.who), ("while", campaign.stays)] {
      guard let condition, check.isContradictory(condition) else { continue }
      map.report(.neverTrue, at: key, "`\(key)` of \(map.title) contradicts itself")
    }
    if let who = campaign.who, let stays = campaign.stays, check.areContradictory(who, stays) {
      map.report(
        .sameFactInAndOut,
        at: "while",
        "`while` of \(map.title) contradicts `who`",
        label: ["nobody can enter"]
      )
    }
    for (index, exit) in campaign.leaveWhen.enumerated() { checkExit(exit, at: index) }
  }

  private func checkExit(_ exit: Campaign.Exit, at index: Int) {
    for (key, condition) in [("who", campaign.who), ("while", campaign.stays)] {
      guard let condition, condition.conjuncts.contains(exit.when) || condition == exit.when,
        let node = map.node("leave_when")?.elements?[index]
      else { continue }
      session.collector.report(
        .sameFactInAndOut,
        at: node.entries?.first?.place ?? node.place,
        "way out `\(exit.name)` of \(map.title) asks for what `\(key)` asks for",
        label: ["everybody leaves at once"]
      )
      return
    }
  }
}
