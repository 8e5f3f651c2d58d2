import NudgeCore

/// Reads the metrics of a model.
struct MetricReader {
  let session: RuleSession
  let outline: ModelOutline

  private var scope: ConditionScope { .model(outline) }
  private var facts: EventFactReader { EventFactReader(session: session, scope: scope) }

  /// All metrics, in the order of the file.
  func metrics(of map: MapReader) -> [Metric]? {
    map.named("metrics").map { name, map in
      measure(in: map).map { Metric(name: name, measure: $0) }
    }.allPresent()
  }

  private func measure(in map: MapReader) -> Metric.Measure? {
    let written = Key.measures.map(\.name).filter(map.has)
    guard let verb = written.first else {
      let measures = Key.measures.map(\.name).joined(separator: " · ")
      session.collector.report(
        .missingKey,
        at: map.place,
        "\(map.title) measures nothing",
        help: ["a metric is one of: \(measures)"]
      )
      return nil
    }
    guard written.count == 1 else {
      map.report(
        .twoVerbs,
        at: written[1],
        "`\(verb)` and `\(written[1])` stand in one metric",
        label: ["make two metrics of it"]
      )
      return nil
    }
    reportMisplaced(beside: verb, in: map)
    return measure(verb, in: map)
  }

  private func reportMisplaced(beside verb: String, in map: MapReader) {
    let window = ["where", "within", "within_first", "since"]
    let allowed: [String] =
      switch verb {
      case "ratio", "members": []
      case "weeks_with": window + ["at_least"]
      case "distinct", "sum": window + ["of"]
      default: window
      }
    for key in window + ["at_least", "of"] where map.has(key) && !allowed.contains(key) {
      map.report(
        .misplacedKey,
        at: key,
        "`\(key)` says nothing beside `\(verb)`",
        label: verb == "members" ? ["put it into the map behind `members`"] : []
      )
    }
  }

  private func measure(_ verb: String, in map: MapReader) -> Metric.Measure? {
    switch verb {
    case "count": fact(verb, in: map).map { .count($0) }
    case "days_with": fact(verb, in: map).map { .daysWith($0) }
    case "days_since": fact(verb, in: map).map { .daysSince($0) }
    case "weeks_with": weeksWith(in: map)
    case "distinct": propertyFact(verb, in: map).map { .distinct($0) }
    case "sum": propertyFact(verb, in: map).map { .sum($0) }
    case "ratio": ratio(in: map)
    case "members": members(in: map)
    default: preconditionFailure("\(verb) is no measure")
    }
  }

  private func fact(_ verb: String, in map: MapReader) -> EventFact? {
    let event = map.text(verb)
    let fact = facts.fact(event: event ?? "", property: nil, in: map)
    return event == nil ? nil : fact
  }

  private func weeksWith(in map: MapReader) -> Metric.Measure? {
    let atLeast = map.has("at_least") ? map.whole("at_least") : 1
    guard let fact = fact("weeks_with", in: map), let atLeast else { return nil }
    return .weeksWith(fact, atLeast: atLeast)
  }

  private func propertyFact(_ verb: String, in map: MapReader) -> EventFact? {
    let property = map.text(verb)
    guard map.has("of") else {
      map.report(
        .missingKey,
        at: verb,
        "`\(verb)` of \(map.title) has no `of`",
        label: ["add the event whose property `\(property ?? verb)` is"]
      )
      return nil
    }
    let event = map.text("of")
    let fact = facts.fact(event: event ?? "", property: property, in: map)
    return event == nil || property == nil ? nil : fact
  }

  private func ratio(in map: MapReader) -> Metric.Measure? {
    let names = map.texts("ratio")
    guard names.count == 2 else {
      if map.list("ratio").count != 2 {
        map.report(
          .wrongType,
          at: "ratio",
          "`ratio` takes two names",
          label: ["write \(ValueKind.ratio.advice)"]
        )
      }
      return nil
    }
    return .ratio(term(names[0]), term(names[1]))
  }

  private func term(_ name: String) -> Metric.RatioTerm {
    guard let index = outline.metrics.firstIndex(of: name) else { return .trait(name) }
    session.usedMetrics.insert([outline.name, name])
    return .metric(index)
  }

  private func members(in map: MapReader) -> Metric.Measure? {
    if outline.subject == .user {
      map.report(
        .wrongSubject,
        at: "members",
        "`members` counts members of accounts, and model `\(outline.name)` is about users",
        label: ["use it where the model has `subject: account`"]
      )
    }
    guard let entry = map.entry("members") else { return nil }
    let conditions = ConditionReader(session: session, scope: scope)
    guard let condition = conditions.read(entry.value, at: entry.place) else { return nil }
    guard case .did(let fact, let test, isDidNot: _) = condition else {
      session.collector.report(
        .wrongValue,
        at: entry.value.place,
        "`members` of \(map.title) asks for something else than an event",
        label: ["write `{did: …}`"]
      )
      return nil
    }
    return .members(fact, test)
  }
}
