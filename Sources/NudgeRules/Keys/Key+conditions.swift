extension Key {
  /// The questions of a condition; each map asks exactly one.
  static let verbs = [
    Key("all", .conditions, "Every one of these holds."),
    Key("any", .conditions, "At least one of these holds."),
    Key("none", .conditions, "Not one of these holds."),
    Key("not", .condition, "This does not hold."),
    Key("did", .event, "This event happened, at least once unless `times` says otherwise."),
    Key("did_not", .event, "This event did not happen in `within`, `within_first` or `since`."),
    Key("trait", .matches, "Traits of the subject; all of them must match."),
    Key("account_trait", .matches, "Traits of the person's account; all of them must match."),
    Key("tagged", .texts, "The subject carries any one of these tags."),
    Key("reached", .texts, "Any one of these milestones is reached."),
    Key("missing", .texts, "Any one of these milestones is not reached."),
    Key("milestones_reached", .count, "How many milestones are reached."),
    Key("categories_reached", .count, "How many categories have a milestone that is reached."),
    Key("activated", .flag, "Whether the model counts the subject as activated."),
    Key(
      "day",
      .numberTest,
      "How many local dates have begun since the start's; day 0 is the start's."
    ),
    Key("pace", .texts, "The pace is any one of these, or `pending`."),
    Key("health", .texts, "The health is any one of these."),
    Key("segment", .texts, "The segment is any one of these."),
    Key("score", .namedNumberTests, "Rounded totals of scores."),
    Key("metric", .namedNumberTests, "Values of metrics."),
    Key("audience", .text, "The subject is one of this audience."),
    Key("in_campaign", .texts, "The subject is inside any one of these campaigns."),
    Key("members", .numberTest, "How many different members of the account did `who_did`."),
  ]

  /// The keys that stand beside a verb.
  static let helpers = [
    Key("who_did", .event, "The event that each counted member did."),
    Key("where", .matches, "What the event's properties must be; all of them must match."),
    Key("distinct", .property, "Counts different values of this property instead of events."),
    Key(
      "times",
      .numberTest,
      "How many events, or different values, count; 1 or more unless said."
    ),
    Key("within", .span, "Looks back from now: 168h of clock time, or 7 local days with today."),
    Key("within_first", .span, "Looks forward from `since`, by default the model's start."),
    Key("since", .anchor, "Looks from this instant to now; beside `within_first`, its anchor."),
  ]

  static let condition = verbs + helpers

  static let match =
    [
      Key("is", .scalars, "Equals this, or any one of these."),
      Key("not", .scalars, "Is there and is not this, nor any of these."),
      Key("any_of", .scalars, "Equals any one of these."),
      Key("none_of", .scalars, "Is there and equals none of these."),
      Key("exists", .flag, "Is there, or is not."),
      Key("contains", .text, "Text that has this inside, or a list that has this element."),
      Key("starts_with", .text, "Text that begins so."),
      Key("ends_with", .text, "Text that ends so."),
    ] + numberTest + [
      Key("before", .text, "A time before this instant or date."),
      Key("after", .text, "A time after this instant or date."),
      Key("within_last", .span, "A time no longer ago than this."),
      Key("older_than", .span, "A time longer ago than this."),
    ]

  static let numberTest = [
    Key("exactly", .number, "Equals this."),
    Key("at_least", .number, "This or more."),
    Key("at_most", .number, "This or less."),
    Key("above", .number, "More than this."),
    Key("below", .number, "Less than this."),
    Key("between", .bounds, "From the first to the second, both included."),
  ]

  static let audience = [Key("description", .text, "What the audience is, for people.")] + condition

  static let exit =
    [
      Key(
        "name",
        .name,
        "The name of the way out, as in the reason `left.bought`.",
        required: true
      )
    ] + condition
}
