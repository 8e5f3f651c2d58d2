import NudgeCore

/// Reads when a step is due.
struct StepTimingReader {
  let session: RuleSession
  let scope: ConditionScope
  let map: MapReader

  /// The one timing of the step.
  func timing() -> Step.Timing? {
    let written = Key.timings.map(\.name).filter(map.has)
    let timings = written.map(timing)
    guard let key = written.first else {
      reportMissing()
      return nil
    }
    guard written.count == 1 else {
      map.report(
        .twoTimings,
        at: written[1],
        "\(map.title) has two timings, `\(key)` and `\(written[1])`",
        label: ["keep one of them"],
        help: [MapKind.timingHelp]
      )
      return nil
    }
    reportMisplaced(beside: key)
    return timings[0]
  }

  private func reportMissing() {
    let known = Key.timings.map(\.name)
    let isMisspelt = map.entries.contains { entry in
      map.kind.key(entry.key) == nil
        && Suggestion.nearest(to: entry.key, among: MapKind.step.keys.map(\.name))
          .map(known.contains) ?? false
    }
    guard !isMisspelt else { return }
    session.collector.report(
      .missingKey,
      at: map.place,
      "\(map.title) does not say when it is due",
      help: [MapKind.timingHelp]
    )
  }

  private func reportMisplaced(beside key: String) {
    if map.has("at") && key != "on_day" && key != "every" {
      map.report(
        .misplacedKey,
        at: "at",
        "`at` needs `on_day` or `every`, not `\(key)`",
        label: ["drop it, or write `on_day`"],
        help: [MapKind.timingHelp]
      )
    }
    if map.has("since") && (key == "immediately" || key == "as_soon_as") {
      map.report(
        .misplacedKey,
        at: "since",
        "`since` says nothing beside `\(key)`",
        label: ["drop it"]
      )
    }
  }

  private func timing(_ key: String) -> Step.Timing? {
    switch key {
    case "on_day": onDay()
    case "after": after()
    case "every": every()
    case "immediately": map.yes("immediately") ? .immediately : nil
    default:
      ConditionReader(session: session, scope: scope).read("as_soon_as", of: map)
        .map { .asSoonAs($0) }
    }
  }

  private func onDay() -> Step.Timing? {
    let time = timeOfDay()
    guard let day = map.whole("on_day"), let time, let anchor = anchor(default: .start) else {
      return nil
    }
    return .onDay(day, at: time, since: anchor)
  }

  private func after() -> Step.Timing? {
    let delay = map.parsed("after", ScalarForm.stepDelay)
    guard let anchor = anchor(default: .entering), let delay else { return nil }
    return .after(milliseconds: delay, since: anchor)
  }

  private func every() -> Step.Timing? {
    let interval = map.parsed("every", ScalarForm.interval)
    let time = timeOfDay()
    guard let anchor = anchor(default: .entering), let interval, let time else { return nil }
    return .every(interval, at: time, since: anchor)
  }

  private func timeOfDay() -> LocalTime? {
    map.has("at") ? map.parsed("at", ScalarForm.timeOfDay) : .midnight
  }

  private func anchor(default anchor: Anchor) -> Anchor? {
    guard map.has("since") else { return anchor }
    let facts = EventFactReader(session: session, scope: scope)
    return map.parsed("since") { scalar throws(Misreading) in try facts.anchor(scalar) }
  }
}
