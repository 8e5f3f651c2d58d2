/// A campaign read aloud: English sentences for the one who answers for it, with the next real dates.
public struct CampaignReading: Sendable {
  private let rules: RuleSet
  private let campaign: Campaign
  private let zone: Zone
  private let now: Timestamp

  /// The reading of a campaign for somebody who starts now; `nil` when the rules have none of this name.
  public init?(of name: String, in rules: RuleSet, zones: ZoneTable, now: Timestamp) {
    guard let campaign = rules.campaigns.first(where: { $0.name == name }) else { return nil }
    self.rules = rules
    self.campaign = campaign
    zone = zones[campaign.timezone ?? rules.policy.timezone] ?? .utc
    self.now = now
  }

  /// The whole text, each line with a newline.
  public var text: String {
    (head + [""] + entering + staying + holdout + [""] + dates + [""] + foot)
      .map { $0 + "\n" }.joined()
  }

  private var words: ConditionWords {
    ConditionWords(
      names: RuleNames(rules: rules, model: campaign.model, campaign: campaign)
    )
  }

  private var model: Model { rules.models[campaign.model] }
  private var isAboutAccounts: Bool { model.subject == .account }
  private var noun: String { isAboutAccounts ? "accounts" : "people" }

  // MARK: Who

  private var head: [String] {
    let owner = campaign.owner.map { ", \($0) answers for it" } ?? ""
    let title = "\(campaign.name): \(mode)\(owner)."
    return [title] + [campaign.description].compactMap(\.self)
  }

  private var mode: String {
    switch campaign.mode {
    case .live: "it is live"
    case .shadow: "it decides in the shadow, and nothing leaves"
    case .off: "it is off, and nobody enters"
    }
  }

  private var entering: [String] {
    let stays = campaign.stays == campaign.who ? nil : campaign.stays
    let conditions = [campaign.who, stays].compactMap(\.self).map(words.clause)
    let until = campaign.enterUntilDay.map { ", up to the end of day \($0)" } ?? ""
    let when =
      conditions.isEmpty
      ? "as soon as they start" : "as soon as \(conditions.joined(separator: ", and "))"
    return [
      "Who enters: \(noun) of model \(model.name) (they start when \(words.clause(model.starts))), \(when)\(until)."
    ] + again
  }

  private var again: [String] {
    switch campaign.reEnter {
    case .never: []
    case .always: ["Who has left may enter again, once this has not held and holds again."]
    case .after(let span): ["Who has left may enter again \(span) later."]
    }
  }

  private var staying: [String] {
    var lines = campaign.stays.map { ["They stay only while \(words.clause($0))."] } ?? []
    for exit in campaign.leaveWhen {
      lines.append("They leave as \(exit.name) when \(words.clause(exit.when)).")
    }
    return lines
  }

  private var holdout: [String] {
    guard let holdout = campaign.holdout, holdout != .zero else { return [] }
    let percent = (Rational(holdout) * Rational(100)).decimal
    return ["\(percent) % of them get nothing, so that what the rest get can be measured."]
  }

  // MARK: When

  private var dates: [String] {
    let who = isAboutAccounts ? "an account that starts" : "somebody who signs up"
    let head = "For \(who) and enters now, \(now.text(in: zone)):"
    let rows = campaign.steps.map { ["  \(date(of: $0))", $0.name, sentence(of: $0)] }
    return [head] + aligned(rows)
  }

  private func date(of step: Step) -> String {
    guard step.isEnabled else { return "never" }
    guard let instant = StepDate(step: step, zone: zone, now: now).instant else { return "open" }
    return instant.minuteText(in: zone)
  }

  private func sentence(of step: Step) -> String {
    var parts = [action(of: step), step.timing.sentence(words)]
    if let days = step.days { parts.append("only on \(Step.dayWords(days))") }
    if let notBefore = step.notBefore { parts.append("not before \(notBefore) inside") }
    if let onlyIf = step.onlyIf { parts.append("only if \(words.clause(onlyIf))") }
    if let most = step.atMost {
      let per = step.per.map { " in \($0)" } ?? ""
      parts.append("at most \(most) \(most == 1 ? "time" : "times")\(per)")
    }
    if case .send = step.action, let expires = step.expires {
      parts.append("dropped if it cannot go out within \(expires)")
    }
    return (step.isEnabled ? "" : "switched off: ") + parts.joined(separator: ", ")
  }

  private func action(of step: Step) -> String {
    switch step.action {
    case .tag(let tag): "tags them \(tag)"
    case .untag(let tag): "takes the tag \(tag) away"
    case .send(let channel): "\(channel) \(message(of: step))\(recipient(of: step))"
    }
  }

  private func message(of step: Step) -> String {
    guard !step.variants.isEmpty else { return step.template ?? "without a template" }
    let names = step.variants.map { $0.template ?? $0.name }
    return "one of \(names.joined(by: "or"))"
  }

  private func recipient(of step: Step) -> String {
    let assignee = step.assignTo.map { ", assigned to the account's \($0)" } ?? ""
    let group = step.groupBy.map { ", one for each \($0)" } ?? ""
    switch step.recipient {
    case .subject: return assignee + group
    case .actor: return " to the member who did it" + assignee + group
    case .accountTrait(let trait): return " to the account's \(trait)" + assignee + group
    }
  }

  // MARK: What holds it up

  private var foot: [String] {
    let policy = rules.policy
    var parts = policy.quietHours.map { ["no messages from \($0.from) to \($0.to)"] } ?? []
    parts += policy.caps.map { cap in
      let channels = cap.channels.map { " by \($0.joined(by: "or"))" } ?? ""
      return
        "at most \(cap.atMost) \(cap.atMost == 1 ? "message" : "messages")\(channels) in \(cap.per)"
    }
    parts += rules.mutes.filter { $0.campaigns?.contains(campaign.name) ?? true }
      .map { "nothing while mute \($0.name) holds" }
    let held =
      parts.isEmpty
      ? "Nothing else holds messages up."
      : "What holds messages up: \(parts.joined(separator: "; "))."
    return ["Times are in each person's own zone, else in \(zone.name). \(held)"]
  }
}

/// When a step is due for somebody who starts and enters at one instant.
struct StepDate {
  let step: Step
  let zone: Zone
  let now: Timestamp

  /// The instant; `nil` when something has to happen first.
  var instant: Timestamp? {
    guard let nominal else { return nil }
    var instant = nominal
    if let notBefore = step.notBefore {
      instant = max(instant, notBefore.windowEnd(from: now, in: zone))
    }
    let date = zone.date(at: instant)
    guard let days = step.days, !days.contains(date.weekday) else { return instant }
    guard step.outsideDays == .wait,
      let allowed = (1...7).lazy.map(date.adding(days:)).first(where: { days.contains($0.weekday) }
      ),
      let time = step.timeOfDay ?? LocalTime(minuteOfDay: zone.minuteOfDay(at: instant))
    else { return nil }
    return zone.instant(of: allowed, at: time)
  }

  private var nominal: Timestamp? {
    let today = zone.date(at: now)
    switch step.timing {
    case .immediately: return now
    case .after(let milliseconds, .start), .after(let milliseconds, .entering):
      return now.adding(milliseconds: milliseconds)
    case .onDay(let day, let time, .start), .onDay(let day, let time, .entering):
      return zone.instant(of: today.adding(days: day), at: time)
    case .onDay(let day, let time, .date(let date)):
      return zone.instant(of: date.adding(days: day), at: time)
    case .every(.days(let days), let time, .start), .every(.days(let days), let time, .entering):
      return zone.instant(of: today.adding(days: days), at: time)
    case .every(.weekday(let weekday), let time, .start),
      .every(.weekday(let weekday), let time, .entering):
      let ahead = (weekday.rawValue - today.weekday.rawValue + 6) % 7 + 1
      return zone.instant(of: today.adding(days: ahead), at: time)
    case .after, .onDay, .every, .asSoonAs: return nil
    }
  }
}

extension Step.Timing {
  /// When it is due, as the rest of a sentence.
  fileprivate func sentence(_ words: ConditionWords) -> String {
    switch self {
    case .immediately: "at once"
    case .asSoonAs(let condition): "as soon as \(words.clause(condition))"
    case .onDay(let day, let time, let anchor): "on day \(day)\(since(anchor, words)) at \(time)"
    case .after(let milliseconds, let anchor):
      "\(Span.clockText(milliseconds: milliseconds)) after \(words.names.anchor(anchor))"
    case .every(.days(let days), let time, let anchor):
      "every \(Span.calendar(days: days)) from \(words.names.anchor(anchor)) on at \(time)"
    case .every(.weekday(let day), let time, let anchor):
      "every \(day.name) from \(words.names.anchor(anchor)) on at \(time)"
    }
  }

  private func since(_ anchor: Anchor, _ words: ConditionWords) -> String {
    anchor == .start ? "" : " since \(words.names.anchor(anchor))"
  }
}
