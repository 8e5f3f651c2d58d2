/// What activation means for one kind of subject: start, milestones, pace, metrics, scores, segments, health.
///
/// A class, since every look at a subject reads it; it never changes.
public final class Model: Sendable {
  /// Unique among all definitions of the rule files.
  public let name: String
  /// What its author says it is for; `nil` when nothing is said.
  public let description: String?
  /// Whose activation is measured.
  public let subject: SubjectKind
  /// What makes a subject one of the model's; its earliest instant is the start.
  public let starts: Condition
  /// In the order of the file; conditions refer to them by place.
  public let milestones: [Milestone]
  /// `nil`: nobody is ever activated.
  public let activatedWhen: Condition?
  /// In order, the last one being the `otherwise`; empty when the model measures no pace.
  public let pace: [PaceEntry]
  /// In the order of the file; conditions and scores refer to them by place.
  public let metrics: [Metric]
  /// In the order of the file; conditions refer to them by place.
  public let scores: [Score]
  /// In order; the last one is the `otherwise`.
  public let segments: [LadderEntry]
  /// In order; the last one is the `otherwise`.
  public let health: [LadderEntry]

  /// A model of these parts.
  public init(
    name: String,
    description: String?,
    subject: SubjectKind,
    starts: Condition,
    milestones: [Milestone],
    activatedWhen: Condition?,
    pace: [PaceEntry],
    metrics: [Metric],
    scores: [Score],
    segments: [LadderEntry],
    health: [LadderEntry]
  ) {
    self.name = name
    self.description = description
    self.subject = subject
    self.starts = starts
    self.milestones = milestones
    self.activatedWhen = activatedWhen
    self.pace = pace
    self.metrics = metrics
    self.scores = scores
    self.segments = segments
    self.health = health
  }

  /// The categories that the milestones name, each once, in order of first mention.
  public var categories: [String] {
    var seen: Set<String> = []
    return milestones.compactMap(\.category).filter { seen.insert($0).inserted }
  }
}

extension Model: Hashable {
  /// Whether both say the same.
  public static func == (left: Model, right: Model) -> Bool {
    if left === right { return true }
    return left.name == right.name
      && left.description == right.description
      && left.subject == right.subject
      && left.starts == right.starts
      && left.milestones == right.milestones
      && left.activatedWhen == right.activatedWhen
      && left.pace == right.pace
      && left.metrics == right.metrics
      && left.scores == right.scores
      && left.segments == right.segments
      && left.health == right.health
  }

  /// Feeds the name, which tells most apart.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
  }
}

/// A product-specific value action, reached once, at a known instant.
public struct Milestone: Hashable, Sendable {
  /// Unique in its model.
  public let name: String
  /// Relative to the other milestones' weights; positive.
  public let weight: Number
  /// The group it belongs to; `nil`: none.
  public let category: String?
  /// What must hold at an instant for it to be reached then.
  public let reachedWhen: Condition

  /// A milestone of this weight.
  public init(name: String, weight: Number, category: String?, reachedWhen: Condition) {
    self.name = name
    self.weight = weight
    self.category = category
    self.reachedWhen = reachedWhen
  }
}

/// One rung of the pace: activated by the end of a local day.
public struct PaceEntry: Hashable, Sendable {
  /// What `pace` is called on this rung.
  public let name: String
  /// The last local day on which activation still counts for this rung; `nil` is the `otherwise`.
  public let byDay: Int?

  /// A rung of this name.
  public init(name: String, byDay: Int?) {
    self.name = name
    self.byDay = byDay
  }
}

/// One rung of a ladder of segments or of health.
public struct LadderEntry: Hashable, Sendable {
  /// What the ladder's value is called on this rung.
  public let name: String
  /// How long its condition must have held without a break before it counts.
  public let heldFor: Span?
  /// `nil` is the `otherwise`.
  public let when: Condition?

  /// A rung of this name.
  public init(name: String, heldFor: Span?, when: Condition?) {
    self.name = name
    self.heldFor = heldFor
    self.when = when
  }
}

/// A number about a subject, defined once and used by name.
public struct Metric: Hashable, Sendable {
  /// How the number is made.
  public enum Measure: Hashable, Sendable {
    /// How many events.
    case count(EventFact)
    /// On how many local dates.
    case daysWith(EventFact)
    /// In how many local ISO weeks at least this many events.
    case weeksWith(EventFact, atLeast: Int)
    /// How many different values of the fact's property.
    case distinct(EventFact)
    /// The sum of the fact's property; values that are no numbers are left out.
    case sum(EventFact)
    /// One metric or trait over another.
    case ratio(RatioTerm, RatioTerm)
    /// Local dates from the last event to today.
    case daysSince(EventFact)
    /// How many members of the account pass the test over their own events.
    case members(EventFact, NumberTest)
  }

  /// One side of a ratio.
  public enum RatioTerm: Hashable, Sendable {
    /// A metric of the same model, by its place.
    case metric(Int)
    /// A trait of the subject.
    case trait(String)
  }

  /// Unique in its model.
  public let name: String
  /// How its value comes about.
  public let measure: Measure

  /// A metric of this name.
  public init(name: String, measure: Measure) {
    self.name = name
    self.measure = measure
  }
}

/// A total of 0 to 100 points out of components, with named bands.
public struct Score: Hashable, Sendable {
  /// A fact turned into points, 0 up to `max`.
  public struct Component: Hashable, Sendable {
    /// The fact that gives the points.
    public enum Source: Hashable, Sendable {
      /// The weights of the reached milestones over all weights.
      case milestoneWeights
      /// The time from the start to the first milestone, in milliseconds.
      case timeToFirstMilestone
      /// A metric of the model, by its place.
      case metric(Int)
    }

    /// How a fact becomes points.
    public enum Shape: Hashable, Sendable {
      /// The maximum times the share; for `milestoneWeights` alone.
      case share
      /// The points of the first row that matches; none gives 0.
      case table([Row])
      /// Full points at one value, none at another, a straight line between; values in the fact's unit.
      case linear(fullAt: Number, zeroAt: Number)
      /// Points for each unit, up to the maximum.
      case pointsEach(Number)
    }

    /// A row of a table.
    public struct Row: Hashable, Sendable {
      /// `nil` is the `otherwise`.
      public let test: NumberTest?
      /// What the row gives.
      public let points: Number

      /// A row that gives these points.
      public init(test: NumberTest?, points: Number) {
        self.test = test
        self.points = points
      }
    }

    /// Unique in its score.
    public let name: String
    /// The most points that it can give.
    public let max: Number
    /// The fact that it looks at.
    public let source: Source
    /// How the fact becomes points.
    public let shape: Shape

    /// A component of up to `max` points.
    public init(name: String, max: Number, source: Source, shape: Shape) {
      self.name = name
      self.max = max
      self.source = source
      self.shape = shape
    }
  }

  /// A named range of rounded totals: from `atLeast` up to the band above.
  public struct Band: Hashable, Sendable {
    /// What a score in it is called.
    public let name: String
    /// The least rounded total in it.
    public let atLeast: Int

    /// A band from this total on.
    public init(name: String, atLeast: Int) {
      self.name = name
      self.atLeast = atLeast
    }
  }

  /// Unique in its model.
  public let name: String
  /// In the order of the file; their maxima add up to 100.
  public let components: [Component]
  /// Highest first, the last one beginning at 0; may be empty.
  public let bands: [Band]

  /// A score out of these components.
  public init(name: String, components: [Component], bands: [Band]) {
    self.name = name
    self.components = components
    self.bands = bands
  }
}
