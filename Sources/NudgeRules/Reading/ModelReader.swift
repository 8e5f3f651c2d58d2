import NudgeCore

/// Reads models.
struct ModelReader {
  let session: RuleSession
  let outline: ModelOutline

  private var scope: ConditionScope { .model(outline) }
  private var conditions: ConditionReader { ConditionReader(session: session, scope: scope) }

  /// The model of a definition; `nil`, and reported, if something of it cannot be read.
  func model(_ definition: Definition) -> Model? {
    guard
      let map = MapReader(
        definition.node,
        as: .model,
        title: definition.title,
        at: definition.place,
        collector: session.collector
      )
    else { return nil }
    let starts = ConditionReader(session: session, scope: .starts(of: outline))
      .read("starts", of: map)
    let milestones = map.named("milestones").map(milestone).allPresent()
    let activatedWhen = conditions.read("activated_when", of: map)
    let metrics = MetricReader(session: session, outline: outline).metrics(of: map)
    let scores = ScoreReader(session: session, outline: outline).scores(of: map)
    let ladders = LadderReader(session: session, scope: scope)
    let pace = ladders.pace(of: map)
    let segments = ladders.entries("segments", of: map)
    let health = ladders.entries("health", of: map)
    guard let subject = map.choice("subject").flatMap(SubjectKind.init(rawValue:)), let starts,
      let milestones, let metrics, let scores, let pace, let segments, let health,
      activatedWhen != nil || !map.has("activated_when")
    else { return nil }
    let model = Model(
      name: outline.name,
      description: map.text("description"),
      subject: subject,
      starts: starts,
      milestones: milestones,
      activatedWhen: activatedWhen,
      pace: pace,
      metrics: metrics,
      scores: scores,
      segments: segments,
      health: health
    )
    CycleCheck(model: model).report(at: definition.place, to: session.collector)
    return model
  }

  private func milestone(_ name: String, _ map: MapReader) -> Milestone? {
    let weight = map.has("weight") ? map.parsed("weight", ScalarForm.positiveNumber) : Number(1)
    let category = map.name("category")
    _ = map.text("description")
    _ = map.name("was")
    guard let reachedWhen = conditions.read("reached_when", of: map), let weight else { return nil }
    return Milestone(name: name, weight: weight, category: category, reachedWhen: reachedWhen)
  }
}
