/// Where one subject stands in one model at an instant: its milestones, pace, health, metrics and scores.
public struct ProgressCard: Sendable {
  /// One milestone of the model.
  public struct Milestone: Hashable, Sendable {
    /// Its name in the model.
    public let name: String
    /// Relative to the other milestones' weights; positive.
    public let weight: Number
    /// The group it belongs to; `nil`: none.
    public let category: String?
    /// When it was reached; `nil` while it is not.
    public let reachedAt: Timestamp?
    /// Its condition as it stands; what is missing can be read in it.
    public let condition: ConditionTree
  }

  /// One metric of the model.
  public struct Metric: Hashable, Sendable {
    /// Its name in the model.
    public let name: String
    /// At most six decimals; `nil` when it has no value.
    public let value: Number?
  }

  /// One score of the model: a sum.
  public struct Score: Hashable, Sendable {
    /// Its name in the model.
    public let name: String
    /// The sum of the components, rounded once, half up.
    public let points: Int
    /// The band that the points lie in; `nil` when the score names none.
    public let band: String?
    /// What it is the sum of.
    public let components: [Component]
  }

  /// One part of a score.
  public struct Component: Hashable, Sendable {
    /// Its name in the score.
    public let name: String
    /// At most six decimals.
    public let points: Number
    /// The most that it can give.
    public let max: Number
    /// Where the points come from, for people.
    public let source: String
  }

  /// Whose card it is.
  public let subject: SubjectID
  /// The model's name.
  public let model: String
  /// When it began.
  public let startedAt: Timestamp
  /// The local dates since the start's.
  public let day: Int
  /// In the order of the model.
  public let milestones: [Milestone]
  /// When it was activated; `nil` while it is not.
  public let activatedAt: Timestamp?
  /// `nil` when the model measures none.
  public let pace: String?
  /// `nil` when the model measures none.
  public let segment: String?
  /// `nil` when the model measures none.
  public let health: String?
  /// In the order of the model.
  public let metrics: [Metric]
  /// In the order of the model.
  public let scores: [Score]
  /// The subject's zone, in which its days are counted.
  public let zone: Zone
}

extension Engine {
  /// The progress of a subject in every model that it has started, by the model's name.
  ///
  /// The world must hold the subject and its account; one who is not in it has no progress.
  public func progress(of subject: SubjectID, in world: World, now: Timestamp) -> [ProgressCard] {
    guard let visit = Visit(looking: self, at: subject, in: world, now: now) else { return [] }
    return rules.set.models.indices
      .compactMap { ProgressCard(index: $0, through: visit.lens.inModel($0)) }
      .sorted { $0.model.utf8.lexicographicallyPrecedes($1.model.utf8) }
  }
}

extension Visit {
  /// A look that decides nothing, with the progress as of now; `nil` for one who is not in the world.
  ///
  /// An anonymous subject who became known is looked at as the known one.
  init?(looking engine: Engine, at subject: SubjectID, in world: World, now: Timestamp) {
    guard let found = world.memories[subject] else { return nil }
    let memory = found.isNow.flatMap { world.memories[$0] } ?? found
    self.init(engine: engine, world: world, memory: memory, now: now, trigger: nil)
    readProgress()
  }
}

// MARK: - Reading

extension ProgressCard {
  init?(index: Int, through lens: Lens) {
    guard let progress = lens.progress, let startedAt = progress.startedAt, startedAt <= lens.now,
      let day = lens.day
    else { return nil }
    let model = lens.rules.set.models[index]
    let teller = ConditionTeller(lens: lens)
    self.init(
      subject: lens.memory.subject,
      model: model.name,
      startedAt: startedAt,
      day: day,
      milestones: model.milestones.indices.map { ProgressCard.milestone($0, model, teller) },
      activatedAt: progress.activatedAt.flatMap { $0 <= lens.now ? $0 : nil },
      pace: lens.pace.name,
      segment: lens.segment.name,
      health: lens.health.name,
      metrics: model.metrics.enumerated().map { place, metric in
        Metric(name: metric.name, value: lens.metric(place).value?.decimal)
      },
      scores: model.scores.indices.map { ProgressCard.score($0, model, lens) },
      zone: lens.zone
    )
  }

  private static func milestone(
    _ place: Int,
    _ model: Model,
    _ teller: ConditionTeller
  )
    -> Milestone
  {
    let milestone = model.milestones[place]
    let reachedAt = teller.lens.progress?.milestones[place]
    return Milestone(
      name: milestone.name,
      weight: milestone.weight,
      category: milestone.category,
      reachedAt: reachedAt.flatMap { $0 <= teller.lens.now ? $0 : nil },
      condition: teller.tree(of: milestone.reachedWhen)
    )
  }

  private static func score(_ place: Int, _ model: Model, _ lens: Lens) -> Score {
    let (components, total, _) = lens.score(place)
    let score = model.scores[place]
    return Score(
      name: score.name,
      points: total,
      band: score.bands.first { total >= $0.atLeast }?.name,
      components: zip(components, score.components).map { points, component in
        Component(
          name: points.name,
          points: points.points.decimal,
          max: points.max,
          source: component.source.words(points.value, model)
        )
      }
    )
  }
}

extension Score.Component.Source {
  /// Where points come from, with the value: `active_days 3`.
  fileprivate func words(_ value: Rational?, _ model: Model) -> String {
    switch self {
    case .metric(let place):
      "\(model.metrics[place].name) \(value.map { "\($0.decimal)" } ?? "has no value")"
    case .milestoneWeights:
      "\(((value ?? .zero) * Rational(100)).decimal) % of the milestones' weights"
    case .timeToFirstMilestone: ProgressCard.words(ofTimeToFirstMilestone: value)
    }
  }
}

extension ProgressCard {
  fileprivate static func words(ofTimeToFirstMilestone value: Rational?) -> String {
    guard let milliseconds = value?.decimal.whole else { return "no milestone yet" }
    return "first milestone after \(elapsedText(milliseconds: Int64(milliseconds)))"
  }
}

// MARK: - For machines

extension ProgressCard {
  /// The card as one object; keys and their order are those of `user show --format json`, absent values null.
  public var json: JSONValue {
    .object([
      .init("subject", .string(subject.description)),
      .init("model", .string(model)),
      .init("started_at", startedAt.json),
      .init("day", .whole(day)),
      .init("milestones", .object(milestones.map { .init($0.name, .instant($0.reachedAt)) })),
      .init("activated_at", .instant(activatedAt)),
      .init("pace", .optional(pace)),
      .init("segment", .optional(segment)),
      .init("health", .optional(health)),
      .init(
        "metrics",
        .object(metrics.map { .init($0.name, $0.value.map(JSONValue.number) ?? .null) })
      ),
      .init("scores", .object(scores.map { .init($0.name, $0.json) })),
    ])
  }
}

extension ProgressCard.Score {
  /// The points, the band and the components as one object.
  public var json: JSONValue {
    .object([
      .init("points", .whole(points)),
      .init("band", .optional(band)),
      .init("components", .object(components.map { .init($0.name, .number($0.points)) })),
    ])
  }
}
