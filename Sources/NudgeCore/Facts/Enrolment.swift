/// What one subject has been through in one campaign, over all of its enrolments.
struct CampaignRecord: Hashable, Sendable {
  /// The passage that is open, or the last one.
  var enrolment: Enrolment?
  /// Whether the way in was seen closed since the last leaving.
  var wasClosedSince = false
  /// By the step's name: the decisions `sent`, `held-out` and `skipped.shadow`, for `at_most` with `per`.
  var doneAt = SortedMap<String, [Timestamp]>()
}

/// One subject's passage through one campaign.
struct Enrolment: Hashable, Sendable {
  /// Counted from 1.
  let number: Int
  let enteredAt: Timestamp
  /// The user whose event made them enter.
  let actor: String?
  var ending: Ending?
  /// By the step's name.
  var steps = SortedMap<String, StepRecord>()
  /// By the name of a step that was renamed: its last occurrence under it, whose decision keeps its id.
  var occurrences = SortedMap<String, Int>()

  /// How a passage ended.
  struct Ending: Hashable, Sendable {
    let at: Timestamp
    /// `nil`: finished.
    let reason: Reason.Leave?
  }

  var isOpen: Bool { ending == nil }
}

/// What became of one step in one enrolment.
struct StepRecord: Hashable, Sendable {
  /// How many occurrences were planned.
  var occurrences = 0
  var plan: Plan?
  /// How many decisions `sent`, `held-out` or `skipped.shadow` there were.
  var done = 0
  var firstDoneAt: Timestamp?
  var lastDoneAt: Timestamp?
  /// The nominal instant of the last planned occurrence.
  var lastNominalAt: Timestamp?
  /// Whether the condition of `as_soon_as` held when it was last looked at.
  var didHold = false
  /// Whether an edit took the last plan away, so that the step may be planned once more.
  var isRePlanned = false
}

/// One occurrence of a step that is not decided yet.
struct Plan: Hashable, Sendable {
  let occurrence: Int
  /// The instant that the timing names.
  let nominalAt: Timestamp
  /// The instant after `not_before` and `days`.
  let plannedAt: Timestamp
  /// Planned onto a day that `outside_days: skip` forbids.
  let isOutsideDays: Bool
  /// When it expires; `never` if it does not.
  let expiresAt: Timestamp
  /// The member whose event triggered it.
  let actor: String?
  /// `Step.timingKey` as it was.
  var timing: UInt64
  /// What holds it back since its planned instant.
  var waiting: Waiting?

  /// A plan held back.
  struct Waiting: Hashable, Sendable {
    let reason: Reason.Wait
    /// The quiet hours', cap's or mute's name.
    let cause: String
    /// When it ends; `never` when only an event can tell (a mute).
    let until: Timestamp
  }

  /// When it is to be looked at next.
  var due: Timestamp {
    guard let waiting else { return plannedAt }
    return min(waiting.until, expiresAt)
  }
}
