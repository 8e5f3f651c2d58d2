import NudgeCore

/// A step and the map that it was read from, for checks that look at both.
struct ReadStep {
  let step: Step
  let map: MapReader
}

/// Reads the steps of a campaign.
struct StepReader {
  let session: RuleSession
  let policy: Policy
  let scope: ConditionScope

  /// All steps, in the order of the file.
  func steps(_ nodes: [YAMLNode], in title: String) -> [ReadStep]? {
    session.reportDuplicateNames(of: nodes, noun: "step", in: title)
    let steps = nodes.map(step).allPresent()
    if let steps { reportWaitingCircles(steps) }
    return steps
  }

  private func step(_ node: YAMLNode) -> ReadStep? {
    let title = node["name"]?.text.map { "step `\($0)`" }
    guard
      let map = MapReader(
        node,
        as: .step,
        title: title,
        at: node["name"]?.place,
        collector: session.collector
      )
    else { return nil }
    let name = map.name("name")
    let timing = StepTimingReader(session: session, scope: scope, map: map).timing()
    let action = action(of: map)
    let onlyIf = ConditionReader(session: session, scope: scope).read("only_if", of: map)
    let content = content(of: map)
    let limits = limits(of: map, action: action)
    guard let name, let timing, let action, onlyIf != nil || !map.has("only_if") else { return nil }
    let step = Step(
      name: name,
      timing: timing,
      days: limits.days,
      outsideDays: limits.outsideDays,
      notBefore: limits.notBefore,
      atMost: limits.atMost,
      per: limits.per,
      onlyIf: onlyIf,
      expires: limits.expires,
      action: action,
      template: content.template,
      variants: content.variants,
      recipient: content.recipient,
      assignTo: content.assignTo,
      groupBy: content.groupBy,
      data: content.data,
      ignoresQuietHours: limits.ignoresQuietHours,
      capUse: limits.capUse,
      isEnabled: map.flag("enabled") ?? true,
      was: map.name("was")
    )
    return ReadStep(step: step, map: map)
  }

  private func action(of map: MapReader) -> Step.Action? {
    let written = Key.actions.map(\.name).filter(map.has)
    let names = written.map { map.name($0) }
    guard let verb = written.first else {
      session.collector.report(
        .missingKey,
        at: map.place,
        "\(map.title) does nothing",
        label: ["add `send`, `tag` or `untag`"]
      )
      return nil
    }
    guard written.count == 1 else {
      map.report(
        .twoActions,
        at: written[1],
        "`\(verb)` and `\(written[1])` stand in one step",
        label: ["make two steps of it"]
      )
      return nil
    }
    guard let name = names[0] else { return nil }
    switch verb {
    case "send": return .send(channel: name)
    case "tag": return .tag(name)
    default: return .untag(name)
    }
  }
}

// When a step may go out.
extension StepReader {
  private struct Bounds {
    let days: Set<Weekday>?
    let outsideDays: Step.OutsideDays
    let notBefore: Span?
    let atMost: Int?
    let per: Span?
    let expires: Span?
    let ignoresQuietHours: Bool
    let capUse: Step.CapUse
  }

  private func limits(of map: MapReader, action: Step.Action?) -> Bounds {
    if map.has("per") && !map.has("at_most") {
      map.report(
        .misplacedKey,
        at: "per",
        "`per` says nothing without `at_most`",
        label: ["add `at_most`"]
      )
    }
    if map.has("outside_days") && !map.has("days") {
      map.report(
        .misplacedKey,
        at: "outside_days",
        "`outside_days` says nothing without `days`",
        label: ["add `days`"]
      )
    }
    return Bounds(
      days: days(of: map),
      outsideDays: map.choice("outside_days").flatMap(Step.OutsideDays.init(rawValue:)) ?? .wait,
      notBefore: map.span("not_before"),
      atMost: map.whole("at_most"),
      per: map.span("per"),
      expires: expires(of: map, action: action),
      ignoresQuietHours: map.choice("quiet_hours") == "ignore",
      capUse: map.choice("caps").flatMap(Step.CapUse.init(rawValue:)) ?? .counted
    )
  }

  private func days(of map: MapReader) -> Set<Weekday>? {
    guard let entry = map.entry("days") else { return nil }
    let sets = session.collector.oneOrMore(entry)
      .map { session.collector.parsed($0, of: entry, ScalarForm.days) }
    return sets.allPresent()?.reduce(into: Set<Weekday>()) { $0.formUnion($1) }
  }

  private func expires(of map: MapReader, action: Step.Action?) -> Span? {
    let own = map.span("expires")
    guard case .send(let channel)? = action else { return nil }
    return own ?? (policy.channels[channel] ?? .builtIn(channel)).expires
  }
}

// What a step hands on.
extension StepReader {
  private struct Content {
    let template: String?
    let variants: [Step.Variant]
    let recipient: Step.Recipient
    let assignTo: String?
    let groupBy: String?
    let data: JSONText
  }

  private func content(of map: MapReader) -> Content {
    if map.has("template") && map.has("variants") {
      map.report(
        .misplacedKey,
        at: "template",
        "`template` stands beside `variants`",
        label: ["give each variant its own `template`"]
      )
    }
    return Content(
      template: template(of: map),
      variants: variants(of: map),
      recipient: map.parsed("to", ScalarForm.recipient) ?? .subject,
      assignTo: map.parsed("assign_to", ScalarForm.accountTrait),
      groupBy: map.parsed("group_by", ScalarForm.accountTrait),
      data: data(of: map)
    )
  }

  private func template(of map: MapReader) -> String? {
    guard let name = map.text("template"), let node = map.node("template") else { return nil }
    session.noteTemplate(name, at: node.place, in: map.title)
    return name
  }

  private func variants(of map: MapReader) -> [Step.Variant] {
    let nodes = map.list("variants")
    session.reportDuplicateNames(of: nodes, noun: "variant", in: map.title)
    return nodes.compactMap { node in
      let title = node["name"]?.text.map { "variant `\($0)` of \(map.title)" }
      return MapReader(node, as: .variant, title: title, collector: session.collector)
        .flatMap(variant)
    }
  }

  private func variant(_ map: MapReader) -> Step.Variant? {
    let name = map.name("name")
    let weight = map.parsed("weight", ScalarForm.positiveNumber)
    let template = template(of: map)
    guard let name, let weight else { return nil }
    return Step.Variant(name: name, weight: weight, template: template)
  }

  private func data(of map: MapReader) -> JSONText {
    guard let entry = map.entry("data"),
      session.collector.entries(of: entry.value, write: ValueKind.anything.advice) != nil
    else { return .empty }
    return JSONText(wellFormed: Array(JSONWriter.text(entry.value.jsonValue).utf8))
  }
}

// Steps that wait for each other.
extension StepReader {
  private func reportWaitingCircles(_ steps: [ReadStep]) {
    for (index, read) in steps.enumerated() {
      var seen: Set<Int> = []
      var next: Int? = index
      while let step = next, seen.insert(step).inserted { next = anchorStep(of: steps[step].step) }
      guard next == index else { continue }
      read.map.report(
        .cycle,
        at: "since",
        "\(read.map.title) waits for itself",
        label: ["count from another step, a milestone, `start` or `entering`"]
      )
    }
  }

  private func anchorStep(of step: Step) -> Int? {
    switch step.timing {
    case .onDay(_, _, since: .step(let index)), .after(_, since: .step(let index)),
      .every(_, _, since: .step(let index)):
      index
    case .onDay, .after, .every, .immediately, .asSoonAs: nil
    }
  }
}
