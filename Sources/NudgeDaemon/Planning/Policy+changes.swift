import NudgeCore
import NudgeRules

extension Policy {
  /// The settings that decide and differ, as they are written.
  func changes(to new: Policy) -> [RuleDiff.KeyChange] {
    let (before, after) = (words, new.words)
    return Set(before.keys).union(after.keys).sorted().compactMap { key in
      before[key] == after[key]
        ? nil : RuleDiff.KeyChange(path: key, old: before[key], new: after[key])
    } + conditionChange(to: new)
  }

  private func conditionChange(to new: Policy) -> [RuleDiff.KeyChange] {
    guard unsubscribedWhen != new.unsubscribedWhen else { return [] }
    return [RuleDiff.KeyChange(path: "unsubscribed_when", old: "one condition", new: "another one")]
  }

  private var words: [String: String] {
    var words = [
      "timezone": timezone, "on_cap": onCap.rawValue,
      "late_limit": "\(Span.clock(milliseconds: lateLimitMilliseconds))",
    ]
    if let quietHours { words["quiet_hours"] = "\(quietHours.from) to \(quietHours.to)" }
    for cap in caps {
      let channels = cap.channels.map { " on \($0.joined(separator: ", "))" } ?? ""
      words["caps.\(cap.name)"] = "at most \(cap.atMost) per \(cap.per)\(channels)"
    }
    for channel in channels.values {
      let quiet = channel.ignoresQuietHours ? ", quiet_hours: ignore" : ""
      words["channels.\(channel.name)"] =
        "\(channel.kind.rawValue), expires: \(channel.expires)\(quiet)"
    }
    return words
  }
}
