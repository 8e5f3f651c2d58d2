import NudgeCore

/// Reads what says which events count: `where`, `within`, `within_first`, `since`.
struct EventFactReader {
  let session: RuleSession
  let scope: ConditionScope

  /// The events of a name, filtered and inside a window, as the keys of a map say.
  func fact(event: String, property: String?, in map: MapReader) -> EventFact? {
    let filter = filter(in: map)
    guard let window = window(in: map), let filter else { return nil }
    let series = Series(event: event, filter: filter, property: property)
    return EventFact(
      series: session.series.place(of: series),
      window: window,
      isFromStart: scope.isFromStart,
      property: property
    )
  }

  private func filter(in map: MapReader) -> [NamedTest]? {
    guard let entry = map.entry("where") else { return [] }
    return ValueReader(collector: session.collector).namedTests(entry)
  }

  private func window(in map: MapReader) -> Window? {
    let written = ["within", "within_first", "since"].filter(map.has)
    if written.count > 1 && written != ["within_first", "since"] {
      map.report(
        .twoWindows,
        at: written[1],
        "`\(written[0])` and `\(written[1])` are two windows",
        label: ["keep one of them"]
      )
      return nil
    }
    switch written.first {
    case "within": return lookingBack(in: map)
    case "within_first": return lookingForward(in: map)
    case "since": return anchor(in: map).map { .since($0) }
    default: return .always
    }
  }

  private func lookingBack(in map: MapReader) -> Window? {
    guard let span = map.span("within") else { return nil }
    if let kept = session.keptDays, span.wholeDays > kept, let node = map.node("within") {
      session.collector.report(
        .windowBeyondRetention,
        at: node.place,
        "`within: \(node.text ?? "")` looks further back than events are kept",
        label: ["events are kept \(kept) days: see `store.keep_events`"]
      )
    }
    return .within(span)
  }

  private func lookingForward(in map: MapReader) -> Window? {
    let span = map.span("within_first")
    guard map.has("since") else { return span.flatMap { fromStart($0, in: map) } }
    guard let anchor = anchor(in: map), let span else { return nil }
    return .withinFirst(span, anchor)
  }

  private func fromStart(_ span: Span, in map: MapReader) -> Window? {
    guard scope.hasStart || scope.isLenient else {
      map.report(
        .noAnchor,
        at: "within_first",
        "`within_first` has nothing to count from in \(scope.title)",
        label: ["add `since:` with a date, or write `within`"]
      )
      return nil
    }
    return .withinFirst(span, .start)
  }

  private func anchor(in map: MapReader) -> Anchor? {
    map.parsed("since") { scalar throws(Misreading) in try anchor(scalar) }
  }

  /// The instant that a word names: `start`, `entering`, a date, a step or a milestone.
  func anchor(_ scalar: ScalarText) throws(Misreading) -> Anchor {
    switch scalar.text {
    case "start" where scope.hasStart || scope.isLenient: return .start
    case "entering" where scope.hasEntering: return .entering
    case "start", "entering": throw noAnchor(scalar)
    default: break
    }
    if let date = LocalDate(scalar.text) { return .date(date) }
    let step = scope.steps.firstIndex(of: scalar.text)
    let milestone = scope.model?.milestones.firstIndex(of: scalar.text)
    switch (step, milestone) {
    case (let step?, nil): return .step(step)
    case (nil, let milestone?): return .milestone(milestone)
    case (_?, _?): throw ambiguous(scalar)
    case (nil, nil): return try unknown(scalar)
    }
  }

  private func noAnchor(_ scalar: ScalarText) -> Misreading {
    Misreading(
      .noAnchor,
      "`\(scalar.text)` is not known yet in \(scope.title)",
      label: [advice]
    )
  }

  private var advice: String {
    if scope.hasEntering { return "count from \(ValueKind.anchor.advice)" }
    return "count from \(scope.hasStart ? "start, a milestone or a date" : "a date")"
  }

  private func ambiguous(_ scalar: ScalarText) -> Misreading {
    Misreading(
      .ambiguousName,
      "`\(scalar.text)` is a step and a milestone",
      label: ["rename the step; `was:` keeps its history"]
    )
  }

  private func unknown(_ scalar: ScalarText) throws(Misreading) -> Anchor {
    if scope.isLenient { return .start }
    let words = (scope.hasStart ? ["start"] : []) + (scope.hasEntering ? ["entering"] : [])
    let known = words + (scope.model?.milestones ?? []) + scope.steps
    let nearest = Suggestion.label(for: scalar.text, among: known)
    throw Misreading(
      .unknownName,
      "unknown anchor `\(scalar.text)` in \(scope.title)",
      label: nearest.isEmpty ? [advice] : nearest
    )
  }
}

extension Span {
  /// The days that it covers at least, a started one counted.
  var wholeDays: Int {
    switch self {
    case .calendar(let days): days
    case .clock(let milliseconds): Int((milliseconds + 86_399_999) / 86_400_000)
    }
  }
}
