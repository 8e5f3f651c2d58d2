/// A code of the closed list of reasons, as people look it up; every way out of its own counts as one.
public enum ReasonCode: String, Hashable, Sendable, CaseIterable {
  case sent
  case heldOut = "held-out"
  case waitingQuietHours = "waiting.quiet-hours"
  case waitingCap = "waiting.cap"
  case waitingDays = "waiting.days"
  case waitingMuted = "waiting.muted"
  case waitingSilenced = "waiting.silenced"
  case skippedBeforeEntry = "skipped.before-entry"
  case skippedBeforeDeploy = "skipped.before-deploy"
  case skippedAddedLater = "skipped.added-later"
  case skippedCondition = "skipped.condition"
  case skippedOutsideDays = "skipped.outside-days"
  case skippedShadow = "skipped.shadow"
  case leftWhileEnded = "left.while-ended"
  case leftByName = "left.NAME"
  case leftUnsubscribed = "left.unsubscribed"
  case leftDeleted = "left.deleted"
  case droppedExpired = "dropped.expired"
  case droppedCapped = "dropped.capped"
  case droppedNoRecipient = "dropped.no-recipient"
  case droppedTemplate = "dropped.template"
  case cancelledRemoved = "cancelled.removed"
  case cancelledCampaignOff = "cancelled.campaign-off"
  case cancelledRePlanned = "cancelled.re-planned"
  case finished

  /// The code that this text writes; `left.` with any other name is a campaign's own way out.
  public init?(code: String) {
    if let known = ReasonCode(rawValue: code) {
      self = known
    } else if code.hasPrefix("left."), code.utf8.count > 5 {
      self = .leftByName
    } else {
      return nil
    }
  }

  /// The code of a reason.
  public init(_ reason: Reason) {
    switch reason {
    case .sent: self = .sent
    case .heldOut: self = .heldOut
    case .waiting(let wait): self = ReasonCode(wait)
    case .skipped(let skip): self = ReasonCode(skip)
    case .left(let leave): self = ReasonCode(leave)
    case .dropped(let drop): self = ReasonCode(drop)
    case .cancelled(let cancel): self = ReasonCode(cancel)
    }
  }

  private init(_ wait: Reason.Wait) {
    switch wait {
    case .quietHours: self = .waitingQuietHours
    case .cap: self = .waitingCap
    case .days: self = .waitingDays
    case .muted: self = .waitingMuted
    case .silenced: self = .waitingSilenced
    }
  }

  private init(_ skip: Reason.Skip) {
    switch skip {
    case .beforeEntry: self = .skippedBeforeEntry
    case .beforeDeploy: self = .skippedBeforeDeploy
    case .addedLater: self = .skippedAddedLater
    case .condition: self = .skippedCondition
    case .outsideDays: self = .skippedOutsideDays
    case .shadow: self = .skippedShadow
    }
  }

  private init(_ leave: Reason.Leave) {
    switch leave {
    case .whileEnded: self = .leftWhileEnded
    case .unsubscribed: self = .leftUnsubscribed
    case .deleted: self = .leftDeleted
    case .named: self = .leftByName
    }
  }

  private init(_ drop: Reason.Drop) {
    switch drop {
    case .expired: self = .droppedExpired
    case .capped: self = .droppedCapped
    case .noRecipient: self = .droppedNoRecipient
    case .template: self = .droppedTemplate
    }
  }

  private init(_ cancel: Reason.Cancel) {
    switch cancel {
    case .removed: self = .cancelledRemoved
    case .campaignOff: self = .cancelledCampaignOff
    case .rePlanned: self = .cancelledRePlanned
    }
  }
}
