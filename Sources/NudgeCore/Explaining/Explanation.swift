/// Why one subject gets, got or does not get what the campaigns plan, as of one instant.
public struct Explanation: Sendable {
  /// Whom it is about.
  public let subject: SubjectID
  /// The instant at which everything was asked.
  public let now: Timestamp
  /// The subject's zone, in which times are written.
  public let zone: Zone
  /// Whether anything was ever heard of the subject.
  public let isKnown: Bool
  /// The models that the subject has started, by name; of one campaign: only its model.
  public let starts: [Start]
  /// By falling priority, then name; those that are no longer in the rules last.
  public let campaigns: [CampaignExplanation]
  /// The hash of the rule set that was asked.
  public let ruleSet: String
  /// The commit that the rule set came from; `nil` when it came from none.
  public let gitCommit: String?

  /// When a subject began in a model.
  public struct Start: Hashable, Sendable {
    /// The model's name.
    public let model: String
    /// The start.
    public let startedAt: Timestamp
    /// The local dates since then.
    public let day: Int
  }
}

/// Where one subject stands in one campaign, and why.
public struct CampaignExplanation: Sendable {
  /// The campaign's name.
  public let name: String
  /// Its model's name; `nil` for a campaign that is no longer in the rules.
  public let model: String?
  /// Whether it acts; `nil` for a campaign that is no longer in the rules.
  public let mode: Campaign.Mode?
  /// The zone of its times.
  public let zone: Zone
  /// Whether the subject is inside.
  public let standing: Standing
  /// What keeps the subject out; empty while it is inside.
  public let hindrances: [Hindrance]
  /// `who` as it stands; `nil` without one.
  public let who: ConditionTree?
  /// `while` as it stands; `nil` without one.
  public let stays: ConditionTree?
  /// The ways out as they stand, from the top.
  public let exits: [Exit]
  /// In the order of the file, then those that are no longer in it.
  public let steps: [StepExplanation]

  /// Whether a subject is inside a campaign.
  public enum Standing: Hashable, Sendable {
    /// It never entered.
    case outside
    /// It is inside; enrolments are counted from 1.
    case inside(enrolment: Int, since: Timestamp)
    /// It left, by a reason code or as `finished`.
    case left(enrolment: Int, entered: Timestamp, at: Timestamp, as: String)
    /// The campaign is no longer in the rules.
    case removed
  }

  /// One thing that keeps a subject out.
  public struct Hindrance: Hashable, Sendable {
    /// A stable word: `anonymous`, `off`, `not-started`, `before-deploy`, `who`, `while`, `left`, `too-late`.
    public let code: String
    /// What is the case, for people.
    let text: Phrase
    /// The condition that fails; `nil` when it is none.
    public let condition: ConditionTree?
  }

  /// One entry of `leave_when`.
  public struct Exit: Hashable, Sendable {
    /// The name that becomes the reason.
    public let name: String
    /// Its condition as it stands.
    public let condition: ConditionTree
  }
}

/// What became of one step, and what is to become of it.
public struct StepExplanation: Sendable {
  /// The campaign that it is a step of.
  let campaign: String
  /// The step's name.
  public let name: String
  /// What it does, as in `email` or `tag power-user`.
  public let action: String
  /// The final decisions of the enrolment, in order.
  public let decisions: [Decision]
  /// What is still to come.
  public let outlook: Outlook
  /// Why the last decision was held out, with the number and the share; `nil` if it was not.
  let heldOut: Phrase?
  /// The `only_if` that the last decision found false, as of its instant; `nil` for any other decision.
  let unmet: ConditionTree?

  /// What is still to come of a step.
  public enum Outlook: Hashable, Sendable {
    /// It has a plan.
    case planned(PlanExplanation)
    /// It has none yet.
    case unplanned(Absence)
    /// Nothing more will come of it in this enrolment.
    case over
  }

  /// Why a step has no plan yet.
  public struct Absence: Hashable, Sendable {
    /// What it waits for, for people.
    let text: Phrase
    /// The condition it waits for; `nil` when it is none.
    public let condition: ConditionTree?
  }
}

/// One open plan of a step.
public struct PlanExplanation: Hashable, Sendable {
  /// Counted from 1.
  public let occurrence: Int
  /// What the step's timing says, in words.
  public let timing: String
  /// The instant that the timing names.
  public let nominalAt: Timestamp
  /// The instant after `not_before` and `days`.
  public let plannedAt: Timestamp
  /// What moved it: `not_before`, `days`.
  public let movedBy: [String]
  /// Where the timing would put it by what is known now; `nil` where it stands.
  public let wouldBeAt: Timestamp?
  /// When it is looked at next.
  public let dueAt: Timestamp
  /// When it expires; `never` if it does not.
  public let expiresAt: Timestamp
  /// What holds it back; `nil` before it has come due.
  public let waiting: Waiting?
  /// What is asked before it goes out, as it stands now, in the order of asking.
  public let checks: [Check]

  /// What holds a plan back.
  public struct Waiting: Hashable, Sendable {
    /// The reason's code.
    public let code: ReasonCode
    /// The quiet hours', cap's, mute's or silence's name.
    public let cause: String
    /// When it ends; `never` when only an event can tell.
    public let until: Timestamp
  }

  /// One thing that is asked before a step goes out.
  public struct Check: Hashable, Sendable {
    /// Which one it is.
    public let kind: Kind
    /// Whether it lets the step go out.
    public let passes: Bool
    /// What is the case, for people.
    let text: Phrase
    /// The condition that was asked; `nil` when it is none.
    public let condition: ConditionTree?
    /// Who used a cap up, by campaign; empty for anything else.
    let users: [String]
  }

  /// What is asked before a step goes out.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case onlyIf = "only_if"
    case recipient
    case mute
    case silence
    case holdout
    case quietHours = "quiet_hours"
    case atMost = "at_most"
    case cap
  }
}
