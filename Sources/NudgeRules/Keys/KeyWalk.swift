/// Visits every map of a tree with the kind that the table of keys gives it.
///
/// What the table does not know is passed over; it is reported elsewhere.
struct KeyWalk {
  /// Called for each map before those inside it.
  let visit: (MapKind, [YAMLEntry]) -> Void

  /// Visits a map and what lies in it.
  func walk(_ node: YAMLNode, as kind: MapKind) {
    guard let entries = node.entries else { return }
    visit(kind, entries)
    for entry in entries {
      if let key = kind.key(entry.key) { walk(entry.value, key.kind) }
    }
  }

  private func walk(_ node: YAMLNode, _ kind: ValueKind) {
    switch kind {
    case .condition: walk(node, as: .condition)
    case .conditions: for element in node.elements ?? [] { walk(element, as: .condition) }
    case .matches: for entry in node.entries ?? [] { walk(entry.value, as: .match) }
    case .numberTest, .count: walk(node, as: .numberTest)
    case .namedNumberTests: for entry in node.entries ?? [] { walk(entry.value, as: .numberTest) }
    case .reEntry: walk(node, as: .reEntry)
    case .breaker: walk(node, as: .breaker)
    case .map(let inner): walk(node, as: inner)
    case .list(let inner): for element in node.elements ?? [] { walk(element, as: inner) }
    case .named(let inner): for entry in node.entries ?? [] { walk(entry.value, as: inner) }
    case .listOf(let inner): for element in node.elements ?? [] { walk(element, inner) }
    case .text, .event, .property, .name, .texts, .names, .flag, .yes, .whole, .number,
      .positiveNumber, .percentage, .clockSpan, .span, .calendarSpan, .interval, .timeOfDay, .zone,
      .anchor, .choice, .days, .scalars, .accountTrait, .recipient, .ratio, .bounds, .quantity,
      .anything, .secret, .byteSize, .rate:
      break
    }
  }
}
