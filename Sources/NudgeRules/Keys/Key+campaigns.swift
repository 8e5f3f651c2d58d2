extension Key {
  static let campaign = [
    Key("description", .text, "What the campaign is for, for people."),
    Key("owner", .text, "Whom to ask about it."),
    Key("mode", .choice(["live", "shadow", "off"]), "Whether it acts; live unless said."),
    Key("model", .text, "The model whose subjects it is about.", required: true),
    Key("who", .condition, "Who enters; checked once, on the way in."),
    Key("while", .condition, "Who stays; checked all the time, and on the way in."),
    Key("enter_until_day", .whole(0...36_500), "The last local day on which one may enter."),
    Key("re_enter", .reEntry, "Whether one who has left may come back; never unless said."),
    Key("leave_when", .list(.exit), "Named ways out, checked all the time, from the top."),
    Key("holdout", .percentage, "The share that gets nothing, for comparison."),
    Key("holdout_group", .name, "Shares one holdout among campaigns."),
    Key("timezone", .zone, "The zone of people whose own is not known."),
    Key("priority", .whole(0...100), "Higher goes first; 50 unless said."),
    Key(
      "on_first_deploy",
      .choice(["new_starts_only", "join_in_progress", "start_over"]),
      "Who may enter when the campaign is new; new_starts_only unless said."
    ),
    Key("was", .name, "The name it had before, when you rename it."),
    Key("steps", .list(.step), "What is sent, and when.", required: true),
  ]

  static let reEntry = [
    Key("after", .span, "How long after leaving one may come back.", required: true)
  ]

  static let timings = [
    Key("on_day", .whole(0...365), "So many local calendar days after the anchor's; with `at`."),
    Key("after", .clockSpan, "Exactly this much later; no calendar, no time zone."),
    Key("every", .interval, "Again and again: `7 days`, `monday`; with `at`."),
    Key("immediately", .yes, "At entering."),
    Key("as_soon_as", .condition, "Each time this condition triggers."),
  ]

  static let actions = [
    Key("send", .name, "The channel it is handed to."),
    Key("tag", .name, "The tag that is put on the subject."),
    Key("untag", .name, "The tag that is taken away."),
  ]

  static let step =
    [
      Key("name", .name, "The name of the step.", required: true),
      Key("description", .text, "What the step is for, for people."),
      Key("enabled", .flag, "false plans nothing."),
    ] + timings + [
      Key(
        "since",
        .anchor,
        "What the timing counts from: start, entering, a milestone, a step, a date."
      ),
      Key("at", .timeOfDay, "The local time; \"00:00\" unless said."),
      Key("days", .days, "The weekdays on which it may go out."),
      Key(
        "outside_days",
        .choice(["wait", "skip"]),
        "What happens on other days; wait unless said."
      ),
      Key("not_before", .span, "The least time after entering."),
      Key("at_most", .whole(1...1_000_000), "How often it is sent in one enrolment, or in `per`."),
      Key("per", .span, "The sliding window of `at_most`, over all enrolments."),
      Key("only_if", .condition, "Checked when it is due; if false, the step is skipped."),
    ] + actions + [
      Key("to", .recipient, "Who gets it; the subject unless said."),
      Key("template", .text, "The message."),
      Key("variants", .list(.variant), "Several messages, shared out by weight."),
      Key("assign_to", .accountTrait, "The account's trait that names the assignee."),
      Key("group_by", .accountTrait, "Gathers due steps with the same value into one."),
      Key("data", .anything, "Handed on as it is."),
      Key(
        "expires",
        .span,
        "Given up this long after the planned time; the channel's unless said."
      ),
      Key(
        "caps",
        .choice(["exempt", "not_counted"]),
        "Never held by caps, or not counted by them."
      ),
      Key("quiet_hours", .choice(["ignore"]), "Goes out in quiet hours too."),
      Key("was", .name, "The name it had before, when you rename it."),
    ]

  static let variant = [
    Key("name", .name, "The name of the variant.", required: true),
    Key("weight", .positiveNumber, "Relative to the other variants' weights.", required: true),
    Key("template", .text, "The message."),
  ]

  static let mute = [
    Key("description", .text, "Why the channels stay quiet, for people."),
    Key("when", .condition, "Asked of the person."),
    Key("when_account", .condition, "Asked of the person's account."),
    Key("channels", .names, "The channels that stay quiet; all message channels unless said."),
    Key("campaigns", .names, "The campaigns that are muted; all unless said."),
  ]
}
