/// Two trees, key by key.
enum MapDiff {
  /// The keys in which two maps differ, in the order of the new one, then those that are gone.
  static func changes(
    from old: YAMLNode,
    to new: YAMLNode,
    skipping skipped: Set<String> = [],
    below path: String = ""
  ) -> [RuleDiff.KeyChange] {
    let (before, after) = (old.parts ?? [], new.parts ?? [])
    var found: [RuleDiff.KeyChange] = []
    for part in after where !skipped.contains(part.key) {
      let former = before.first { $0.key == part.key }?.value
      found += change(at: path + part.key, from: former, to: part.value)
    }
    for part in before where !skipped.contains(part.key) {
      if after.contains(where: { $0.key == part.key }) { continue }
      found.append(.init(path: path + part.key, old: part.value.flowText, new: nil))
    }
    return found
  }

  private static func change(
    at path: String,
    from old: YAMLNode?,
    to new: YAMLNode
  ) -> [RuleDiff.KeyChange] {
    guard let old else { return [.init(path: path, old: nil, new: new.flowText)] }
    if old.isSame(as: new) { return [] }
    if old.parts != nil, new.parts != nil, !old.isCondition, !new.isCondition {
      return changes(from: old, to: new, below: path + ".")
    }
    return [.init(path: path, old: old.flowText, new: new.flowText)]
  }
}

extension YAMLNode {
  /// The entries of a map, or the elements of a list of maps that have names, under these names.
  fileprivate var parts: [(key: String, value: YAMLNode)]? {
    switch content {
    case .map(let entries): return entries.map { ($0.key, $0.value) }
    case .list(let elements):
      let names = elements.compactMap { $0["name"]?.text }
      guard names.count == elements.count, Set(names).count == names.count else { return nil }
      return Array(zip(names, elements))
    case .scalar, .broken: return nil
    }
  }

  /// Whether it is a condition that has no meaning in parts: more than one key, or another verb.
  fileprivate var isCondition: Bool {
    guard let entries, let first = entries.first else { return false }
    return Verb(rawValue: first.key) != nil
  }

  /// Whether both say the same, whatever the layout; a list's order counts, a map's does not.
  func isSame(as other: YAMLNode) -> Bool {
    switch (content, other.content) {
    case (.map(let left), .map(let right)):
      guard left.count == right.count else { return false }
      return left.allSatisfy { entry in other[entry.key].map(entry.value.isSame) ?? false }
        && (left.map(\.key) == right.map(\.key) || !Self.isOrdered(left))
    case (.list(let left), .list(let right)):
      return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
    default: return JSONWriter.text(jsonValue) == JSONWriter.text(other.jsonValue)
    }
  }

  /// Whether the order of these entries can be seen: those of milestones, metrics and scores are maps.
  private static func isOrdered(_ entries: [YAMLEntry]) -> Bool {
    !entries.isEmpty && entries.allSatisfy { $0.value.entries != nil }
  }

  /// The value in one line, as it could be written.
  public var flowText: String {
    switch content {
    case .scalar(let text, let isPlain): isPlain ? text : "\"\(text)\""
    case .list(let elements): "[\(elements.map(\.flowText).joined(separator: ", "))]"
    case .map(let entries):
      "{\(entries.map { "\($0.key): \($0.value.flowText)" }.joined(separator: ", "))}"
    case .broken: "…"
    }
  }
}
