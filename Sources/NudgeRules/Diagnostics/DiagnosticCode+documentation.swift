extension DiagnosticCode {
  /// What `nudged docs CODE` prints: what the code means, an example, and the mend.
  public var documentation: String {
    let page = self.page
    return """
      \(rawValue) (\(level.rawValue))

      \(page.meaning)

          \(page.example)

      \(page.mend)

      """
  }

  /// The parts of a code's page.
  struct Page {
    let meaning: String
    let example: String
    let mend: String
  }

  var page: Page {
    switch self {
    case .yamlSyntax:
      Page(
        meaning: """
          The file is not YAML: a bracket or quote is not closed, a tab indents, a colon \
          is missing, or the bytes are not UTF-8.
          """,
        example: """
          who: {pace: fast
          """,
        mend: """
          Close what is open. The place is where the parser could not go on; the cause \
          often stands a line above.
          """
      )
    case .fileTooLarge:
      Page(
        meaning: """
          A rule file has more than 1 MiB.
          """,
        example: """
          a file made by a program
          """,
        mend: """
          Split it; every `*.yaml` below the folder is read.
          """
      )
    case .nestingTooDeep:
      Page(
        meaning: """
          More than 32 maps and lists stand inside each other.
          """,
        example: """
          all: [{all: [{all: […]}]}]
          """,
        mend: """
          Give the inner part a name, as an audience or a metric, and refer to it.
          """
      )
    case .secondDocument:
      Page(
        meaning: """
          A line `---` begins a second document in one file.
          """,
        example: """
          ---
          """,
        mend: """
          Put the second part into a file of its own, or drop the line.
          """
      )
    case .yamlAlias:
      Page(
        meaning: """
          Anchors (`&name`), aliases (`*name`) and merge keys (`<<`) are not used in these \
          files: what a rule says must stand where it is read.
          """,
        example: """
          who: *fit
          """,
        mend: """
          Write it out. A condition that is used twice is an audience; a number that is \
          used twice is a metric.
          """
      )
    case .duplicateKey:
      Page(
        meaning: """
          One map has the same key twice; one of the two would be lost.
          """,
        example: """
          at: "09:00" … at: "10:00"
          """,
        mend: """
          Keep one of them.
          """
      )
    case .unknownKey:
      Page(
        meaning: """
          A key does not exist at this place, most often because of a typing error.
          """,
        example: """
          on_dey: 3
          """,
        mend: """
          Write one of the keys that the message names.
          """
      )
    case .missingKey:
      Page(
        meaning: """
          Something required is not there: a key, the verb of a condition, or the timing \
          or action of a step.
          """,
        example: """
          a step with a name and `send:`, but without `on_day`, `after`, `every`, \
          `immediately` or `as_soon_as`
          """,
        mend: """
          Add what the message names.
          """
      )
    case .misplacedKey:
      Page(
        meaning: """
          A key exists, but not beside its neighbours: `at` without `on_day` or `every`, \
          `times` without `did`.
          """,
        example: """
          {after: 48h, at: "09:00"}
          """,
        mend: """
          Drop the key, or use the neighbour that it belongs to.
          """
      )
    case .wrongType:
      Page(
        meaning: """
          A list, a map or a single value stands where another of them belongs.
          """,
        example: """
          steps: email
          """,
        mend: """
          Write the form that the message names.
          """
      )
    case .wrongValue:
      Page(
        meaning: """
          A value is none of those that are possible here.
          """,
        example: """
          mode: on
          """,
        mend: """
          Write one of the values that the message names.
          """
      )
    case .badName:
      Page(
        meaning: """
          A name has other characters than lower-case letters, digits, `-` and `_`, begins \
          with one of the signs, or has more than 63 characters.
          """,
        example: """
          name: Day 3 mail
          """,
        mend: """
          Write `day-3-mail`; texts for people belong into `description`.
          """
      )
    case .badDuration:
      Page(
        meaning: """
          A length of time is not written as this place asks. Hours, minutes and seconds \
          are clock time (`90m`, `48h`); days and weeks are calendar time in somebody's \
          zone (`7 days`, `2 weeks`). `2d` could be either, so it is neither.
          """,
        example: """
          after: 2d
          """,
        mend: """
          Write `48h` for exactly two days of clock time; write `on_day: 2` with `at:` for \
          the second calendar day.
          """
      )
    case .badTime:
      Page(
        meaning: """
          A time of day is not written as hours and minutes, or an instant or date not as \
          such.
          """,
        example: """
          at: 9am
          """,
        mend: """
          Write `"09:00"`; an instant is written `2026-03-06T18:30:00Z`, a date \
          `2026-03-06`.
          """
      )
    case .badPercentage:
      Page(
        meaning: """
          A share is not written as a percentage.
          """,
        example: """
          holdout: 10
          """,
        mend: """
          Write `10%`.
          """
      )
    case .badNumber:
      Page(
        meaning: """
          A number is not written as one, or lies outside what is possible here.
          """,
        example: """
          on_day: three
          """,
        mend: """
          Write digits, such as `3` or `0.5`.
          """
      )
    case .duplicateName:
      Page(
        meaning: """
          Two definitions of one kind, over all files, or two parts of one definition, \
          have the same name.
          """,
        example: """
          two campaigns `welcome` in two files
          """,
        mend: """
          Rename one of them; `was:` carries its history over.
          """
      )
    case .unknownName:
      Page(
        meaning: """
          A name is used that nothing has: a milestone, metric, score, band, audience, \
          model, campaign, step or zone.
          """,
        example: """
          reached: project-craeted
          """,
        mend: """
          Write the name as it is defined, or define it.
          """
      )
    case .ambiguousName:
      Page(
        meaning: """
          `since:` names both a milestone and a step.
          """,
        example: """
          since: invited, with a step and a milestone of that name
          """,
        mend: """
          Rename the step; `was:` carries its history over.
          """
      )
    case .twoVerbs:
      Page(
        meaning: """
          One map of a condition holds two questions, which could mean both or either.
          """,
        example: """
          {reached: a, missing: b}
          """,
        mend: """
          Write `all: [{reached: a}, {missing: b}]`, or `any:`.
          """
      )
    case .twoTimings:
      Page(
        meaning: """
          A step says twice when it is due.
          """,
        example: """
          {on_day: 3, after: 48h}
          """,
        mend: """
          Keep one of `on_day`, `after`, `every`, `immediately`, `as_soon_as`.
          """
      )
    case .twoActions:
      Page(
        meaning: """
          A step does two things; `send`, `tag` and `untag` are one step each.
          """,
        example: """
          {send: email, tag: mailed}
          """,
        mend: """
          Make two steps of it.
          """
      )
    case .twoWindows:
      Page(
        meaning: """
          A condition counts in two windows.
          """,
        example: """
          {did: Login, within: 7 days, since: start}
          """,
        mend: """
          Keep one of `within`, `within_first` and `since`; only `within_first` takes \
          `since` as its anchor.
          """
      )
    case .weightsNot100:
      Page(
        meaning: """
          The maxima of a score's components do not add up to 100.
          """,
        example: """
          60 + 20 + 10
          """,
        mend: """
          Change them until they do; bands read the total as points of 100.
          """
      )
    case .ladderNoOtherwise:
      Page(
        meaning: """
          A ladder (`pace`, `segments`, `health`, bands) does not end with an entry for \
          everybody else.
          """,
        example: """
          pace: [{name: fast, by_day: 3}]
          """,
        mend: """
          End it with `{name: …, otherwise: true}`; the last band begins at 0.
          """
      )
    case .ladderOrder:
      Page(
        meaning: """
          The entries of a ladder are not in order: the first that matches wins, so a \
          wider one above hides those below.
          """,
        example: """
          bands at 40, 60, 80
          """,
        mend: """
          Put `by_day` in rising and bands in falling order, `otherwise` last.
          """
      )
    case .unreachableBand:
      Page(
        meaning: """
          No total can fall into a band: it begins above 100, or where another band \
          begins.
          """,
        example: """
          {name: perfect, at_least: 101}
          """,
        mend: """
          Change its `at_least`, or drop it.
          """
      )
    case .neverTrue:
      Page(
        meaning: """
          A condition cannot hold for anybody.
          """,
        example: """
          milestones_reached: {at_least: 6} with five milestones
          """,
        mend: """
          Correct the number.
          """
      )
    case .alwaysTrue:
      Page(
        meaning: """
          A condition holds for everybody, so it says nothing.
          """,
        example: """
          milestones_reached: {at_least: 0}
          """,
        mend: """
          Correct the number, or drop the condition.
          """
      )
    case .sameFactInAndOut:
      Page(
        meaning: """
          What lets people in is what takes them out, so nobody stays: `who` contradicts \
          `while`, or a way out asks for what `who` or `while` asks for.
          """,
        example: """
          who: {milestones_reached: {at_least: 1}} with while: {milestones_reached: 0}
          """,
        mend: """
          Change one of the two.
          """
      )
    case .cycle:
      Page(
        meaning: """
          Definitions refer to each other in a circle.
          """,
        example: """
          an audience that contains itself; a milestone that asks for a score that counts \
          it
          """,
        mend: """
          Break the circle at one of the places that the message names.
          """
      )
    case .noModel:
      Page(
        meaning: """
          A condition asks for something that a model measures, where no model is at hand: \
          in `starts`, in mutes, in the settings.
          """,
        example: """
          a mute with when: {reached: project-created}
          """,
        mend: """
          Ask for traits, events, tags, campaigns; or mute by `in_campaign`.
          """
      )
    case .noAnchor:
      Page(
        meaning: """
          `since:` names an instant that cannot be there yet, so the condition would never \
          hold.
          """,
        example: """
          who: {did: Login, since: entering}
          """,
        mend: """
          Count from `start`, a milestone or a date; `entering` and steps exist only \
          inside a campaign.
          """
      )
    case .wrongSubject:
      Page(
        meaning: """
          A question about accounts is asked of a user, or the other way round.
          """,
        example: """
          members: in a model with subject: user
          """,
        mend: """
          Use it in a model with `subject: account`.
          """
      )
    case .windowBeyondRetention:
      Page(
        meaning: """
          A window looks further back than events are kept.
          """,
        example: """
          within: 500 days, events kept 400
          """,
        mend: """
          Shorten the window, or raise `store.keep_events`.
          """
      )
    case .unknownChannel:
      Page(
        meaning: """
          A step sends to a channel that the settings do not name, so nothing would leave.
          """,
        example: """
          send: emial
          """,
        mend: """
          Write a channel of the settings, or add it there.
          """
      )
    case .expiresShorterThanQuietHours:
      Page(
        meaning: """
          A message that comes due inside the quiet hours expires before they end.
          """,
        example: """
          expires: 6h with quiet hours from 21:00 to 08:00
          """,
        mend: """
          Raise `expires`, or choose a time outside the quiet hours.
          """
      )
    case .capBeatsSchedule:
      Page(
        meaning: """
          A campaign plans more messages than a cap lets through.
          """,
        example: """
          three emails in seven days under a one-a-week cap
          """,
        mend: """
          Plan fewer, raise the cap, or give steps `caps: exempt`.
          """
      )
    case .neverLeaves:
      Page(
        meaning: """
          People enter again and again and nothing takes them out.
          """,
        example: """
          re_enter: always without while and leave_when
          """,
        mend: """
          Say how they leave.
          """
      )
    case .incompleteDefinition:
      Page(
        meaning: """
          A campaign has no `description`, `owner` or `mode`, or a mute no `description`.
          """,
        example: """
          a campaign that nobody owns
          """,
        mend: """
          Add them: somebody will ask.
          """
      )
    case .calendarOnHours:
      Page(
        meaning: """
          A message goes out a whole number of days of clock time after something, at \
          whatever time of day that was.
          """,
        example: """
          after: 72h on an email
          """,
        mend: """
          If a calendar day is meant, write `on_day: 3` with `at:`.
          """
      )
    case .unused:
      Page(
        meaning: """
          Nothing refers to an audience, a metric or a template.
          """,
        example: """
          an audience left over
          """,
        mend: """
          Use it or drop it.
          """
      )
    case .missingTemplate:
      Page(
        meaning: """
          A step names a template that the folder does not hold.
          """,
        example: """
          template: welcom
          """,
        mend: """
          Write the name of a file there, without `.md`.
          """
      )
    case .templateSyntax:
      Page(
        meaning: """
          A template cannot be compiled: a tag is not closed, or its first lines are not \
          `---`, `subject: …`, `---`. Or the `body` of a channel does not yield JSON for all values.
          """,
        example: """
          {{ user.id
          """,
        mend: """
          Close the tag; a section ends with its own name. In a `body` write values in quotes, or as \
          `{{json(name)}}` inside a section of the same name.
          """
      )
    case .templateField:
      Page(
        meaning: """
          A template asks for a field that no intervention has.
          """,
        example: """
          {{ usr.traits.first_name }}
          """,
        mend: """
          Fields begin with user, account, progress or a key of the payload's `data`.
          """
      )
    case .deadEvent:
      Page(
        meaning: """
          `check --history` finds that an event of a rule was never seen, or not in the last \
          30 days, or that a property or trait was never there or never had that value.
          """,
        example: """
          did: Projct Created
          """,
        mend: """
          Compare the name with what the product sends.
          """
      )
    case .numberVsText:
      Page(
        meaning: """
          `check --history` finds a property or trait that is a number for some and text \
          for others, or that a rule compares with the one while it is the other: the text \
          "20" never equals the number 20.
          """,
        example: """
          trait: {company_size: "20"}
          """,
        mend: """
          Write numbers without quotes and texts with them, and let the product send one of \
          the two.
          """
      )
    case .volume:
      Page(
        meaning: """
          `check --history` finds that a campaign would have taken in more in the last 30 \
          days than `volume_limit` of the settings.
          """,
        example: """
          4,120 people in 30 days, limit 1,000
          """,
        mend: """
          Narrow `who`, or raise the limit.
          """
      )
    case .plainSecret:
      Page(
        meaning: """
          A secret stands in the settings, where everybody who reads them sees it. The \
          address of a chat's incoming webhook is one too.
          """,
        example: """
          secret: whsec_…
          """,
        mend: """
          Write `credential:NAME` or `file:PATH`.
          """
      )
    case .unsafeAddress:
      Page(
        meaning: """
          The daemon would listen to, or call, an address without TLS.
          """,
        example: """
          listen: {http: "0.0.0.0:8627"}
          """,
        mend: """
          Listen on 127.0.0.1, write `tls: {certificate: FILE, key: FILE}`, or say \
          `behind_proxy: true` where a proxy ends TLS; call https, or say `allow_http: true`.
          """
      )
    case .badAllow:
      Page(
        meaning: """
          A comment `# nudged: allow` is not complete, or its date has passed.
          """,
        example: """
          # nudged: allow volume
          """,
        mend: """
          Write `# nudged: allow volume until 2027-01-31 — launch week`.
          """
      )
    }
  }
}
