extension Key {
  static let ruleFile = [
    Key("nudged", .whole(1...1), "The format of this file.", required: true),
    Key("audiences", .named(.audience), "Conditions with a name."),
    Key("models", .named(.model), "What we measure."),
    Key("campaigns", .named(.campaign), "What we do about it."),
    Key("mutes", .named(.mute), "When channels stay quiet."),
  ]

  static let model = [
    Key("description", .text, "What the model measures, for people."),
    Key("subject", .choice(["user", "account"]), "Whom it measures.", required: true),
    Key("starts", .condition, "What makes somebody one of the model's.", required: true),
    Key("milestones", .named(.milestone), "Value actions, each reached once."),
    Key("activated_when", .condition, "When a subject counts as activated."),
    Key("pace", .list(.paceEntry), "How soon a subject was activated, in local calendar days."),
    Key("metrics", .named(.metric), "Numbers, made once and used by name."),
    Key("scores", .named(.score), "Totals of 0 to 100 points."),
    Key("segments", .list(.ladderEntry), "Named groups; the first that matches wins."),
    Key("health", .list(.ladderEntry), "Named states; the first that matches wins."),
  ]

  static let milestone = [
    Key("description", .text, "What the milestone is, for people."),
    Key("weight", .positiveNumber, "Relative to the other milestones' weights; 1 unless said."),
    Key("category", .name, "The group of milestones it belongs to."),
    Key("reached_when", .condition, "When it is reached.", required: true),
    Key("was", .name, "The name it had before, when you rename it."),
  ]

  static let otherwise = Key("otherwise", .yes, "Everybody whom no entry above takes.")

  static let paceEntry = [
    Key("name", .name, "The name of the pace.", required: true),
    Key("by_day", .whole(0...3650), "Activated by the end of this local day."),
    otherwise,
  ]

  static let ladderEntry = [
    Key("name", .name, "The name of the entry.", required: true),
    Key("held_for", .clockSpan, "How long `when` must have held without a break first."),
    Key("when", .condition, "Whom the entry takes."),
    otherwise,
  ]

  static let measures = [
    Key("count", .event, "How many events."),
    Key("days_with", .event, "On how many local dates there was such an event."),
    Key("weeks_with", .event, "In how many local weeks there were `at_least` such events."),
    Key("distinct", .property, "How many different values of this property `of` an event."),
    Key("sum", .property, "The sum of this property `of` an event."),
    Key("ratio", .ratio, "One metric or trait over another."),
    Key("days_since", .event, "Local dates from the last such event to today."),
    Key("members", .condition, "How many members of the account did something."),
  ]

  static let metric =
    measures + [
      Key("of", .event, "The event whose property is meant."),
      Key("at_least", .whole(1...1_000_000), "How many events make a week count; 1 unless said."),
      Key("where", .matches, "What the event's properties must be; all of them must match."),
      Key("within", .span, "Looks back from now."),
      Key("within_first", .span, "Looks forward from `since`, by default the model's start."),
      Key("since", .anchor, "Looks from this instant to now; beside `within_first`, its anchor."),
    ]

  static let score = [
    Key(
      "components",
      .list(.component),
      "What gives points; the maxima add up to 100.",
      required: true
    ),
    Key("bands", .list(.band), "Names for ranges of the total, highest first."),
  ]

  static let component = [
    Key("name", .name, "The name of the component.", required: true),
    Key("max", .positiveNumber, "The most points it gives.", required: true),
    Key(
      "from",
      .text,
      "milestone_weights, time_to_first_milestone, or a metric.",
      required: true
    ),
    Key("points_each", .positiveNumber, "Points for each unit, up to `max`."),
    Key("table", .list(.row), "Points by rows; the first that matches counts."),
    Key("linear", .map(.linear), "Points on a straight line between two values."),
  ]

  static let row =
    [Key("within", .clockSpan, "A time of at most this.")] + numberTest + [
      otherwise, Key("points", .number, "What the row gives.", required: true),
    ]

  static let linear = [
    Key("full_at", .quantity, "Where all points are given.", required: true),
    Key("zero_at", .quantity, "Where none are given.", required: true),
  ]

  static let band = [
    Key("name", .name, "The name of the band.", required: true),
    Key("at_least", .whole(0...1_000_000), "The total from which on it holds.", required: true),
  ]
}
