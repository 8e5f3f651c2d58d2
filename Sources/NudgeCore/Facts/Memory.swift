/// Everything the engine knows of one subject: a function of its events and of the decisions made.
public struct Memory: Hashable, Sendable {
  /// Whose memory it is.
  public let subject: SubjectID
  /// By name.
  var traits: [String: TraitHistory] = [:]
  /// By the place of the series in the rule set.
  var series: [Int: Occurrences] = [:]
  /// A person's accounts, in the order of joining.
  var memberships: [Membership] = []
  /// An account's members, by bare id, in the order of joining.
  var members: [String] = []
  /// By the place of the model in the rule set.
  var progress: [Int: Progress] = [:]
  /// By the campaign's name.
  var campaigns: [String: CampaignRecord] = [:]
  var tags: Set<String> = []
  /// The messages that this subject was sent, as far back as a cap can look.
  var messages: [SentMessage] = []
  /// How many interventions were made for this subject.
  var sequence = 0
  /// Events that are known before their own time, to be triggers when it comes.
  var coming: [Trigger] = []
  /// Who this anonymous subject turned out to be.
  var isNow: SubjectID?
  /// When the passing of time may next change something; `never` if it cannot.
  public internal(set) var wake: Timestamp = .never

  /// The memory of one never seen before.
  public init(subject: SubjectID) {
    self.subject = subject
  }

  /// A person's place in an account.
  struct Membership: Hashable, Sendable {
    let account: String
    /// The greatest (timestamp, messageId) of an event of theirs that names it.
    var latest: Timestamp
    var latestMessageID: String
  }

  /// A message that counts under caps.
  struct SentMessage: Hashable, Sendable {
    let at: Timestamp
    let channel: String
    /// The campaign and step that sent it, for explaining.
    let from: String
  }

  /// The account that their event with the greatest (timestamp, messageId) names (ruling 19).
  public var account: String? {
    memberships.max {
      if $0.latest != $1.latest { return $0.latest < $1.latest }
      return $0.latestMessageID.utf8.lexicographicallyPrecedes($1.latestMessageID.utf8)
    }?.account
  }

  /// The value of a trait at an instant; `nil` when unset.
  public func trait(_ name: String, at now: Timestamp) -> JSONValue? {
    traits[name]?.value(at: now)
  }

  /// All traits at an instant, by name.
  public func allTraits(at now: Timestamp) -> [(name: String, value: JSONValue)] {
    traits.sorted { $0.key < $1.key }
      .compactMap { entry in entry.value.value(at: now).map { (entry.key, $0) } }
  }

  /// The accounts that this person belongs to, in the order of joining.
  public var accounts: [String] { memberships.map(\.account) }

  /// The instant of the first thing known; `nil` when nothing is.
  var firstKnown: Timestamp? {
    let events = series.values.compactMap { $0.all.first?.instant }
      .map(Timestamp.init(millisecondsSinceEpoch:))
    return (events + traits.values.compactMap { $0.settings.first?.timestamp }).min()
  }
}

/// Where a subject stands in one model.
struct Progress: Hashable, Sendable {
  /// The earliest instant at which `starts` holds; `nil` before.
  var startedAt: Timestamp?
  /// By the milestone's place: its earliest instant; `nil` while missing.
  var milestones: [Timestamp?]
  var activatedAt: Timestamp?
  /// Since when each rung's own condition was seen to hold without a break; `nil`: it does not.
  var segmentSince: [Timestamp?]
  var healthSince: [Timestamp?]
  /// The first later instant at which the passing of time could change any of this.
  var until: Timestamp = .never

  init(of model: Model) {
    milestones = Array(repeating: nil, count: model.milestones.count)
    segmentSince = Array(repeating: nil, count: model.segments.count)
    healthSince = Array(repeating: nil, count: model.health.count)
  }

  /// When the first milestone was reached.
  var firstMilestoneAt: Timestamp? { milestones.compactMap { $0 }.min() }
}
