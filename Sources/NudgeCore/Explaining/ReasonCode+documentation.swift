extension ReasonCode {
  /// What `nudged docs CODE` prints: the code, what it means, and what to do.
  public var documentation: String {
    """
    \(rawValue)

    \(page.meaning)

    What to do: \(page.remedy)

    """
  }

  /// What happened, in one clause for `explain`.
  var clause: String { page.clause }

  /// What to do about it, for `explain`; `nil` where nothing is amiss.
  var advice: String? { page.advice }

  /// The parts of a code's page.
  struct Page {
    let clause: String
    let meaning: String
    let remedy: String
    var advice: String?
  }

  private var page: Page {
    switch self {
    case .sent, .heldOut, .finished: donePage
    case .waitingQuietHours, .waitingCap, .waitingDays, .waitingMuted, .waitingSilenced: waitingPage
    case .skippedBeforeEntry, .skippedBeforeDeploy, .skippedAddedLater, .skippedCondition,
      .skippedOutsideDays, .skippedShadow:
      skippedPage
    case .leftWhileEnded, .leftByName, .leftUnsubscribed, .leftDeleted: leftPage
    case .droppedExpired, .droppedCapped, .droppedNoRecipient, .droppedTemplate: droppedPage
    case .cancelledRemoved, .cancelledCampaignOff, .cancelledRePlanned: cancelledPage
    }
  }

  private var donePage: Page {
    switch self {
    case .heldOut:
      Page(
        clause: "held out",
        meaning: """
          The subject belongs to the holdout of the campaign: a stable share that gets nothing, so that \
          the others can be compared with it. Everything up to this point was asked as for anybody else. \
          The number is the SHA-256 of the holdout's name and the subject's id, so it is the same after a \
          restart, an edit or a second entry, and a larger share only adds people.
          """,
        remedy: """
          nothing, if you want to measure lift. To send to everybody take `holdout` out of the campaign.
          """
      )
    case .finished:
      Page(
        clause: "finished",
        meaning: """
          The subject went through the whole campaign: no step is open, and none can be planned any more. \
          It ends an enrolment and is no decision.
          """,
        remedy: """
          nothing. `re_enter` says whether one who has finished may come back.
          """
      )
    default:
      Page(
        clause: "sent",
        meaning: """
          The intervention was handed to its outbox in the transaction that made this decision, or the tag \
          was set. Whether the receiver took it is told by the delivery: `nudged outbox list`.
          """,
        remedy: """
          nothing.
          """
      )
    }
  }

  private var waitingPage: Page {
    switch self {
    case .waitingCap:
      Page(
        clause: "waits for a cap",
        meaning: """
          A cap of the settings is used up: the recipient has had as many messages as it allows in its \
          window. The step waits until every cap that covers its channel is free, and is then checked \
          from the start. If it expires first, it is dropped as `dropped.expired`.
          """,
        remedy: """
          see in `nudged explain` which steps used the cap. Raise `expires` or the cap, give the campaign a \
          higher `priority`, or mark what should not count with `caps: not_counted`.
          """
      )
    case .waitingDays:
      Page(
        clause: "waits for an allowed weekday",
        meaning: """
          The step's time falls on a weekday that `days` does not allow, so it waits for the next allowed \
          one at the same time of day.
          """,
        remedy: """
          nothing, or widen `days`. With `outside_days: skip` such an occurrence is passed over instead.
          """
      )
    case .waitingMuted:
      Page(
        clause: "waits for a mute to end",
        meaning: """
          The condition of a mute holds for the subject or its account, and the mute covers the step's \
          channel and campaign. The step waits until the condition no longer holds; if it expires first, \
          it is dropped as `dropped.expired`.
          """,
        remedy: """
          nothing, if somebody is on the case. Otherwise limit the mute with `channels` or `campaigns`.
          """
      )
    case .waitingSilenced:
      Page(
        clause: "waits for a silence to end",
        meaning: """
          An operator has silenced the campaign, the channel or the subject for a while, or paused the \
          campaign until it is resumed. The step waits until that ends; if it expires first, it is dropped \
          as `dropped.expired`.
          """,
        remedy: """
          `nudged silence list` shows who and why; `nudged silence expire` ends one early, and \
          `nudged campaign resume` a pause.
          """
      )
    default:
      Page(
        clause: "waits for quiet hours to end",
        meaning: """
          It is night where the recipient is: the settings' `quiet_hours` hold messages back until they \
          end, and then the step is checked from the start. Channels and steps with `quiet_hours: ignore`, \
          and channels of kind internal, are not held.
          """,
        remedy: """
          plan the step for the day with `at:`, or let it say `quiet_hours: ignore`. Its `expires` must be \
          longer than the night.
          """
      )
    }
  }

  private var skippedPage: Page {
    switch self {
    case .skippedBeforeEntry:
      Page(
        clause: "its time lay before the subject entered",
        meaning: """
          The instant that the step's timing names lies before the subject entered the campaign, so there \
          was nobody to send it to.
          """,
        remedy: """
          nothing, if late entrants should miss early steps. Else count from `since: entering`.
          """,
        advice: "count the step from `since: entering`"
      )
    case .skippedBeforeDeploy:
      Page(
        clause: "its time lay before the campaign was deployed",
        meaning: """
          The campaign was deployed with `on_first_deploy: join_in_progress`, and the step's instant lay \
          before that, so those who joined do not get it.
          """,
        remedy: """
          nothing. `on_first_deploy: start_over` would begin at day 0 for everybody.
          """
      )
    case .skippedAddedLater:
      Page(
        clause: "the step was added when its time had passed",
        meaning: """
          The step came into the campaign while the subject was inside, and the instant that its timing \
          names had already passed.
          """,
        remedy: """
          nothing: a step added later is for those who reach its time later. `nudged plan` counts them \
          before an edit is applied.
          """
      )
    case .skippedOutsideDays:
      Page(
        clause: "its time fell on a weekday that it does not allow",
        meaning: """
          The step's instant fell on a weekday that `days` does not allow, and `outside_days: skip` says to \
          pass over it rather than to wait for the next allowed day.
          """,
        remedy: """
          nothing, or write `outside_days: wait`.
          """,
        advice: "write `outside_days: wait`"
      )
    case .skippedShadow:
      Page(
        clause: "the campaign only shadows",
        meaning: """
          The campaign is in `mode: shadow`: it decides everything as if it were live and records it, and \
          nothing leaves. This step would have been sent.
          """,
        remedy: """
          `mode: live` when the shadow's decisions look right.
          """,
        advice: "write `mode: live`"
      )
    default:
      Page(
        clause: "its `only_if` was false",
        meaning: """
          The step came due and its `only_if` did not hold at that instant. That is final: it is not asked \
          again later.
          """,
        remedy: """
          see in `nudged explain` which part of the condition fails. To wait until it holds use \
          `as_soon_as` in place of a fixed time.
          """
      )
    }
  }

  private var leftPage: Page {
    switch self {
    case .leftUnsubscribed:
      Page(
        clause: "the subject unsubscribed",
        meaning: """
          `unsubscribed_when` of the settings holds for the subject, so it left every campaign, and every \
          open step ended with it.
          """,
        remedy: """
          nothing: nobody who unsubscribed is written to. Check the trait if it is a mistake.
          """
      )
    case .leftDeleted:
      Page(
        clause: "the subject was forgotten",
        meaning: """
          An operator had the subject forgotten (`nudged user forget`): its events, traits and progress are \
          gone, and every open step ended.
          """,
        remedy: """
          nothing; a late event does not bring the subject back.
          """
      )
    case .leftByName:
      Page(
        clause: "this entry of the campaign's `leave_when` came true",
        meaning: """
          An entry of the campaign's `leave_when` came true; its name is the second half of the code, as in \
          `left.bought`. Every step that was planned or waiting ended at that instant.
          """,
        remedy: """
          nothing, if that is what the way out is for. The entries are asked on each event and each timer, \
          from the top.
          """
      )
    default:
      Page(
        clause: "the campaign's `while` ended",
        meaning: """
          The campaign's `while` no longer holds for the subject, so it left. Every step that was planned \
          or waiting ended at that instant.
          """,
        remedy: """
          nothing, if reaching it was the aim. A condition that should only be asked on the way in belongs \
          under `who`.
          """
      )
    }
  }

  private var droppedPage: Page {
    switch self {
    case .droppedCapped:
      Page(
        clause: "a cap was used up",
        meaning: """
          A cap of the settings was used up and `on_cap: drop` says not to wait; or the step's own \
          `at_most` with `per` was used up when it came due. The decision names which.
          """,
        remedy: """
          raise the cap, write `on_cap: wait`, or mark what should not count with `caps: not_counted`.
          """,
        advice: "raise the cap, or write `on_cap: wait`"
      )
    case .droppedNoRecipient:
      Page(
        clause: "there was nobody to send it to",
        meaning: """
          `to:` names a trait of the account that is not set, or the member whose event triggered the step \
          when none did; or the one it names has unsubscribed.
          """,
        remedy: """
          set the trait with a group call, or send to somebody who is always there.
          """,
        advice: "set the trait that `to` names"
      )
    case .droppedTemplate:
      Page(
        clause: "its template could not be rendered",
        meaning: """
          The template failed with this subject's data, or the payload came out larger than 20 kB.
          """,
        remedy: """
          `nudged check` renders each template with empty and with sample data. Give what may be missing a \
          fallback in the template.
          """,
        advice: "mend the template, and see `nudged check`"
      )
    default:
      Page(
        clause: "it could not go out in time",
        meaning: """
          The step was still held back, or the daemon was down, when its `expires` had passed since its \
          planned instant. What held it back is named with the decision.
          """,
        remedy: """
          raise `expires`, or take away what held it back.
          """,
        advice: "raise `expires`"
      )
    }
  }

  private var cancelledPage: Page {
    switch self {
    case .cancelledRemoved:
      Page(
        clause: "an edit took the step away",
        meaning: """
          The step or its campaign is no longer in the rules, or the step has `enabled: false`; its open \
          plan ended with the deploy. The history stays.
          """,
        remedy: """
          nothing. If it was only renamed, `was:` carries plans and history over.
          """
      )
    case .cancelledCampaignOff:
      Page(
        clause: "the campaign was off",
        meaning: """
          The step came due while its campaign was in `mode: off`.
          """,
        remedy: """
          write `mode: live`; what came due meanwhile is not made up for.
          """,
        advice: "write `mode: live`"
      )
    default:
      Page(
        clause: "an edit changed its timing",
        meaning: """
          An edit changed the step's timing, so its open plan was taken back and made again by the new \
          timing, as a further occurrence.
          """,
        remedy: """
          nothing; look at the next occurrence of the step.
          """
      )
    }
  }
}
