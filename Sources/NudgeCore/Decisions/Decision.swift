/// The recorded outcome of one step for one enrolment.
public struct Decision: Hashable, Sendable {
  /// What came of a step.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    case sent
    case heldOut = "held-out"
    case skipped
    case dropped
    case cancelled
  }

  /// `iv_` and the first 128 bits of SHA-256 over campaign, step, subject, enrolment and occurrence:
  /// the same in every replay.
  public let id: String
  /// When it was decided.
  public let at: Timestamp
  /// Who it is about.
  public let subject: SubjectID
  /// The campaign that decided, by name.
  public let campaign: String
  /// The step that was decided, by name.
  public let step: String
  /// Counted from 1 for each subject and campaign.
  public let enrolment: Int
  /// Counted from 1 for each enrolment and step.
  public let occurrence: Int
  /// What came of the step.
  public let outcome: Outcome
  /// Why it came out so.
  public let reason: Reason
  /// The instant that the step's timing names, before `not_before` and `days`.
  public let nominalAt: Timestamp
  /// `nil` for a step that tags.
  public let channel: String?
  /// Who gets it; `nil` when nobody could be found.
  public let to: SubjectID?
  /// The variant that was chosen; `nil` when the step has none.
  public let variant: String?
  /// What held it back or ended it, such as a cap's or a mute's name; `nil` when nothing did.
  public let cause: String?
  /// The hash of the rule set that decided.
  public let ruleSet: String
  /// The id of the intervention that this decision shares with others; `nil`: its own, or none.
  public let intervention: String?

  /// A decision of these parts.
  public init(
    id: String,
    at: Timestamp,
    subject: SubjectID,
    campaign: String,
    step: String,
    enrolment: Int,
    occurrence: Int,
    outcome: Outcome,
    reason: Reason,
    nominalAt: Timestamp,
    channel: String?,
    to: SubjectID?,
    variant: String?,
    cause: String?,
    ruleSet: String,
    intervention: String? = nil
  ) {
    self.id = id
    self.at = at
    self.subject = subject
    self.campaign = campaign
    self.step = step
    self.enrolment = enrolment
    self.occurrence = occurrence
    self.outcome = outcome
    self.reason = reason
    self.nominalAt = nominalAt
    self.channel = channel
    self.to = to
    self.variant = variant
    self.cause = cause
    self.ruleSet = ruleSet
    self.intervention = intervention
  }
}

/// Why a step came out as it did, or what it waits for.
///
/// The list is closed (`engine.md`).
public enum Reason: Hashable, Sendable {
  case sent
  case heldOut
  case waiting(Wait)
  case skipped(Skip)
  case left(Leave)
  case dropped(Drop)
  case cancelled(Cancel)

  /// What a plan waits for.
  public enum Wait: String, Hashable, Sendable, CaseIterable {
    case quietHours = "quiet-hours"
    case cap
    case days
    case muted
    case silenced
  }

  /// Why a step was passed over.
  public enum Skip: String, Hashable, Sendable, CaseIterable {
    case beforeEntry = "before-entry"
    case beforeDeploy = "before-deploy"
    case addedLater = "added-later"
    case condition
    case outsideDays = "outside-days"
    case shadow
  }

  /// Which way the subject left.
  public enum Leave: Hashable, Sendable {
    case whileEnded
    case unsubscribed
    case deleted
    /// One of the campaign's own exits.
    case named(String)
  }

  /// Why a due step was given up.
  public enum Drop: String, Hashable, Sendable, CaseIterable {
    case expired
    case capped
    case noRecipient = "no-recipient"
    case template
  }

  /// Which edit or switch ended a plan.
  public enum Cancel: String, Hashable, Sendable, CaseIterable {
    case removed
    case campaignOff = "campaign-off"
    case rePlanned = "re-planned"
  }

  /// The code that people read: `skipped.condition`, `left.bought`.
  public var code: String {
    switch self {
    case .sent: "sent"
    case .heldOut: "held-out"
    case .waiting(let wait): "waiting.\(wait.rawValue)"
    case .skipped(let skip): "skipped.\(skip.rawValue)"
    case .left(.whileEnded): "left.while-ended"
    case .left(.unsubscribed): "left.unsubscribed"
    case .left(.deleted): "left.deleted"
    case .left(.named(let name)): "left.\(name)"
    case .dropped(let drop): "dropped.\(drop.rawValue)"
    case .cancelled(let cancel): "cancelled.\(cancel.rawValue)"
    }
  }
}

/// What a sent decision hands to the outside, rendered once and kept as bytes.
public struct Intervention: Hashable, Sendable {
  /// The decision's id, which is the receiver's idempotency key.
  public let id: String
  /// Where it goes.
  public let channel: String
  /// Whom it is about.
  public let subject: SubjectID
  /// When the decision to send it was made.
  public let decidedAt: Timestamp
  /// When it loses its meaning; `never` if it does not.
  public let expiresAt: Timestamp
  /// The payload of `delivery.md`: one JSON object without line breaks.
  public let payload: [UInt8]
  /// The id of the one intervention that all those of a group become; `nil`: it goes alone.
  public let group: String?

  /// An intervention with its rendered payload.
  public init(
    id: String,
    channel: String,
    subject: SubjectID,
    decidedAt: Timestamp,
    expiresAt: Timestamp,
    payload: [UInt8],
    group: String? = nil
  ) {
    self.id = id
    self.channel = channel
    self.subject = subject
    self.decidedAt = decidedAt
    self.expiresAt = expiresAt
    self.payload = payload
    self.group = group
  }
}

extension Reason {
  /// The reason that a code such as `skipped.condition` names; `nil` for any other text.
  public init?(code: String) {
    switch code {
    case "sent": self = .sent
    case "held-out": self = .heldOut
    default:
      guard let dot = code.firstIndex(of: ".") else { return nil }
      let detail = String(code[code.index(after: dot)...])
      guard let reason = Reason(family: String(code[..<dot]), detail: detail) else { return nil }
      self = reason
    }
  }

  private init?(family: String, detail: String) {
    let reason: Reason? =
      switch family {
      case "waiting": Wait(rawValue: detail).map(Reason.waiting)
      case "skipped": Skip(rawValue: detail).map(Reason.skipped)
      case "dropped": Drop(rawValue: detail).map(Reason.dropped)
      case "cancelled": Cancel(rawValue: detail).map(Reason.cancelled)
      case "left": Leave(code: "left.\(detail)").map(Reason.left)
      default: nil
      }
    guard let reason else { return nil }
    self = reason
  }
}
