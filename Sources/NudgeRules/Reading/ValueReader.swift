import NudgeCore

/// Reads tests of values: matchers and number tests.
struct ValueReader {
  let collector: DiagnosticCollector

  /// Names, each with what its value must be.
  func namedTests(_ entry: YAMLEntry) -> [NamedTest]? {
    guard let entries = filled(entry, write: ValueKind.matches.advice) else { return nil }
    let tests = entries.map { entry in
      matches(entry.value, of: entry).map { NamedTest(name: entry.key, matches: $0) }
    }
    return tests.allPresent()
  }

  private func filled(_ entry: YAMLEntry, write advice: String) -> [YAMLEntry]? {
    guard let entries = collector.entries(of: entry.value, write: advice) else { return nil }
    if entries.isEmpty {
      collector.report(
        .wrongType,
        at: entry.place,
        "the map behind `\(entry.key)` is empty",
        label: ["write \(advice)"]
      )
      return nil
    }
    return entries
  }

  /// A value, a list of values, or operators.
  func matches(_ node: YAMLNode, of entry: YAMLEntry) -> [Match]? {
    guard case .map(let operators) = node.content else {
      return scalars(entry).map { [.anyOf($0)] }
    }
    guard filled(entry, write: "an operator") != nil,
      let map = MapReader(
        node,
        as: .match,
        title: "the test of `\(entry.key)`",
        at: entry.place,
        collector: collector
      )
    else { return nil }
    return operators.map { map.kind.key($0.key) == nil ? nil : match($0, in: map) }.allPresent()
  }

  private func scalars(_ entry: YAMLEntry) -> [Scalar]? {
    let nodes = collector.oneOrMore(entry)
    let values = nodes.map { collector.parsed($0, of: entry, ScalarForm.value) }.allPresent()
    return nodes.isEmpty ? nil : values
  }

  private func match(_ entry: YAMLEntry, in map: MapReader) -> Match? {
    switch entry.key {
    case "is", "any_of": scalars(entry).map { .anyOf($0) }
    case "not", "none_of": scalars(entry).map { .noneOf($0) }
    case "exists": map.flag(entry.key).map { .exists($0) }
    case "contains": map.parsed(entry.key, ScalarForm.value).map { .contains($0) }
    case "starts_with": map.text(entry.key).map { .startsWith($0) }
    case "ends_with": map.text(entry.key).map { .endsWith($0) }
    case "before": map.parsed(entry.key, ScalarForm.moment).map { .before($0) }
    case "after": map.parsed(entry.key, ScalarForm.moment).map { .after($0) }
    case "within_last": map.span(entry.key).map { .withinLast($0) }
    case "older_than": map.span(entry.key).map { .olderThan($0) }
    default: comparison(entry).map { .number($0) }
    }
  }

  /// A number, or comparisons.
  func numberTest(_ entry: YAMLEntry) -> NumberTest? {
    guard case .map(let operators) = entry.value.content else {
      return collector.parsed(entry.value, of: entry, ScalarForm.number)
        .map { NumberTest([.exactly($0)]) }
    }
    guard filled(entry, write: ValueKind.numberTest.advice) != nil,
      MapReader(
        entry.value,
        as: .numberTest,
        title: "`\(entry.key)`",
        at: entry.place,
        collector: collector
      ) != nil
    else { return nil }
    let known = operators.filter { MapKind.numberTest.key($0.key) != nil }
    guard known.count == operators.count else { return nil }
    return known.map(comparison).allPresent().map { NumberTest($0) }
  }

  /// One comparison of a number.
  func comparison(_ entry: YAMLEntry) -> NumberTest.Comparison? {
    if entry.key == "between" { return bounds(entry) }
    guard let number = collector.parsed(entry.value, of: entry, ScalarForm.number) else {
      return nil
    }
    switch entry.key {
    case "exactly": return .exactly(number)
    case "at_least": return .atLeast(number)
    case "at_most": return .atMost(number)
    case "above": return .above(number)
    case "below": return .below(number)
    default: preconditionFailure("\(entry.key) is no comparison")
    }
  }

  private func bounds(_ entry: YAMLEntry) -> NumberTest.Comparison? {
    guard let nodes = collector.elements(of: entry) else { return nil }
    let numbers = nodes.compactMap { collector.parsed($0, of: entry, ScalarForm.number) }
    guard nodes.count == 2 else {
      collector.report(
        .wrongType,
        at: entry.place,
        "`between` takes two numbers",
        label: ["write both ends, like `[3, 7]`"]
      )
      return nil
    }
    guard numbers.count == 2 else { return nil }
    guard numbers[0] <= numbers[1] else {
      collector.report(
        .neverTrue,
        at: entry.value.place,
        "nothing lies between \(numbers[0]) and \(numbers[1])",
        label: ["write the lower one first"]
      )
      return nil
    }
    return .between(numbers[0], numbers[1])
  }

  /// Reports a test that no whole number of these bounds passes, or that all pass.
  func report(_ test: NumberTest, of entry: YAMLEntry, over bounds: ClosedRange<Int>) {
    let scan = NumberTestScan(test, over: bounds)
    let place = entry.value.text == nil ? entry.place : entry.value.place
    let range = "`\(entry.key)` is \(bounds.adviceText)"
    if !scan.isEverTrue {
      collector.report(
        .neverTrue,
        at: place,
        "`\(entry.key)` can never pass this test",
        label: [range]
      )
    } else if scan.isAlwaysTrue {
      collector.report(
        .alwaysTrue,
        at: place,
        "`\(entry.key)` always passes this test",
        label: [range]
      )
    }
  }
}
