import NudgeCore

/// Reads the scores of a model.
struct ScoreReader {
  let session: RuleSession
  let outline: ModelOutline

  /// All scores, in the order of the file.
  func scores(of map: MapReader) -> [Score]? {
    map.named("scores").map(score).allPresent()
  }

  private func score(_ name: String, _ map: MapReader) -> Score? {
    let nodes = map.list("components")
    session.reportDuplicateNames(of: nodes, noun: "component", in: map.title)
    let components = nodes.map { component($0, of: name) }.allPresent()
    if let components { checkMaxima(of: components, in: map) }
    guard let bands = BandReader(session: session).bands(of: map), let components,
      !components.isEmpty
    else { return nil }
    return Score(name: name, components: components, bands: bands)
  }

  private func checkMaxima(of components: [Score.Component], in map: MapReader) {
    let total = components.reduce(Number.zero) { $0 + $1.max }
    guard !components.isEmpty, total != Number(100) else { return }
    let sum = components.map(\.max.description).joined(separator: " + ")
    map.report(
      .weightsNot100,
      at: "components",
      "the maxima of \(map.title) add up to \(total), not to 100",
      label: ["\(sum) = \(total)"]
    )
  }

  private func component(_ node: YAMLNode, of score: String) -> Score.Component? {
    let title = node["name"]?.text.map { "component `\($0)` of score `\(score)`" }
    guard let map = MapReader(node, as: .component, title: title, collector: session.collector)
    else { return nil }
    let name = map.name("name")
    let max = map.parsed("max", ScalarForm.positiveNumber)
    guard let source = source(of: map) else { return nil }
    guard let shape = shape(of: map, source: source, max: max), let name, let max else {
      return nil
    }
    return Score.Component(name: name, max: max, source: source, shape: shape)
  }

  private func source(of map: MapReader) -> Score.Component.Source? {
    guard let name = map.text("from"), let node = map.node("from") else { return nil }
    switch name {
    case "milestone_weights": return .milestoneWeights
    case "time_to_first_milestone": return .timeToFirstMilestone
    default: break
    }
    session.usedMetrics.insert([outline.name, name])
    if let index = outline.metrics.firstIndex(of: name) { return .metric(index) }
    session.reportUnknown(
      "metric",
      name,
      at: node.place,
      in: map.title,
      among: ["milestone_weights", "time_to_first_milestone"] + outline.metrics
    )
    return nil
  }

  private func shape(
    of map: MapReader,
    source: Score.Component.Source,
    max: Number?
  ) -> Score.Component.Shape? {
    let written = ["points_each", "table", "linear"].filter(map.has)
    if source == .milestoneWeights {
      for key in written {
        map.report(.misplacedKey, at: key, "`\(key)` says nothing beside `from: milestone_weights`")
      }
      return written.isEmpty ? .share : nil
    }
    guard written.count == 1 else {
      reportShape(written, of: map)
      return nil
    }
    return shape(written[0], of: map, source: source, max: max)
  }

  private func reportShape(_ written: [String], of map: MapReader) {
    if written.isEmpty {
      session.collector.report(
        .missingKey,
        at: map.place,
        "\(map.title) does not say how points are given",
        label: ["add `points_each`, `table` or `linear`"]
      )
    } else {
      map.report(
        .misplacedKey,
        at: written[1],
        "`\(written[1])` stands beside `\(written[0])`",
        label: ["keep one of them"]
      )
    }
  }

  private func shape(
    _ key: String,
    of map: MapReader,
    source: Score.Component.Source,
    max: Number?
  ) -> Score.Component.Shape? {
    let isTime = source == .timeToFirstMilestone
    switch key {
    case "table":
      return TableReader(session: session, isTime: isTime, max: max).rows(of: map)
        .map { .table($0) }
    case "linear": return linear(of: map, isTime: isTime)
    default: break
    }
    if isTime {
      map.report(
        .misplacedKey,
        at: key,
        "`points_each` says nothing beside `from: time_to_first_milestone`",
        label: ["write `table` or `linear`"]
      )
      return nil
    }
    return map.parsed(key, ScalarForm.positiveNumber).map { .pointsEach($0) }
  }

  private func linear(of map: MapReader, isTime: Bool) -> Score.Component.Shape? {
    guard let inner = map.map("linear") else { return nil }
    let full = quantity("full_at", of: inner, isTime: isTime)
    let zero = quantity("zero_at", of: inner, isTime: isTime)
    guard let full, let zero else { return nil }
    guard full != zero else {
      inner.report(.wrongValue, at: "zero_at", "`zero_at` equals `full_at`")
      return nil
    }
    return .linear(fullAt: full, zeroAt: zero)
  }

  private func quantity(_ key: String, of map: MapReader, isTime: Bool) -> Number? {
    guard isTime else { return map.parsed(key, ScalarForm.number) }
    return map.parsed(key, ScalarForm.clockMilliseconds).map { Number($0) }
  }
}
