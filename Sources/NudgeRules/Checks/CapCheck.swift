import NudgeCore

/// Compares what a campaign plans with what the caps let through; it knows the plain cases.
struct CapCheck {
  let policy: Policy
  let steps: [ReadStep]

  /// Reports, for each cap, the first step that it must hold back.
  func run() {
    for cap in policy.caps {
      let capped = steps.filter { isCapped($0.step, by: cap) }
      checkRepetition(capped, cap)
      checkDays(capped, cap)
    }
  }

  private func isCapped(_ step: Step, by cap: Cap) -> Bool {
    guard case .send(let name) = step.action, step.isEnabled, step.capUse == .counted,
      (policy.channels[name] ?? .builtIn(name)).kind == .message
    else { return false }
    return cap.channels?.contains(name) ?? true
  }

  private func checkRepetition(_ steps: [ReadStep], _ cap: Cap) {
    for read in steps {
      guard case .every(let interval, at: _, since: _) = read.step.timing,
        (read.step.atMost ?? .max) > cap.atMost
      else { continue }
      let days = if case .days(let days) = interval { days } else { 7 }
      guard days * cap.atMost < cap.per.wholeDays else { continue }
      report(read, "every", "comes every \(Span.calendar(days: days))", cap)
    }
  }

  private func checkDays(_ steps: [ReadStep], _ cap: Cap) {
    let planned = steps.compactMap { read -> (day: Int, anchor: Anchor, read: ReadStep)? in
      guard case .onDay(let day, at: _, since: let anchor) = read.step.timing else { return nil }
      return (day, anchor, read)
    }
    for anchor in Set(planned.map(\.anchor)) {
      let sorted = planned.filter { $0.anchor == anchor }.sorted { $0.day < $1.day }
      let late = sorted.indices.dropFirst(cap.atMost).first { index in
        sorted[index].day - sorted[index - cap.atMost].day < cap.per.wholeDays
      }
      guard let late else { continue }
      let span = sorted[late].day - sorted[late - cap.atMost].day + 1
      report(
        sorted[late].read,
        "on_day",
        "is number \(cap.atMost + 1) within \(Span.calendar(days: span))",
        cap
      )
    }
  }

  private func report(_ read: ReadStep, _ key: String, _ what: String, _ cap: Cap) {
    read.map.report(
      .capBeatsSchedule,
      at: key,
      "\(read.map.title) \(what), more than cap `\(cap.name)` lets through",
      label: ["the cap: \(cap.atMost) per \(cap.per)"]
    )
  }
}
