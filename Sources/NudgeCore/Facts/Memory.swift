/// Everything the engine knows of one subject: a function of its events and of the decisions made.
///
/// A value behind one reference: every view of a subject holds it, and a copy must cost next to nothing.
public struct Memory: Sendable {
  private var storage: Storage

  /// The memory of one never seen before.
  public init(subject: SubjectID) {
    storage = Storage(Contents(subject: subject))
  }

  private struct Contents: Hashable, Sendable {
    // What each look asks first stands first, so that it lies together.
    let subject: SubjectID
    var isNow: SubjectID? = nil
    var wake: Timestamp = .never
    var firstKnown: Timestamp?
    var firstLoose: Timestamp?
    var traits = SortedMap<String, TraitHistory>()
    var series = SortedMap<Int, Occurrences>()
    var memberships: [Membership] = []
    var members: [String] = []
    var expected = SortedMap<String, Timestamp>()
    var progress = SortedMap<Int, Progress>()
    var campaigns = SortedMap<String, CampaignRecord>()
    var passages = SortedMap<String, Int>()
    var tags: Set<String> = []
    var messages: [SentMessage] = []
    var sequence: Int = 0
    var coming: [Trigger] = []
    var watchers: Set<SubjectID> = []
  }

  /// A class, for one reference instead of ten; unique before it is changed, so that nobody sees a change.
  private final class Storage: @unchecked Sendable {
    var contents: Contents

    init(_ contents: Contents) {
      self.contents = contents
    }
  }

  private mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.contents) }
  }

  /// Whose memory it is.
  public var subject: SubjectID { storage.contents.subject }

  /// When the passing of time may next change something; `never` if it cannot.
  public internal(set) var wake: Timestamp {
    get { storage.contents.wake }
    _modify {
      makeUnique()
      yield &storage.contents.wake
    }
  }

  /// The instant of the first thing known by its own time, kept or not; `nil` when nothing is.
  var firstKnown: Timestamp? {
    get { storage.contents.firstKnown }
    _modify {
      makeUnique()
      yield &storage.contents.firstKnown
    }
  }

  /// The first instant of what is kept; `nil` when nothing is.
  var firstKept: Timestamp? {
    let events = series.values.compactMap { $0.all.first?.instant }.min()
    let settings = traits.values.compactMap { $0.settings.first?.timestamp }.min()
    return [events.map(Timestamp.init(millisecondsSinceEpoch:)), settings].compactMap(\.self).min()
  }

  /// The instant of the first event that names no account; `nil` without one.
  var firstLoose: Timestamp? {
    get { storage.contents.firstLoose }
    _modify {
      makeUnique()
      yield &storage.contents.firstLoose
    }
  }

  /// Notes that something is known to have been at an instant; tells whether nothing was known from before.
  @discardableResult
  mutating func note(known instant: Timestamp, isLoose: Bool = false) -> Bool {
    let isFirst = instant < firstKnown ?? .never
    let isFirstLoose = isLoose && instant < firstLoose ?? .never
    if isFirst { firstKnown = instant }
    if isFirstLoose { firstLoose = instant }
    return isFirst || isFirstLoose
  }

  /// By name.
  var traits: SortedMap<String, TraitHistory> {
    get { storage.contents.traits }
    _modify {
      makeUnique()
      yield &storage.contents.traits
    }
  }

  /// By the place of the series in the rule set.
  var series: SortedMap<Int, Occurrences> {
    get { storage.contents.series }
    _modify {
      makeUnique()
      yield &storage.contents.series
    }
  }

  /// A person's accounts, in the order of joining.
  var memberships: [Membership] {
    get { storage.contents.memberships }
    _modify {
      makeUnique()
      yield &storage.contents.memberships
    }
  }

  /// An account's members, by bare id, in the order of joining.
  var members: [String] {
    get { storage.contents.members }
    _modify {
      makeUnique()
      yield &storage.contents.members
    }
  }

  /// The members whose first event that names the account lies ahead, with its own time: they belong to it from then on.
  var expected: SortedMap<String, Timestamp> {
    get { storage.contents.expected }
    _modify {
      makeUnique()
      yield &storage.contents.expected
    }
  }

  /// By the place of the model in the rule set.
  var progress: SortedMap<Int, Progress> {
    get { storage.contents.progress }
    _modify {
      makeUnique()
      yield &storage.contents.progress
    }
  }

  /// By the campaign's name.
  var campaigns: SortedMap<String, CampaignRecord> {
    get { storage.contents.campaigns }
    _modify {
      makeUnique()
      yield &storage.contents.campaigns
    }
  }

  /// By the name of a campaign that was renamed: the last passage under it, whose decisions keep their ids.
  var passages: SortedMap<String, Int> {
    get { storage.contents.passages }
    _modify {
      makeUnique()
      yield &storage.contents.passages
    }
  }

  /// What steps have tagged the subject with.
  var tags: Set<String> {
    get { storage.contents.tags }
    _modify {
      makeUnique()
      yield &storage.contents.tags
    }
  }

  /// The messages that this subject was sent, as far back as a cap can look.
  var messages: [SentMessage] {
    get { storage.contents.messages }
    _modify {
      makeUnique()
      yield &storage.contents.messages
    }
  }

  /// How many interventions were made for this subject.
  var sequence: Int {
    get { storage.contents.sequence }
    _modify {
      makeUnique()
      yield &storage.contents.sequence
    }
  }

  /// Events that are known before their own time, to be triggers when it comes.
  var coming: [Trigger] {
    get { storage.contents.coming }
    _modify {
      makeUnique()
      yield &storage.contents.coming
    }
  }

  /// Those with a plan that a mute of this one keeps back: they are looked at when this one changes.
  var watchers: Set<SubjectID> {
    get { storage.contents.watchers }
    _modify {
      makeUnique()
      yield &storage.contents.watchers
    }
  }

  /// Who this anonymous subject turned out to be.
  var isNow: SubjectID? {
    get { storage.contents.isNow }
    _modify {
      makeUnique()
      yield &storage.contents.isNow
    }
  }

  /// A message that counts under caps.
  struct SentMessage: Hashable, Sendable {
    let at: Timestamp
    let channel: String
    /// The campaign and step that sent it, for explaining.
    let from: String
  }

  /// The tags that the subject carries, and the campaigns that it is inside of.
  var standing: [Set<String>] {
    [tags, Set(campaigns.filter { $0.value.enrolment?.isOpen == true }.map(\.key))]
  }

  /// Whether a passage through the campaign of this name is open.
  func isInside(_ campaign: String) -> Bool {
    storage.contents.campaigns[campaign]?.enrolment?.isOpen ?? false
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
}

extension Memory: Hashable {
  /// Whether both know the same.
  public static func == (left: Memory, right: Memory) -> Bool {
    left.storage === right.storage || left.storage.contents == right.storage.contents
  }

  /// Feeds everything that is known.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(storage.contents)
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
