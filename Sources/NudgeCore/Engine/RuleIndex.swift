/// A rule set with the tables that the engine looks things up in.
///
/// A class, since every view of every subject refers to the same one; it never changes.
public final class RuleIndex: Sendable {
  /// The rules themselves.
  public let set: RuleSet
  let zones: ZoneTable
  /// The zone of the settings.
  let defaultZone: Zone
  /// The places of the series that an event of this name may belong to.
  let seriesByEvent: [String: [Int]]
  /// The series of an event whose properties none of them reads.
  let plainSeriesByEvent: [String: [(place: Int, value: Scalar?)]]
  /// The properties that these series read.
  let propertiesByEvent: [String: Set<String>]
  /// The name of each series by its definition, by place.
  let seriesKeys: [UInt64]
  let seriesByKey: [UInt64: Int]
  let modelByName: [String: Int]
  /// The series that each model reads, by its place.
  let seriesByModel: [SeriesMask]
  /// What memories keep of the events of each series.
  let keeping: KeepingTable
  /// What the instants of each model depend on, by its place.
  let needs: [ModelNeeds]
  /// The series whose events can change an answer of a campaign, a mute or the policy without changing the progress
  /// in a model.
  let seriesOfCampaigns: SeriesMask
  /// The part of these that each campaign asks about, by its place.
  let seriesByCampaign: [SeriesMask]
  /// The same the other way round: the campaigns that ask about each series.
  let campaignsBySeries: [[Int]]
  /// The part of these that the way in asks about, which is all that matters to those outside.
  let seriesByWayIn: [SeriesMask]
  /// The series that mutes ask about.
  let seriesOfMutes: SeriesMask
  /// The campaigns' places, by name.
  let campaignByName: [String: Int]
  /// How the memories of each model's subjects name its parts, by its place.
  let outlines: [ModelOutline]
  /// The campaigns in which something was renamed.
  let renames: [Rename]
  /// `Step.timingKey` of each step, by campaign and step.
  let timingKeys: [String: [String: UInt64]]
  /// The models with a rung that must hold for some time and reads tags or campaigns.
  let modelsReadingDecisions: [Int]
  /// The series that something asks of accounts.
  let seriesOfAccounts: SeriesMask
  /// The series that something asks of persons.
  let seriesOfPersons: SeriesMask
  /// The traits whose past some model needs.
  let historicTraits: Set<String>
  /// The traits of accounts that something about persons reads, `timezone` included.
  let accountTraitsOfPersons: Set<String>
  /// The names of the events of accounts that something about persons reads, which is mutes alone.
  let accountEventsOfPersons: Set<String>
  /// Whether something about persons reads the tags and campaigns of accounts, which is mutes alone.
  let accountStandingOfPersons: Bool
  /// The traits of accounts that name a recipient.
  let recipientTraits: Set<String>
  /// Whether some step goes to the member whose event triggered it.
  let hasActors: Bool
  /// The longest look back of a cap, or of a step's `per`, in milliseconds.
  let capReachMilliseconds: Int64

  /// The tables of a rule set; a zone that the system's data does not know reads as UTC.
  public init(_ set: RuleSet, zones: ZoneTable) {
    self.set = set
    self.zones = zones
    self.defaultZone = zones[set.policy.timezone] ?? .utc
    let seriesByEvent = Dictionary(grouping: set.series.indices) { set.series[$0].event }
    let propertiesByEvent = seriesByEvent.mapValues { places in
      Set(
        places.flatMap {
          set.series[$0].filter.map(\.name) + [set.series[$0].property].compactMap(\.self)
        }
      )
    }
    self.seriesByEvent = seriesByEvent
    self.propertiesByEvent = propertiesByEvent
    self.plainSeriesByEvent = seriesByEvent.filter { propertiesByEvent[$0.key]?.isEmpty ?? true }
      .mapValues { places in places.map { (place: $0, value: nil) } }
    let keys = set.series.map(\.key)
    self.seriesKeys = keys
    self.seriesByKey = Dictionary(zip(keys, keys.indices)) { first, _ in first }
    self.modelByName = Dictionary(set.models.enumerated().map { ($1.name, $0) }) { first, _ in first
    }
    let seriesByModel = set.models.map(\.series)
    self.seriesByModel = seriesByModel.map { SeriesMask($0, of: set) }
    self.keeping = KeepingTable(set)
    self.needs = set.models.map { ModelNeeds($0, of: set) }
    let ofEverybody = Set(set.policy.unsubscribedWhen.series)
    let byCampaign = set.campaigns.map { campaign in
      let derived = campaign.readsDerivedFacts ? seriesByModel[campaign.model] : []
      return Set(campaign.conditions.flatMap(\.series)).union(derived).union(ofEverybody)
    }
    self.seriesByWayIn = set.campaigns.map { campaign in
      let wayIn = [campaign.who, campaign.stays].compactMap(\.self)
      let derived = wayIn.contains(where: \.readsDerivedFacts) ? seriesByModel[campaign.model] : []
      return SeriesMask(Set(wayIn.flatMap(\.series)).union(derived), of: set)
    }
    let ofMutes = Set(
      set.mutes.flatMap { [$0.when, $0.whenAccount] }.compactMap(\.self).flatMap(\.series)
    )
    self.seriesByCampaign = byCampaign.map { SeriesMask($0, of: set) }
    self.campaignsBySeries = set.series.indices.map { place in
      byCampaign.indices.filter { byCampaign[$0].contains(place) }
    }
    self.seriesOfMutes = SeriesMask(ofMutes, of: set)
    self.seriesOfCampaigns = SeriesMask(byCampaign.reduce(ofMutes) { $0.union($1) }, of: set)
    self.campaignByName = Dictionary(set.campaigns.enumerated().map { ($1.name, $0) }) { first, _ in
      first
    }
    self.outlines = set.models.map(ModelOutline.init)
    self.renames = RuleIndex.renames(in: set)
    self.timingKeys = Dictionary(
      set.campaigns.map { campaign in
        let model = set.models[campaign.model]
        let keys = campaign.steps.map { step in
          (step.name, step.timingKey(in: campaign, of: model, zones: zones.version))
        }
        return (campaign.name, Dictionary(keys) { first, _ in first })
      }
    ) { first, _ in first }
    self.modelsReadingDecisions = set.models.indices.filter { set.models[$0].readsDecisions }
    let recipients = set.campaigns.flatMap(\.steps).map(\.recipient)
    self.recipientTraits = Set(
      recipients.compactMap { if case .accountTrait(let name) = $0 { name } else { nil } }
    )
    let ofAccounts = set.mutes.compactMap(\.whenAccount)
    self.accountEventsOfPersons = Set(
      ofAccounts.flatMap(\.series).map { set.series[$0].event }
    )
    self.accountStandingOfPersons = ofAccounts.contains(where: \.readsDecisions)
    self.seriesOfAccounts = SeriesMask(
      Set(ofAccounts.flatMap(\.series)).union(set.series(askedOf: .account)),
      of: set
    )
    self.seriesOfPersons = SeriesMask(
      Set(set.mutes.compactMap(\.when).flatMap(\.series)).union(set.series(askedOf: .user)),
      of: set
    )
    self.historicTraits = Set(
      set.models.flatMap { model in
        ([model.starts] + model.milestones.map(\.reachedWhen)
          + [model.activatedWhen].compactMap(\.self))
          .flatMap { $0.traitNames(ofAccount: false) + $0.traitNames(ofAccount: true) }
      }
    )
    let ofPersons = set.allConditions + set.models.flatMap(\.conditions)
    self.accountTraitsOfPersons = Set(
      ofPersons.flatMap { $0.traitNames(ofAccount: true) }
        + ofAccounts.flatMap { $0.traitNames(ofAccount: false) } + ["timezone"]
    )
    .union(recipientTraits)
    self.hasActors = recipients.contains(.actor)
    self.capReachMilliseconds = (set.policy.caps.map(\.per).map(\.reachMilliseconds).max() ?? 0)
  }

  /// What memories keep of events under these rules, by the names that databases know it by.
  public var factKeys: [Int64: KeptFact] {
    let series = set.series.indices.flatMap(keptFacts)
    let traits = historicTraits.map { (stableHash(of: "history of \($0)"), KeptFact.trait($0)) }
    return Dictionary((series + traits).map { (Int64(bitPattern: $0), $1) }) { first, _ in first }
  }

  /// What is kept of the events of one series, and by whom.
  private func keptFacts(of place: Int) -> [(UInt64, KeptFact)] {
    let key = seriesKeys[place]
    var facts: [(UInt64, KeptFact)] = []
    if seriesOfPersons.contains(place) {
      let kept = keptName(keeping(of: place, by: .user))
      facts.append((stableHash(of: "persons \(key) \(kept)"), .series(place)))
    }
    if seriesOfAccounts.contains(place) {
      let kept = keptName(keeping.ofAccounts[place])
      facts.append((stableHash(of: "accounts \(key) \(kept)"), .ofAccounts(place)))
      if !seriesOfPersons.contains(place) {
        facts.append((stableHash(of: "loose \(key)"), .loose(place)))
      }
    }
    return facts
  }

  /// Names how much is kept, so that rules which need more find that it is not there.
  private func keptName(_ keeping: Keeping) -> String {
    if keeping.isOfAll { return "all" }
    let firsts = keeping.firsts.map { first in
      let anchor = first.model.map { set.models[$0].starts.stableName(seriesKeys) } ?? "beginning"
      return "\(first.isOfDifferentValues ? "distinct" : "first") \(first.count) from \(anchor)"
    }
    let loose = keeping.isOfAllLoose ? ["all loose"] : []
    return (["within \(keeping.reachMilliseconds)"] + firsts.sorted() + loose)
      .joined(separator: ", ")
  }

  /// How much of a series a subject of this kind keeps.
  func keeping(of place: Int, by kind: SubjectKind) -> Keeping {
    if kind == .account { return keeping.ofAccounts[place] }
    var kept = keeping.ofPersons[place]
    guard seriesOfAccounts.contains(place) else { return kept }
    if kind == .anonymous { kept.needAll() } else { kept.isOfAllLoose = true }
    return kept
  }

  /// Whether a person keeps an event of a series: one that names no account is handed to those they join later
  /// (ruling 18), and all of somebody not known yet to those of the person they turn out to be.
  func isKept(_ place: Int, by kind: SubjectKind, namingAccount: Bool) -> Bool {
    let isForLater = !namingAccount || kind == .anonymous
    return seriesOfPersons.contains(place) || isForLater && seriesOfAccounts.contains(place)
  }

  /// A memory of nobody: what properties are matched with, and what stands for one that is taken out of the world.
  let nobody = Memory(subject: .anonymous("-"))

  /// The series that an event belongs to, with the value that each keeps.
  func series(of event: Event) -> [(place: Int, value: Scalar?)] {
    if let plain = plainSeriesByEvent[event.name], event.kind.countsAsDone { return plain }
    guard let places = seriesByEvent[event.name], event.kind.countsAsDone else { return [] }
    let properties = event.properties.values(under: propertiesByEvent[event.name] ?? [])
    let lens = Lens(
      rules: self,
      now: event.timestamp,
      memory: nobody,
      account: nil,
      zone: defaultZone
    )
    return places.compactMap { place in
      let series = set.series[place]
      let passes = series.filter.allSatisfy { lens.evaluate($0.matches, properties[$0.name]).holds }
      return passes ? (place, series.property.flatMap { properties[$0]?.scalar }) : nil
    }
  }
}

/// A set of series, asked at every event.
struct SeriesMask: Sendable {
  private let holds: [Bool]

  init(_ places: Set<Int>, of rules: RuleSet) {
    holds = rules.series.indices.map(places.contains)
  }

  func contains(_ place: Int) -> Bool { holds[place] }

  func containsAny(of places: [Int]) -> Bool { places.contains { holds[$0] } }
}

/// How memories name the parts of a model.
struct ModelOutline: Hashable, Sendable {
  /// Names all milestones in their order.
  var milestones: UInt64 = 0
  /// How many there are.
  var count = 0
  /// Names each rung.
  var segments: [UInt64] = []
  /// Names each rung.
  var health: [UInt64] = []

  init() {}

  init(_ model: Model) {
    milestones = stableHash(of: model.milestones.map(\.name).joined(separator: "\u{0}"))
    count = model.milestones.count
    segments = model.segments.map { stableHash(of: $0.name) }
    health = model.health.map { stableHash(of: $0.name) }
  }
}

/// One thing that memories keep of events because some rule asks for it.
public enum KeptFact: Hashable, Sendable {
  /// The series at this place, of persons.
  case series(Int)
  /// The events of the series at this place that persons keep for accounts alone (`RuleIndex.isKept`).
  case loose(Int)
  /// The series at this place, of accounts.
  case ofAccounts(Int)
  /// The past of a trait, not its value alone.
  case trait(String)
}

extension Event.Kind {
  /// Whether `did` can be about it.
  var countsAsDone: Bool {
    switch self {
    case .track, .page, .screen: true
    case .identify, .group, .alias: false
    }
  }
}

extension Span {
  /// The furthest that a window of this length can look back, in milliseconds; a local day has at most 27 hours
  /// here, more than any clock change makes of it.
  var reachMilliseconds: Int64 {
    switch self {
    case .clock(let milliseconds): milliseconds
    case .calendar(let days): Int64(days + 1) * 27 * 3_600_000
    }
  }
}

extension RuleSet {
  /// The series that models and campaigns ask of this kind of subject.
  fileprivate func series(askedOf kind: SubjectKind) -> Set<Int> {
    let models = models.indices.filter { self.models[$0].subject == kind }
    let ofCampaigns = campaigns.filter { models.contains($0.model) }.flatMap(\.conditions)
    return Set((ofCampaigns + [policy.unsubscribedWhen]).flatMap(\.series))
      .union(models.flatMap { self.models[$0].series })
  }

  /// Every condition of campaigns, mutes and the policy.
  var allConditions: [Condition] {
    let ofCampaigns = campaigns.flatMap(\.conditions)
    let ofMutes = mutes.flatMap { [$0.when].compactMap(\.self) }
    return ofCampaigns + ofMutes + [policy.unsubscribedWhen]
  }
}

extension Model {
  /// The conditions that a model asks.
  var conditions: [Condition] {
    [starts] + milestones.map(\.reachedWhen) + [activatedWhen].compactMap(\.self)
      + (segments + health).compactMap(\.when)
  }

  /// Whether some rung must hold for some time before it takes over.
  var hasHeldRungs: Bool {
    segments.contains { $0.heldFor != nil } || health.contains { $0.heldFor != nil }
  }

  /// Whether some rung must hold for some time and follows from what was decided.
  fileprivate var readsDecisions: Bool {
    let rungs = segments + health
    return hasHeldRungs
      && rungs.compactMap(\.when).contains(where: \.readsDecisions)
  }
}

extension Step {
  /// The conditions that a step asks.
  var conditions: [Condition] {
    var conditions = [onlyIf].compactMap(\.self)
    if case .asSoonAs(let condition) = timing { conditions.append(condition) }
    return conditions
  }
}

extension Condition {
  /// The conditions directly inside this one.
  var parts: [Condition] {
    switch self {
    case .all(let parts), .any(let parts), .none(let parts): parts
    case .not(let part), .audience(_, let part): [part]
    case .did, .trait, .accountTrait, .tagged, .reached, .missing, .milestonesReached,
      .categoriesReached, .activated, .day, .pace, .health, .segment, .score, .metric, .inCampaign,
      .members:
      []
    }
  }

  /// The series that this condition reads, in whatever way.
  var series: [Int] {
    switch self {
    case .did(let fact, _, _), .members(_, let fact, _): [fact.series]
    default: parts.flatMap(\.series)
    }
  }

  /// Whether it asks about tags or campaigns.
  fileprivate var readsDecisions: Bool {
    switch self {
    case .tagged, .inCampaign: true
    default: parts.contains(where: \.readsDecisions)
    }
  }

  /// The names of the traits that this condition reads, of the subject or of its account.
  func traitNames(ofAccount isOfAccount: Bool) -> [String] {
    switch self {
    case .trait(let tests) where !isOfAccount: tests.map(\.name)
    case .accountTrait(let tests) where isOfAccount: tests.map(\.name)
    default: parts.flatMap { $0.traitNames(ofAccount: isOfAccount) }
    }
  }
}

extension Model {
  /// The series that its definitions read.
  fileprivate var series: Set<Int> {
    let conditions =
      [starts] + milestones.map(\.reachedWhen) + [activatedWhen].compactMap(\.self)
      + (segments + health).compactMap(\.when)
    return Set(conditions.flatMap(\.series)).union(metrics.compactMap(\.measure.series))
  }
}

extension Metric.Measure {
  /// The series that it counts; `nil` for a ratio.
  fileprivate var series: Int? {
    switch self {
    case .count(let fact), .daysWith(let fact), .weeksWith(let fact, _), .distinct(let fact),
      .sum(let fact), .daysSince(let fact), .members(let fact, _):
      fact.series
    case .ratio: nil
    }
  }
}

extension Campaign {
  /// The conditions that a campaign and its steps ask.
  var conditions: [Condition] {
    [who, stays].compactMap(\.self) + leaveWhen.map(\.when) + steps.flatMap(\.conditions)
  }

  /// Whether some condition reads what a model makes of events beside start, milestones and activation.
  fileprivate var readsDerivedFacts: Bool {
    conditions.contains(where: \.readsDerivedFacts)
  }
}

extension Condition {
  /// Whether it asks what a model makes of events beside start, milestones and activation.
  var readsDerivedFacts: Bool {
    switch self {
    case .metric, .score, .segment, .health: true
    case .all, .any, .none, .not, .audience, .did, .trait, .accountTrait, .tagged, .reached,
      .missing, .milestonesReached, .categoriesReached, .activated, .day, .pace, .inCampaign,
      .members:
      parts.contains(where: \.readsDerivedFacts)
    }
  }
}
