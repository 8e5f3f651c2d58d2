extension LogKind {
  /// What the catalog says of it: a line, and a text in which `@FIELD@` stands for a field of the journal.
  public var explanation: (subject: String, text: String) {
    switch self {
    case .ready:
      (
        "nudged is ready",
        """
        The database is migrated, the rules are loaded, the sockets are open, and what was due is
        decided. The rule set that decides is @NUDGED_RULE_SET@.

          nudged status
        """
      )
    case .stopped:
      (
        "nudged has stopped",
        """
        Intake was stopped, the running transaction ended, and the database closed. Nothing that was
        answered is lost.
        """
      )
    case .rulesLoaded:
      (
        "New rules decide",
        """
        The files were read, checked and compiled without an error. Rule set @NUDGED_RULE_SET@ decides
        from now on.

          nudged campaign list
        """
      )
    case .rulesUnchanged:
      (
        "The rules are the same",
        """
        A reload found the rules that decide already, set @NUDGED_RULE_SET@.
        """
      )
    case .rulesRejected:
      (
        "The rules on disk were rejected",
        """
        Nothing has changed: the rule set that ran before decides on. The first error is

          @NUDGED_ERROR@

        Mend it, then load again:

          nudged check
          nudged reload
        """
      )
    case .rulesRejectedAtStart:
      (
        "The rules on disk are broken, the last good ones decide",
        """
        nudged has started with the last good rule set of its database, @NUDGED_RULE_SET@. The first
        error in the files is

          @NUDGED_ERROR@

        Mend it, then load again:

          nudged check
          nudged reload
        """
      )
    case .rulesNotLoaded:
      (
        "The rules on disk were not loaded",
        """
        Nothing is wrong with them, but somebody must say that they are meant:

          @NUDGED_ERROR@
        """
      )
    case .decisionMade:
      (
        "A step was decided",
        """
        Step @NUDGED_STEP@ of campaign @NUDGED_CAMPAIGN@ ended as @NUDGED_REASON@.

          nudged trace @NUDGED_DECISION@
          nudged explain @NUDGED_SUBJECT@ @NUDGED_CAMPAIGN@
        """
      )
    case .decisionDropped:
      (
        "A step was due and was dropped",
        """
        Step @NUDGED_STEP@ of campaign @NUDGED_CAMPAIGN@ could not be sent in time: @NUDGED_REASON@.

          nudged docs @NUDGED_REASON@
          nudged trace @NUDGED_DECISION@
        """
      )
    case .deliverySettled:
      (
        "An intervention was delivered",
        """
        Channel @NUDGED_CHANNEL@ has taken @NUDGED_DELIVERY@.
        """
      )
    case .deliveryRetried:
      (
        "A delivery failed and is tried again",
        """
        Channel @NUDGED_CHANNEL@ did not take @NUDGED_DELIVERY@. The next attempt is at @NUDGED_UNTIL@.

          nudged outbox list --channel @NUDGED_CHANNEL@
        """
      )
    case .deliveryExpired:
      (
        "A delivery came too late",
        """
        @NUDGED_DELIVERY@ was not taken by channel @NUDGED_CHANNEL@ before it lost its meaning, and is
        no longer sent.
        """
      )
    case .deliveryGivenUp:
      (
        "A delivery was given up",
        """
        Channel @NUDGED_CHANNEL@ has refused @NUDGED_DELIVERY@ for good, or for the last time. Once the
        receiver is mended, send it again:

          nudged outbox list --channel @NUDGED_CHANNEL@ --state dead
          nudged outbox retry --channel @NUDGED_CHANNEL@
        """
      )
    case .channelPaused:
      (
        "A receiver has asked for a pause",
        """
        Channel @NUDGED_CHANNEL@ is left alone until @NUDGED_UNTIL@, as its receiver has asked.
        """
      )
    case .channelDisabled:
      (
        "A channel was disabled",
        """
        The receiver of channel @NUDGED_CHANNEL@ has answered 410: it is gone for good. Nothing is sent to
        it until somebody says so:

          nudged outbox enable @NUDGED_CHANNEL@
        """
      )
    case .breakerOpened:
      (
        "A receiver fails again and again",
        """
        Channel @NUDGED_CHANNEL@ is left alone for a while; then one delivery tries whether it works again.

          nudged outbox list --channel @NUDGED_CHANNEL@
        """
      )
    case .breakerClosed:
      (
        "A receiver works again",
        """
        Channel @NUDGED_CHANNEL@ sends as before.
        """
      )
    case .fileEdited:
      (
        "An outbox file was edited",
        """
        The file of channel @NUDGED_CHANNEL@ is not as nudged has left it. It was set aside, and a new one
        is begun. Tail it or copy it, but do not edit it.
        """
      )
    case .fileUnwritable:
      (
        "An outbox file cannot be written",
        """
        The file of channel @NUDGED_CHANNEL@: @NUDGED_ERROR@. It is tried again by itself at
        @NUDGED_UNTIL@; nothing is lost. Look at the owner, the mode and the room of its folder.
        """
      )
    case .summary:
      (
        "What was done in a minute",
        """
        @NUDGED_EVENTS@ events were taken and @NUDGED_REJECTED@ rejected; @NUDGED_DECISIONS@ decisions were made,
        @NUDGED_SENT@ of them to send; @NUDGED_DELIVERIES@ deliveries settled, @NUDGED_FAILURES@ attempts failed.
        Each is logged at the level debug.
        """
      )
    case .erased:
      (
        "A person was erased",
        """
        Events, decisions and deliveries of a person are gone for good.
        """
      )
    }
  }

  /// All of them as `systemd/nudged.catalog` has them.
  ///
  /// The format is that of <https://systemd.io/CATALOG>.
  public static var catalog: String {
    let entries = allCases.map { kind in
      """
      -- \(kind.id)
      Subject: \(kind.explanation.subject)
      Defined-By: nudged
      Documentation: man:nudged(8)

      \(kind.explanation.text)

      """
    }
    return "# What nudged writes to the journal. Made of LogKind by `nudged docs --catalog`.\n\n"
      + entries.joined(separator: "\n")
  }
}
