extension Key {
  static let testFile = [
    Key("nudged_test", .whole(1...1), "The format of this file.", required: true),
    Key(
      "rules",
      .listOf(.text),
      "The rule files that decide: files, folders or patterns such as `../*.yaml`, seen from this file.",
      required: true
    ),
    Key("settings", .map(.settings), "The settings that decide; UTC and no caps unless said."),
    Key("people", .anything, "Traits by user id, set when a test that names the user starts."),
    Key(
      "accounts",
      .anything,
      "Traits by account id, set when a test that names the account starts."
    ),
    Key("tests", .list(.campaignTest), "What happens, and what is expected.", required: true),
  ]

  /// How a timeline is played.
  private static let timeline = [
    Key("starts_at", .text, "When it starts: 2026-03-06T18:30:00-05:00.", required: true),
    Key("timezone", .zone, "The zone of `day 3 08:00`; the settings' unless said."),
    Key("holdout", .choice(["on", "off"]), "Whether people are held out; off unless said."),
    Key("variant", .texts, "The variant that everybody gets, where a step has one of this name."),
    Key(
      "runs_until",
      .text,
      "When it ends; when no timer is left, at most 60 days after the last act, unless said."
    ),
  ]

  static let campaignTest =
    [Key("name", .text, "What is the case, as a sentence.", required: true)] + timeline + [
      Key("table", .listOf(.anything), "Runs the test once for each row; `$column` is its value."),
      Key("given", .list(.given), "What happens.", required: true),
      Key("expect", .map(.expectation), "What must follow.", required: true),
    ]

  /// What may happen; each entry of `given` says one of these.
  static let acts = [
    Key("identify", .anything, "Sets these traits of the user."),
    Key("track", .text, "The user does this, an event by name."),
    Key("group", .anything, "Sets these traits of the account; the user, if any, belongs to it."),
    Key("alias", .text, "The user turns out to be who was known by this anonymous id."),
    Key("daemon", .choice(["stopped", "started"]), "Stops the daemon, or starts it again."),
    Key("deploy", .listOf(.text), "These rule files decide from now on, in place of all others."),
    Key("silence", .map(.testSilence), "An operator mutes something for a while."),
    Key("timezone", .zone, "The user, or the account, moves to this zone."),
  ]

  static let given =
    [
      Key(
        "at",
        .text,
        "When: `+26h` after the start, `day 3 08:00`, or an instant.",
        required: true
      ),
      Key("user", .text, "Who does it, by user id."),
      Key("anonymous", .text, "Who does it, by the id of one not known yet."),
      Key("account", .text, "The account that it happens in, by id."),
    ] + acts + [
      Key("properties", .anything, "The properties of the event behind `track`."),
      Key("timestamp", .text, "When it happened, if it arrives later, or too early."),
      Key("message_id", .text, "The message's id; a repeated one is the same message again."),
    ]

  static let testSilence = [
    Key("campaign", .name, "The campaign that stays quiet; all unless said."),
    Key("channel", .name, "The channel that stays quiet; all unless said."),
    Key("user", .text, "The user who hears nothing; everybody unless said."),
    Key("account", .text, "The account that hears nothing; everybody unless said."),
    Key("for", .clockSpan, "How long."),
    Key("until", .text, "When it ends; either this or `for`."),
    Key("comment", .text, "Why, for people."),
  ]

  static let expectation = [
    Key("sent", .list(.sentExpectation), "Everything that goes out, in order; `[]` for nothing."),
    Key("not_sent", .list(.absenceExpectation), "What does not go out, and why."),
    Key("state", .list(.stateExpectation), "Where somebody stands at an instant."),
  ]

  /// Which step an expectation is about.
  private static let sending = [
    Key("campaign", .text, "The campaign, by name.", required: true),
    Key("step", .text, "The step, by name.", required: true),
    Key("to", .text, "Who gets it: a user's id, or `account:ID`."),
    Key("about", .text, "Whom it is about, where somebody else gets it: an id, or `account:ID`."),
  ]

  static let sentExpectation =
    [Key("at", .text, "When it goes out.", required: true)] + sending + [
      Key("channel", .text, "The channel it is handed to."),
      Key("late_by", .clockSpan, "How long after the instant that the step's timing names."),
      Key("variant", .text, "The variant that is chosen."),
    ]

  static let absenceExpectation =
    [Key("at", .text, "The instant of the decision, or at which it waits; any unless said.")]
    + sending + [Key("because", .text, "The reason's code, such as `left.while-ended`.")]

  static let stateExpectation = [
    Key("at", .text, "When.", required: true),
    Key("user", .text, "Whose state, by user id."),
    Key("account", .text, "Whose state, by account id."),
    Key("model", .text, "The model; may be left out where only one is about them."),
    Key("day", .numberTest, "How many local dates have begun since the start's."),
    Key("milestones", .listOf(.text), "Exactly these milestones are reached; `[]` for none."),
    Key("activated", .flag, "Whether the model counts them as activated."),
    Key("score", .namedNumberTests, "Rounded totals of scores."),
    Key("metric", .namedNumberTests, "Values of metrics."),
    Key("pace", .text, "The pace."),
    Key("health", .text, "The health."),
    Key("segment", .text, "The segment."),
    Key("inside", .listOf(.text), "Exactly these campaigns hold them; `[]` for none."),
  ]

  static let personFile =
    [
      Key("nudged_person", .whole(1...1), "The format of this file.", required: true),
      Key("user", .text, "The person's id; `somebody` unless said."),
    ] + timeline + [Key("given", .list(.given), "What happens.", required: true)]
}
