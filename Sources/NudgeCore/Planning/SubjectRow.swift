/// One subject in one model, as a line of a list: how long it has been there, how it fares, what is missing, and whose it is.
public struct SubjectRow: Hashable, Sendable {
  /// Who it is.
  public let subject: SubjectID
  /// The model's name.
  public let model: String
  /// The local dates since the start.
  public let day: Int
  /// `nil` when the model measures none.
  public let health: String?
  /// `nil` when the model measures none.
  public let segment: String?
  /// `nil` when the model measures none.
  public let pace: String?
  /// The milestones that are not reached, in the order of the model.
  public let missing: [String]
  /// The rounded total of each score, in the order of the model.
  public let scores: [Score]
  /// Who looks after the account: the first of its traits that steps assign to; `nil` when none is set.
  public let owner: String?

  /// A score's rounded total.
  public struct Score: Hashable, Sendable {
    /// The score's name.
    public let name: String
    /// The points, 0 to 100.
    public let points: Int
  }
}

extension Engine {
  /// The subject in a model, if it has started there and a condition holds for it; `nil` otherwise.
  public func row(
    of subject: SubjectID,
    model: Int,
    where condition: Condition?,
    in world: World,
    now: Timestamp
  ) -> SubjectRow? {
    guard let visit = Visit(looking: self, at: subject, in: world, now: now) else { return nil }
    let lens = visit.lens.inModel(model)
    guard let progress = lens.progress, let day = lens.day, progress.startedAt ?? .never <= now,
      condition.map({ lens.evaluate($0).holds }) ?? true
    else { return nil }
    let rules = rules.set.models[model]
    return SubjectRow(
      subject: subject,
      model: rules.name,
      day: day,
      health: lens.health.name,
      segment: lens.segment.name,
      pace: lens.pace.name,
      missing: rules.milestones.indices.filter { progress.milestones[$0].map { $0 > now } ?? true }
        .map { rules.milestones[$0].name },
      scores: rules.scores.enumerated().map { place, score in
        SubjectRow.Score(name: score.name, points: lens.score(place).total)
      },
      owner: owner(of: visit)
    )
  }

  private func owner(of visit: Visit) -> String? {
    let holder = visit.memory.subject.kind == .account ? visit.memory : visit.account
    return rules.set.ownerTraits.lazy.compactMap { holder?.trait($0, at: visit.now)?.text }.first
  }
}

extension RuleSet {
  /// The traits of accounts that steps assign or send to, in the order of the campaigns, then `csm` and `owner`.
  var ownerTraits: [String] {
    var seen: Set<String> = []
    let steps = campaigns.flatMap(\.steps)
    return (steps.compactMap(\.assignTo) + steps.compactMap(\.groupBy) + ["csm", "owner"])
      .filter { seen.insert($0).inserted }
  }
}
