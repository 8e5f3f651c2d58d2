import NudgeCore
import NudgeRules

/// The lines of a plan about one definition.
struct PlanSection {
  let plan: RulePlan
  let telling: RulePlan.Telling

  /// What has become of a definition, and of the people in it.
  func lines(of entry: RuleDiff.Entry) -> [String] {
    var lines = heading(entry, indent: "  ")
    guard entry.kind == .campaign else { return lines }
    lines += campaignLines(entry)
    let names = Set(entry.steps.map(\.name))
    for step in entry.steps {
      lines += heading(step, indent: "      ")
      lines += stepLines(effect(of: entry.name, step.name), step).map { "          \($0)" }
    }
    guard case .changed = entry.change else { return lines }
    return lines + unchangedSteps(of: entry.name, except: names)
  }

  /// What becomes of the people of a campaign that is itself unchanged.
  func effectLines(of campaign: String, steps: Set<String>) -> [String] {
    let entry = RuleDiff.Entry.unchanged(campaign)
    return campaignLines(entry) + unchangedSteps(of: campaign, except: steps)
  }

  private func effect(of campaign: String, _ step: String) -> StepEffect? {
    plan.effect.campaigns[campaign]?.steps[step]
  }

  // MARK: Headings

  private func heading(_ entry: RuleDiff.Entry, indent: String) -> [String] {
    let title = "\(entry.kind.rawValue) \(entry.name)"
    switch entry.change {
    case .removed: return ["\(indent)- \(title)"]
    case .added(let words): return ["\(indent)+ \(padded(title))\(words)".trimmed]
    case .changed:
      let was = entry.was.map { ", which was \($0)" } ?? ""
      guard entry.keys.count == 1, let key = entry.keys.first, was.isEmpty else {
        return ["\(indent)~ \(title)\(was)"] + entry.keys.map { "\(indent)    \(words($0))" }
      }
      return ["\(indent)~ \(padded(title))\(bare(key))"]
    }
  }

  private func padded(_ title: String) -> String {
    title + String(repeating: " ", count: max(3, 28 - title.count))
  }

  private func bare(_ key: RuleDiff.KeyChange) -> String {
    key.old != nil && key.new != nil ? "\(key.path): \(values(key))" : words(key)
  }

  private func words(_ key: RuleDiff.KeyChange) -> String {
    switch (key.old, key.new) {
    case (nil, _): "+ \(key.path): \(key.new ?? "")"
    case (_, nil): "- \(key.path): \(key.old ?? "")"
    default: "~ \(key.path): \(values(key))"
    }
  }

  private func values(_ key: RuleDiff.KeyChange) -> String {
    "\(key.old ?? "nothing") → \(key.new ?? "nothing")"
  }

  // MARK: Campaigns

  private func campaignLines(_ entry: RuleDiff.Entry) -> [String] {
    let found = plan.effect.campaigns[entry.name] ?? CampaignEffect()
    let who = noun(entry.name)
    switch entry.change {
    case .removed:
      let line =
        "\(people(found.inside, who)) inside; \(found.plansEnded.counted("planned step")) \(found.plansEnded == 1 ? "is" : "are") cancelled. Its history stays."
      return ["          \(line)"] + names(found.leaves["removed"])
    case .added:
      let line = "\(people(found.enters.count, who)) \(verb(found.enters.count, "enter")) now."
      return ["          \(line)\(alternative(entry.name, found))"] + names(found.enters)
    case .changed: return changedLines(found, who)
    }
  }

  private func alternative(_ campaign: String, _ found: CampaignEffect) -> String {
    switch plan.campaigns[campaign]?.firstDeploy {
    case .newStartsOnly: " With join_in_progress it would be \(found.wouldJoin.count.grouped)."
    case .startOver: " Day 0 begins anew for them."
    case .joinInProgress, nil: ""
    }
  }

  private func changedLines(_ found: CampaignEffect, _ who: Noun) -> [String] {
    var lines: [String] = []
    if found.enters.count > 0 {
      lines.append(
        "          \(people(found.enters.count, who)) \(verb(found.enters.count, "enter")) now."
      )
      lines += names(found.enters)
    }
    for (reason, heads) in found.leaves.sorted(by: { $0.key < $1.key }) {
      lines.append(
        "          \(people(heads.count, who)) \(verb(heads.count, "leave")) now (\(reason)); \(found.plansEnded.counted("planned step")) end with all who leave."
      )
      lines += names(heads)
    }
    return lines
  }

  private func unchangedSteps(of campaign: String, except told: Set<String>) -> [String] {
    let steps = plan.effect.campaigns[campaign]?.steps ?? [:]
    return steps.sorted { $0.key < $1.key }.flatMap { name, found -> [String] in
      guard !told.contains(name), !found.isEmpty else { return [] }
      return ["      ~ step \(name), itself unchanged"]
        + stepLines(found, nil).map { "          \($0)" }
    }
  }

  // MARK: Steps

  private func stepLines(_ found: StepEffect?, _ entry: RuleDiff.Entry?) -> [String] {
    guard let found else { return [] }
    var lines: [String] = []
    if entry?.change == .removed {
      return ["\(found.planned.counted("planned step")) cancelled (cancelled.removed)."]
        + indentedNames(found.cancelled)
    }
    if found.planned > 0, !found.moves.isEmpty || found.cancelled.count > 0 {
      lines += plannedLines(found)
    } else if found.planned > 0, entry != nil {
      lines.append(
        "\(people(found.planned, .people)) \(has(found.planned)) it planned; nothing moves."
      )
    }
    lines += gainLines(found)
    return lines
  }

  private func plannedLines(_ found: StepEffect) -> [String] {
    var parts = found.moves.sorted { $0.key < $1.key }.map { move, heads in
      move.words(heads.count)
    }
    let moved = found.moves.values.reduce(0) { $0 + $1.count }
    let decided = found.decided.values.reduce(0) { $0 + $1.count }
    if found.cancelled.count > 0 { parts.append("\(found.cancelled.count.grouped) lose it") }
    let rest = found.planned - moved - found.cancelled.count - decided
    if rest > 0 { parts.append("\(rest.grouped) stay as they are") }
    let head = "\(people(found.planned, .people)) \(has(found.planned)) it planned"
    return ["\(head): \(parts.joined(separator: ", "))"]
      + found.moves.sorted { $0.key < $1.key }.flatMap { indentedNames($0.value) }
      + indentedNames(found.cancelled)
  }

  private func gainLines(_ found: StepEffect) -> [String] {
    var parts: [String] = []
    if found.gains.count > 0 {
      parts.append(
        "\(people(found.gains.count, .people)) \(found.gains.count == 1 ? "is" : "are") before it and will get it"
      )
    }
    for (code, heads) in found.decided.sorted(by: { $0.key < $1.key }) {
      parts.append(decided(code, heads.count))
    }
    guard !parts.isEmpty else { return [] }
    return [parts.joined(separator: "; ")] + indentedNames(found.gains)
      + found.decided.sorted { $0.key < $1.key }.flatMap { indentedNames($0.value) }
  }

  private func decided(_ code: String, _ count: Int) -> String {
    let are = count == 1 ? "is" : "are"
    return switch code {
    case "sent": "\(count.grouped) \(are) sent it at once"
    case "held-out": "\(count.grouped) \(are) held out at once"
    case "skipped.added-later", "skipped.before-deploy", "skipped.before-entry":
      "\(count.grouped) \(are) past it and will not (\(code))"
    case "dropped.expired": "\(count.grouped) \(are) too late for it (\(code))"
    default: "\(count.grouped) \(are) decided at once (\(code))"
    }
  }

  // MARK: Words

  enum Noun {
    case people
    case accounts
  }

  private func noun(_ campaign: String) -> Noun {
    plan.campaigns[campaign]?.isAboutAccounts == true ? .accounts : .people
  }

  private func people(_ count: Int, _ noun: Noun) -> String {
    switch noun {
    case .people: count == 1 ? "1 person" : "\(count.grouped) people"
    case .accounts: count.counted("account")
    }
  }

  private func verb(_ count: Int, _ verb: String) -> String { count == 1 ? verb + "s" : verb }
  private func has(_ count: Int) -> String { count == 1 ? "has" : "have" }

  private func names(_ heads: Heads?) -> [String] { indentedNames(heads).map { "          \($0)" } }

  private func indentedNames(_ heads: Heads?) -> [String] {
    guard telling.namesPeople, let heads, heads.count > 0 else { return [] }
    let rest = heads.count - heads.names.count
    let more = rest > 0 ? " and \(rest.grouped) more" : ""
    return ["  \(heads.names.map(\.id).joined(separator: ", "))\(more)"]
  }
}

extension StepEffect.Move {
  /// `31 move one day later`.
  fileprivate func words(_ count: Int) -> String {
    if isFromTodayToTomorrow {
      return
        "\(count.grouped) \(count == 1 ? "was" : "were") due today and \(count == 1 ? "moves" : "move") to tomorrow"
    }
    let way = (days != 0 ? days : minutes) < 0 ? "earlier" : "later"
    return "\(count.grouped) \(count == 1 ? "moves" : "move") \(distance) \(way)"
  }

  private var distance: String {
    switch (abs(days), abs(minutes)) {
    case (0, let minutes) where minutes >= 60:
      minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min"
    case (0, let minutes): "\(minutes) min"
    case (1, _): "one day"
    case (let days, _): "\(days) days"
    }
  }
}

extension RuleDiff.Entry {
  fileprivate static func unchanged(_ campaign: String) -> RuleDiff.Entry {
    RuleDiff.Entry(
      kind: .campaign,
      name: campaign,
      was: nil,
      change: .changed,
      keys: [],
      steps: []
    )
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
