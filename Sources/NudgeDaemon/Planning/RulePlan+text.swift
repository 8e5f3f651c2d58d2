public import NudgeCore
import NudgeRules

extension RulePlan {
  /// How a plan is told to people.
  public struct Telling: Sendable {
    /// Symbols, colours and the zone of times.
    public let style: TextStyle
    /// Whether people are named.
    public let namesPeople: Bool
    /// The file that the plan is kept in, for the last line; `nil` when it is not kept.
    public let file: String?
    /// What is confirmed: how many people start over.
    public let confirmedCount: Int?
    /// What is confirmed: names that are no renames.
    public let confirmedRenames: Set<String>

    /// A way of telling.
    public init(
      style: TextStyle,
      namesPeople: Bool = false,
      file: String? = nil,
      confirmedCount: Int? = nil,
      confirmedRenames: Set<String> = []
    ) {
      self.style = style
      self.namesPeople = namesPeople
      self.file = file
      self.confirmedCount = confirmedCount
      self.confirmedRenames = confirmedRenames
    }
  }

  /// The plan for people: what changes, whom it concerns, and what is sent in the days to come.
  public func text(_ telling: Telling) -> String {
    let mark = telling.style.usesSymbols
    guard !isEmpty else {
      return "No changes: \(folder) holds what is running (set \(short(base.hash))).\n"
    }
    let lines =
      [headline, ""] + body(telling) + [""] + newFactLines + [summary, closing(telling)]
      + confirmations(telling)
    let text = lines.map { $0 + "\n" }.joined()
    return mark ? text : text.replacing("→", with: "->").replacing("…", with: "...")
  }

  // MARK: Head and foot

  private func short(_ hash: String) -> String {
    hash.isEmpty ? "none" : "\(hash.prefix(4))…"
  }

  private var headline: String {
    let commit = planned.gitCommit.map { "git \($0.prefix(7)), " } ?? ""
    let files = changedFiles == 1 ? "1 file" : "\(changedFiles) files"
    let loaded = loadedAt.map { ", loaded \(RulePlan.minute($0, zone))" } ?? ""
    return
      "Comparing \(folder) (\(commit)\(files) changed) with what is running (set \(short(base.hash))\(loaded))."
  }

  private static func minute(_ instant: Timestamp, _ zone: Zone) -> String {
    instant.text(in: zone)
  }

  private var newFactLines: [String] {
    guard !newFacts.isEmpty else { return [] }
    let names = newFacts.joined(separator: ", ")
    guard let logBeginsAt else {
      return ["New facts are filled from the event log as far as it is kept: \(names).", ""]
    }
    let since = RulePlan.minute(logBeginsAt, zone)
    return [
      "New facts start incomplete: the event log begins \(since), since older events are no longer kept: \(names).",
      "",
    ]
  }

  private var summary: String {
    let counts = diff.counts
    let settings = settings.isEmpty ? "" : ", \(settings.count.counted("setting")) changed"
    let plan =
      "Plan: \(counts.added) added, \(counts.changed) changed, \(counts.removed) removed\(settings)."
    let (before, after) = (effect.before, effect.after)
    return
      "\(plan) Next 7 days: \(after.sends.counted("send")) (now: \(before.sends.grouped)); \(after.heldOut.grouped) held out; \(after.waitingOnCaps.grouped) waiting on caps."
  }

  private func closing(_ telling: Telling) -> String {
    let command = telling.file.map { "nudged apply \($0)" } ?? "nudged apply"
    return "Nothing has been changed. `\(command)` loads exactly this."
  }

  private func confirmations(_ telling: Telling) -> [String] {
    let open = unconfirmed(count: telling.confirmedCount, renames: telling.confirmedRenames)
    return open.isEmpty ? [] : ["", "To be confirmed first:"] + open.map { "  ! \($0)" }
  }

  // MARK: What changes

  private func body(_ telling: Telling) -> [String] {
    var lines = diff.entries.flatMap { PlanSection(plan: self, telling: telling).lines(of: $0) }
    lines += settings.map {
      "  ~ setting \($0.path): \($0.old ?? "not set") → \($0.new ?? "not set")"
    }
    let told = Set(diff.entries.filter { $0.kind == .campaign }.map(\.name))
    for (name, found) in effect.campaigns.sorted(by: { $0.key < $1.key })
    where !told.contains(name) && !found.isEmpty {
      lines.append("  ~ campaign \(name), itself unchanged")
      lines += PlanSection(plan: self, telling: telling).effectLines(of: name, steps: [])
    }
    return lines.isEmpty ? ["  Nothing that decides is different."] : lines
  }
}

extension Int {
  /// The number as people read it: `1,204,331`.
  var grouped: String {
    var text = ""
    for (place, digit) in String(magnitude).reversed().enumerated() {
      if place > 0, place % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + String(text.reversed())
  }

  /// The number with its noun, which takes an s unless there is one.
  func counted(_ noun: String) -> String { "\(grouped) \(noun)\(self == 1 ? "" : "s")" }
}
