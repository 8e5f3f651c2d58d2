extension Explanation {
  /// Why a step of the first campaign went out or did not, in a few lines.
  ///
  /// Whether the subject is inside; if not, the condition that keeps it out or ended its passage, opened up; if it is,
  /// what became of the step.
  public func why(_ step: String, style: TextStyle) -> [String] {
    guard isKnown else { return ["nothing is known of \(subject)"] }
    guard let campaign = campaigns.first else { return ["there is no such campaign"] }
    return campaign.why(step, Page(style: style, zone: campaign.zone, now: now))
  }
}

extension CampaignExplanation {
  fileprivate func why(_ step: String, _ page: Page) -> [String] {
    switch standing {
    case .removed: ["the campaign is no longer in the rules"]
    case .outside: outside(page)
    case .left(_, _, let at, "finished"): [page.text("finished \(at)")] + told(of: step, page)
    case .left(_, _, let at, let code): left(at, code, step, page)
    case .inside(_, let since): [page.text("inside since \(since)")] + told(of: step, page)
    }
  }

  private func outside(_ page: Page) -> [String] {
    hindrances.flatMap { hindrance in
      [page.text("not entered: \(hindrance.text)")]
        + (hindrance.condition.map { opened($0, page) } ?? [])
    }
  }

  private func left(_ at: Timestamp, _ code: String, _ step: String, _ page: Page) -> [String] {
    let name = code.hasPrefix("left.") ? String(code.dropFirst(5)) : code
    let condition =
      name == "while-ended" ? stays : exits.first { $0.name == name }?.condition
    let tree = condition.map { [indented($0.ownLine(page.style, page.zone))] + opened($0, page) }
    return [page.text("left \(at) as \(name)")] + (tree ?? told(of: step, page))
  }

  /// What is inside of a condition, one line each.
  private func opened(_ tree: ConditionTree, _ page: Page) -> [String] {
    tree.childLines(style: page.style, in: page.zone).map(indented)
  }

  private func told(of name: String, _ page: Page) -> [String] {
    guard let step = steps.first(where: { $0.name == name }) else {
      return ["it has no step \(name)"]
    }
    return step.lines(width: name.count, page, tellsUnmet: false)
  }

  private func indented(_ line: String) -> String { "  " + line }
}
