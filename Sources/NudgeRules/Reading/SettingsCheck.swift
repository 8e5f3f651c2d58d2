import NudgeCore

/// Checks the values of operators' keys by what the table of keys says of them.
///
/// Keys that decide are read, and so checked, by `PolicyReader`.
struct SettingsCheck {
  let collector: DiagnosticCollector

  /// Checks all values of a map.
  func check(_ map: MapReader) {
    for entry in map.entries {
      guard let key = map.kind.key(entry.key) else { continue }
      check(entry, key.kind, of: map)
    }
    if map.kind == .channel {
      checkTarget(of: map)
      checkBelonging(of: map)
    }
  }

  /// A key that its channel has no use for would be without effect where somebody relies on it.
  private func checkBelonging(of map: MapReader) {
    let targets = ["webhook", "file", "inbox"].filter(map.has)
    guard targets.count == 1, let target = targets.first else { return }
    for entry in map.entries {
      guard let owner = Key.owner(ofChannelKey: entry.key), owner != target else { continue }
      map.report(
        .misplacedKey,
        at: entry.key,
        "`\(entry.key)` has no meaning for a channel with `\(target)`",
        label: ["leave it out, or write `\(owner)`"]
      )
    }
  }

  private func checkTarget(of map: MapReader) {
    let targets = ["webhook", "file", "inbox"].filter(map.has)
    guard targets.count > 1 else { return }
    map.report(
      .misplacedKey,
      at: targets[1],
      "\(map.title) leads to two places, `\(targets[0])` and `\(targets[1])`",
      label: ["keep one of them"]
    )
  }

  private func check(_ entry: YAMLEntry, _ kind: ValueKind, of map: MapReader) {
    switch kind {
    case .map(let inner):
      MapReader(
        entry.value,
        as: inner,
        title: "`\(entry.key)`",
        at: entry.place,
        collector: collector
      ).map(check)
    case .named: for (_, inner) in map.named(entry.key) { check(inner) }
    case .list(let inner): for node in map.list(entry.key) { check(node, inner) }
    case .listOf(let inner):
      for node in map.list(entry.key) { check(node, inner, of: entry) }
    case .breaker: checkBreaker(entry)
    case .anything: _ = collector.entries(of: entry.value, write: kind.advice)
    default: check(entry.value, kind, of: entry)
    }
  }

  private func check(_ node: YAMLNode, _ kind: MapKind) {
    MapReader(node, as: kind, collector: collector).map(check)
  }

  private func checkBreaker(_ entry: YAMLEntry) {
    guard entry.value.text == nil else {
      _ = collector.parsed(entry.value, of: entry) { scalar throws(Misreading) in
        try ScalarForm.choice(scalar, of: ["off"])
      }
      return
    }
    check(entry.value, .breaker)
  }

  private func check(_ node: YAMLNode, _ kind: ValueKind, of entry: YAMLEntry) {
    switch kind {
    case .text: parse(node, entry, ScalarForm.text)
    case .name: parse(node, entry, ScalarForm.name)
    case .flag: parse(node, entry, ScalarForm.flag)
    case .yes:
      parse(node, entry) { scalar throws(Misreading) in
        try ScalarForm.choice(scalar, of: ["true"])
      }
    case .clockSpan: parse(node, entry, ScalarForm.clockMilliseconds)
    case .span: parse(node, entry, ScalarForm.span)
    case .calendarSpan: parse(node, entry, ScalarForm.calendarDays)
    case .timeOfDay: parse(node, entry, ScalarForm.timeOfDay)
    case .secret: parse(node, entry, ScalarForm.secret)
    case .byteSize: parse(node, entry, ScalarForm.byteSize)
    case .rate: parse(node, entry, ScalarForm.rate)
    case .whole(let bounds):
      parse(node, entry) { scalar throws(Misreading) in try ScalarForm.whole(scalar, in: bounds) }
    case .choice(let words):
      parse(node, entry) { scalar throws(Misreading) in try ScalarForm.choice(scalar, of: words) }
    default: break
    }
  }

  private func parse<Value>(
    _ node: YAMLNode,
    _ entry: YAMLEntry,
    _ parse: (ScalarText) throws(Misreading) -> Value
  ) {
    _ = collector.parsed(node, of: entry, parse)
  }
}
