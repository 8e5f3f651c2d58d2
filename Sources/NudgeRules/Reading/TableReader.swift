import NudgeCore

/// Reads the table of a component.
struct TableReader {
  let session: RuleSession
  /// Whether the fact is a time, tested by `within`, rather than a number.
  let isTime: Bool
  /// The most points that a row may give.
  let max: Number?

  /// All rows.
  func rows(of map: MapReader) -> [Score.Component.Row]? {
    let nodes = map.list("table")
    let maps = nodes.compactMap {
      MapReader($0, as: .row, title: "a row of \(map.title)", collector: session.collector)
    }
    for row in maps.dropLast() where row.has("otherwise") {
      row.report(
        .ladderOrder,
        at: "otherwise",
        "`otherwise` hides the rows below it",
        label: ["put it last"]
      )
    }
    guard let rows = maps.map(row).allPresent(), rows.count == nodes.count, !rows.isEmpty else {
      return nil
    }
    return rows
  }

  private func row(_ map: MapReader) -> Score.Component.Row? {
    let points = points(of: map)
    guard let test = test(of: map), let points else { return nil }
    return Score.Component.Row(test: test.test, points: points)
  }

  private func points(of map: MapReader) -> Number? {
    guard let points = map.parsed("points", ScalarForm.number), let node = map.node("points") else {
      return nil
    }
    if points.isNegative || max.map({ points > $0 }) ?? false {
      session.collector.report(
        .badNumber,
        at: node.place,
        "a row gives \(points) points",
        label: ["write 0 to \(max?.description ?? "max")"]
      )
    }
    return points
  }

  /// A row's test, where no test is the `otherwise`.
  private struct RowTest {
    let test: NumberTest?
  }

  private func test(of map: MapReader) -> RowTest? {
    let comparisons = map.entries.filter { entry in
      Key.numberTest.contains { $0.name == entry.key }
    }
    let count = comparisons.count + (map.has("within") ? 1 : 0)
    if map.has("otherwise") {
      guard count == 0 else {
        map.report(
          .misplacedKey,
          at: "otherwise",
          "`otherwise` stands beside a test",
          label: ["keep one of them"]
        )
        return nil
      }
      return map.yes("otherwise") ? RowTest(test: nil) : nil
    }
    guard count > 0 else {
      session.collector.report(
        .missingKey,
        at: map.place,
        "\(map.title) tests nothing",
        label: [
          isTime ? "add `within`, or `otherwise: true`" : "add `at_least`, or `otherwise: true`"
        ]
      )
      return nil
    }
    return isTime ? timeTest(of: map, comparisons) : numberTest(of: map, comparisons)
  }

  private func timeTest(of map: MapReader, _ comparisons: [YAMLEntry]) -> RowTest? {
    for entry in comparisons {
      map.report(
        .misplacedKey,
        at: entry.key,
        "`\(entry.key)` tests a number, and this fact is a time",
        label: ["write `within`"]
      )
    }
    guard let limit = map.parsed("within", ScalarForm.clockMilliseconds), comparisons.isEmpty else {
      return nil
    }
    return RowTest(test: NumberTest([.atMost(Number(limit))]))
  }

  private func numberTest(of map: MapReader, _ comparisons: [YAMLEntry]) -> RowTest? {
    if map.has("within") {
      map.report(
        .misplacedKey,
        at: "within",
        "`within` tests a time, and this fact is a number",
        label: ["write `at_least`"]
      )
      return nil
    }
    let values = ValueReader(collector: session.collector)
    return comparisons.map(values.comparison).allPresent().map { RowTest(test: NumberTest($0)) }
  }
}
