import NudgeCore

/// Reads mutes.
struct MuteReader {
  let session: RuleSession

  /// The mute of a definition; `nil`, and reported, if something of it cannot be read.
  func mute(_ definition: Definition) -> Mute? {
    guard
      let map = MapReader(
        definition.node,
        as: .mute,
        title: definition.title,
        at: definition.place,
        collector: session.collector
      )
    else { return nil }
    let when = condition("when", subject: .user, of: map)
    let whenAccount = condition("when_account", subject: .account, of: map)
    let campaigns = campaigns(of: map)
    let channels = map.has("channels") ? map.parsedList("channels", ScalarForm.name) : nil
    report(map)
    guard when != nil || whenAccount != nil else { return nil }
    return Mute(
      name: definition.name,
      description: map.text("description"),
      when: when,
      whenAccount: whenAccount,
      channels: channels,
      campaigns: campaigns
    )
  }

  private func condition(_ key: String, subject: SubjectKind, of map: MapReader) -> Condition? {
    ConditionReader(session: session, scope: .outside(map.title, subject: subject))
      .read(key, of: map)
  }

  private func campaigns(of map: MapReader) -> [String]? {
    guard map.has("campaigns") else { return nil }
    let known = session.definitions.campaigns.map(\.name)
    for node in map.list("campaigns") {
      guard let name = node.text, !known.contains(name) else { continue }
      session.reportUnknown(
        "campaign",
        name,
        at: node.place,
        in: map.title,
        among: known,
        isGlobal: true
      )
    }
    return map.texts("campaigns")
  }

  private func report(_ map: MapReader) {
    if !map.has("when") && !map.has("when_account") {
      session.collector.report(
        .missingKey,
        at: map.place,
        "\(map.title) does not say when",
        label: ["add `when` or `when_account`"]
      )
    }
    if !map.has("description") {
      session.collector.report(
        .incompleteDefinition,
        at: map.place,
        "\(map.title) has no `description`"
      )
    }
  }
}
