/// Who gets which interventions, when, and when they leave.
///
/// A class, since every look at a subject hands it on, and a struct of this size would be copied part by part.
public final class Campaign: Sendable {
  /// Whether a campaign acts.
  public enum Mode: String, Hashable, Sendable {
    /// It acts.
    case live
    /// It decides and records, and nothing leaves.
    case shadow
    /// Nobody enters, everybody inside stays as they are, nothing is decided.
    case off
  }

  /// Who may enter when the campaign is deployed for the first time.
  public enum FirstDeploy: String, Hashable, Sendable {
    case newStartsOnly = "new_starts_only"
    case joinInProgress = "join_in_progress"
    case startOver = "start_over"
  }

  /// Whether one who has left may enter again.
  public enum ReEntry: Hashable, Sendable {
    case never
    /// Once the way in has been closed since leaving, and is open again.
    case always
    /// Once this has passed since leaving.
    case after(Span)
  }

  /// A named way out.
  public struct Exit: Hashable, Sendable {
    /// The word that becomes the reason: `left.NAME`.
    public let name: String
    /// Asked on each event and each timer.
    public let when: Condition

    /// A way out that opens when the condition holds.
    public init(name: String, when: Condition) {
      self.name = name
      self.when = when
    }
  }

  /// Unique among all definitions of the rule files.
  public let name: String
  /// What its author says it is for; `nil` when nothing is said.
  public let description: String?
  /// Who answers for it; `nil` when nothing is said.
  public let owner: String?
  /// Whether it acts.
  public let mode: Mode
  /// The place of its model in `RuleSet.models`.
  public let model: Int
  /// Checked on the way in; `nil`: everybody of the model.
  public let who: Condition?
  /// Checked on the way in and all the time; `nil`: no such condition.
  public let stays: Condition?
  /// From the top.
  public let leaveWhen: [Exit]
  /// The last local day on which one may enter; `nil`: any.
  public let enterUntilDay: Int?
  /// Whether one who has left may come back.
  public let reEnter: ReEntry
  /// The share that is held out, from 0 to 1 as an exact decimal; `nil`: nobody.
  public let holdout: Number?
  /// The name under which campaigns share one holdout; `nil`: the campaign's own.
  public let holdoutGroup: String?
  /// The zone of those without one of their own.
  public let timezone: String?
  /// Higher goes first; 50 unless said.
  public let priority: Int
  /// Who may enter at the first deploy.
  public let onFirstDeploy: FirstDeploy
  /// The name this campaign had before.
  public let was: String?
  /// In the order of the file; conditions and anchors refer to them by place.
  public let steps: [Step]

  /// A campaign of these parts.
  public init(
    name: String,
    description: String?,
    owner: String?,
    mode: Mode,
    model: Int,
    who: Condition?,
    stays: Condition?,
    leaveWhen: [Exit],
    enterUntilDay: Int?,
    reEnter: ReEntry,
    holdout: Number?,
    holdoutGroup: String?,
    timezone: String?,
    priority: Int,
    onFirstDeploy: FirstDeploy,
    was: String?,
    steps: [Step]
  ) {
    self.name = name
    self.description = description
    self.owner = owner
    self.mode = mode
    self.model = model
    self.who = who
    self.stays = stays
    self.leaveWhen = leaveWhen
    self.enterUntilDay = enterUntilDay
    self.reEnter = reEnter
    self.holdout = holdout
    self.holdoutGroup = holdoutGroup
    self.timezone = timezone
    self.priority = priority
    self.onFirstDeploy = onFirstDeploy
    self.was = was
    self.steps = steps
  }
}

extension Campaign.Mode {
  /// Whether they differ, told without their raw values.
  public static func != (left: Campaign.Mode, right: Campaign.Mode) -> Bool { !(left == right) }
}

extension Campaign: Hashable {
  /// Whether both say the same.
  public static func == (left: Campaign, right: Campaign) -> Bool {
    if left === right { return true }
    return left.name == right.name
      && left.description == right.description
      && left.owner == right.owner
      && left.mode == right.mode
      && left.model == right.model
      && left.who == right.who
      && left.stays == right.stays
      && left.leaveWhen == right.leaveWhen
      && left.enterUntilDay == right.enterUntilDay
      && left.reEnter == right.reEnter
      && left.holdout == right.holdout
      && left.holdoutGroup == right.holdoutGroup
      && left.timezone == right.timezone
      && left.priority == right.priority
      && left.onFirstDeploy == right.onFirstDeploy
      && left.was == right.was
      && left.steps == right.steps
  }

  /// Feeds the name, which tells most apart.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
  }
}

/// One planned intervention of a campaign.
///
/// A class for the same reason as its campaign.
public final class Step: Sendable {
  /// When a step is due.
  public enum Timing: Hashable, Sendable {
    /// A wall-clock time so many local dates after the anchor's.
    case onDay(Int, at: LocalTime, since: Anchor)
    /// So many milliseconds after the anchor.
    case after(milliseconds: Int64, since: Anchor)
    /// Again and again at a wall-clock time.
    case every(Interval, at: LocalTime, since: Anchor)
    /// At entering.
    case immediately
    /// Each time the condition triggers.
    case asSoonAs(Condition)
  }

  /// The distance between two occurrences.
  public enum Interval: Hashable, Sendable {
    case days(Int)
    case weekday(Weekday)
  }

  /// What a step does.
  public enum Action: Hashable, Sendable {
    /// Hands an intervention to a channel.
    case send(channel: String)
    case tag(String)
    case untag(String)
  }

  /// Who gets the intervention.
  public enum Recipient: Hashable, Sendable {
    case subject
    /// The user whose id stands in this trait of the account.
    case accountTrait(String)
    /// The member whose event triggered the step.
    case actor
  }

  /// What happens to a plan on a forbidden weekday.
  public enum OutsideDays: String, Hashable, Sendable {
    case wait
    case skip
  }

  /// How caps treat the step.
  public enum CapUse: String, Hashable, Sendable {
    /// Held by caps, and counted.
    case counted
    /// Never held, still counted.
    case exempt
    /// Held, not counted.
    case notCounted = "not_counted"
  }

  /// One of several messages, chosen by a stable hash.
  public struct Variant: Hashable, Sendable {
    /// Unique in its step.
    public let name: String
    /// Relative to the other variants' weights; positive.
    public let weight: Number
    /// The template instead of the step's; `nil`: the step's.
    public let template: String?

    /// A variant of this weight.
    public init(name: String, weight: Number, template: String?) {
      self.name = name
      self.weight = weight
      self.template = template
    }
  }

  /// Unique in its campaign.
  public let name: String
  /// When it is due.
  public let timing: Timing
  /// The weekdays on which the step may go out; `nil`: all.
  public let days: Set<Weekday>?
  /// What happens to a plan on another weekday.
  public let outsideDays: OutsideDays
  /// The least time between entering and the step.
  public let notBefore: Span?
  /// The most sends; `nil`: as many as come.
  public let atMost: Int?
  /// The sliding window of `atMost`; `nil`: the enrolment.
  public let per: Span?
  /// Asked when it is due; `nil`: no such condition.
  public let onlyIf: Condition?
  /// How long after its planned instant the step may still go out; `nil`: for ever (tags).
  public let expires: Span?
  /// What it does.
  public let action: Action
  /// The name handed to the renderer; `nil` when there is nothing to render.
  public let template: String?
  /// Empty when there is only one message.
  public let variants: [Variant]
  /// Who gets it.
  public let recipient: Recipient
  /// The trait of the account that names the assignee.
  public let assignTo: String?
  /// The trait of the account by which due steps are gathered.
  public let groupBy: String?
  /// A JSON object that is handed on as it is; empty when there is none.
  public let data: JSONText
  /// Whether it goes out at any hour.
  public let ignoresQuietHours: Bool
  /// How caps treat it.
  public let capUse: CapUse
  /// Whether it plans anything.
  public let isEnabled: Bool
  /// The name this step had before.
  public let was: String?

  /// A step of these parts.
  public init(
    name: String,
    timing: Timing,
    days: Set<Weekday>?,
    outsideDays: OutsideDays,
    notBefore: Span?,
    atMost: Int?,
    per: Span?,
    onlyIf: Condition?,
    expires: Span?,
    action: Action,
    template: String?,
    variants: [Variant],
    recipient: Recipient,
    assignTo: String?,
    groupBy: String?,
    data: JSONText,
    ignoresQuietHours: Bool,
    capUse: CapUse,
    isEnabled: Bool,
    was: String?
  ) {
    self.name = name
    self.timing = timing
    self.days = days
    self.outsideDays = outsideDays
    self.notBefore = notBefore
    self.atMost = atMost
    self.per = per
    self.onlyIf = onlyIf
    self.expires = expires
    self.action = action
    self.template = template
    self.variants = variants
    self.recipient = recipient
    self.assignTo = assignTo
    self.groupBy = groupBy
    self.data = data
    self.ignoresQuietHours = ignoresQuietHours
    self.capUse = capUse
    self.isEnabled = isEnabled
    self.was = was
  }
}

extension Step: Hashable {
  /// Whether both say the same.
  public static func == (left: Step, right: Step) -> Bool {
    if left === right { return true }
    return left.name == right.name
      && left.timing == right.timing
      && left.days == right.days
      && left.outsideDays == right.outsideDays
      && left.notBefore == right.notBefore
      && left.atMost == right.atMost
      && left.per == right.per
      && left.onlyIf == right.onlyIf
      && left.expires == right.expires
      && left.action == right.action
      && left.template == right.template
      && left.variants == right.variants
      && left.recipient == right.recipient
      && left.assignTo == right.assignTo
      && left.groupBy == right.groupBy
      && left.data == right.data
      && left.ignoresQuietHours == right.ignoresQuietHours
      && left.capUse == right.capUse
      && left.isEnabled == right.isEnabled
      && left.was == right.was
  }

  /// Feeds the name, which tells most apart.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
  }
}
