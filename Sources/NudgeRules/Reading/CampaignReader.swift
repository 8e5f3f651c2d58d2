import NudgeCore

/// Reads campaigns.
struct CampaignReader {
  let session: RuleSession
  let policy: Policy

  /// The campaign of a definition; `nil`, and reported, if something of it cannot be read.
  func campaign(_ definition: Definition) -> Campaign? {
    guard
      let map = MapReader(
        definition.node,
        as: .campaign,
        title: definition.title,
        at: definition.place,
        collector: session.collector
      )
    else { return nil }
    let model = model(of: map)
    let steps = map.list("steps")
    let outer = ConditionScope.campaign(definition.name, model: model)
    let inner = outer.inside(steps: steps.map { $0["name"]?.text ?? "" })
    let entry = ConditionReader(session: session, scope: outer)
    let reader = CampaignPartReader(session: session, map: map, inside: inner)
    let who = entry.read("who", of: map)
    let stays = entry.read("while", of: map)
    let exits = reader.exits()
    let readSteps = StepReader(session: session, policy: policy, scope: inner)
      .steps(steps, in: definition.title)
    guard let parts = reader.parts(), let model, let exits, let readSteps, !steps.isEmpty,
      who != nil || !map.has("who"), stays != nil || !map.has("while")
    else { return nil }
    let campaign = parts.campaign(
      name: definition.name,
      model: model.index,
      who: who,
      stays: stays,
      leaveWhen: exits,
      steps: readSteps.map(\.step)
    )
    CampaignCheck(session: session, policy: policy, campaign: campaign, map: map, steps: readSteps)
      .run()
    return campaign
  }

  private func model(of map: MapReader) -> ModelOutline? {
    guard let name = map.text("model"), let node = map.node("model") else { return nil }
    if let model = session.model(name) { return model }
    session.reportUnknown(
      "model",
      name,
      at: node.place,
      in: map.title,
      among: session.models.map(\.name),
      isGlobal: true
    )
    return nil
  }
}

/// The keys of a campaign that stand for themselves.
struct CampaignPartReader {
  let session: RuleSession
  let map: MapReader
  let inside: ConditionScope

  /// What a campaign is apart from its conditions and steps.
  struct Parts {
    let description: String?
    let owner: String?
    let mode: Campaign.Mode
    let enterUntilDay: Int?
    let reEnter: Campaign.ReEntry
    let holdout: Number?
    let holdoutGroup: String?
    let timezone: String?
    let priority: Int
    let onFirstDeploy: Campaign.FirstDeploy
    let was: String?

    /// The whole campaign.
    func campaign(
      name: String,
      model: Int,
      who: Condition?,
      stays: Condition?,
      leaveWhen: [Campaign.Exit],
      steps: [Step]
    ) -> Campaign {
      Campaign(
        name: name,
        description: description,
        owner: owner,
        mode: mode,
        model: model,
        who: who,
        stays: stays,
        leaveWhen: leaveWhen,
        enterUntilDay: enterUntilDay,
        reEnter: reEnter,
        holdout: holdout,
        holdoutGroup: holdoutGroup,
        timezone: timezone,
        priority: priority,
        onFirstDeploy: onFirstDeploy,
        was: was,
        steps: steps
      )
    }
  }

  /// All of them; what cannot be read is reported and taken as unsaid.
  func parts() -> Parts? {
    Parts(
      description: map.text("description"),
      owner: map.text("owner"),
      mode: map.choice("mode").flatMap(Campaign.Mode.init(rawValue:)) ?? .live,
      enterUntilDay: map.whole("enter_until_day"),
      reEnter: reEntry() ?? .never,
      holdout: map.parsed("holdout", ScalarForm.percentage),
      holdoutGroup: map.name("holdout_group"),
      timezone: session.zone(map, "timezone"),
      priority: map.whole("priority") ?? 50,
      onFirstDeploy: map.choice("on_first_deploy").flatMap(Campaign.FirstDeploy.init(rawValue:))
        ?? .newStartsOnly,
      was: map.name("was")
    )
  }

  private func reEntry() -> Campaign.ReEntry? {
    guard let entry = map.entry("re_enter") else { return .never }
    if entry.value.entries != nil {
      let inner = MapReader(
        entry.value,
        as: .reEntry,
        title: "`re_enter` of \(map.title)",
        at: entry.place,
        collector: session.collector
      )
      return inner?.span("after").map { .after($0) }
    }
    let word = map.parsed("re_enter") { scalar throws(Misreading) in
      try ScalarForm.choice(scalar, of: ["never", "always"])
    }
    return word.map { $0 == "always" ? .always : .never }
  }

  /// The named ways out.
  func exits() -> [Campaign.Exit]? {
    let nodes = map.list("leave_when")
    session.reportDuplicateNames(of: nodes, noun: "way out", in: map.title)
    return nodes.map(exit).allPresent()
  }

  private func exit(_ node: YAMLNode) -> Campaign.Exit? {
    let title = node["name"]?.text.map { "way out `\($0)` of \(map.title)" }
    guard let exit = MapReader(node, as: .exit, title: title, collector: session.collector) else {
      return nil
    }
    let name = exit.name("name")
    let condition = ConditionReader(session: session, scope: inside).condition(in: exit)
    guard let name, let condition else { return nil }
    return Campaign.Exit(name: name, when: condition)
  }
}
