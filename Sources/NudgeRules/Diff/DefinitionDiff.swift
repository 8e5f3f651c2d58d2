/// The definitions of one kind, before and after.
struct DefinitionDiff {
  let kind: RuleDiff.Kind
  let old: [String: YAMLNode]
  let new: [String: YAMLNode]

  /// Those that are not as they were, by name.
  var entries: [RuleDiff.Entry] {
    let kept = new.keys.sorted().compactMap { name in new[name].flatMap { entry(name, $0) } }
    let followed = Set(new.compactMap { formerName($0.key, $0.value) })
    let gone = old.keys.filter { new[$0] == nil && !followed.contains($0) }.sorted()
    return kept
      + gone.map {
        RuleDiff.Entry(kind: kind, name: $0, was: nil, change: .removed, keys: [], steps: [])
      }
  }

  private func entry(_ name: String, _ node: YAMLNode) -> RuleDiff.Entry? {
    let was = formerName(name, node)
    guard let before = old[name] ?? was.flatMap({ old[$0] }) else {
      return RuleDiff.Entry(
        kind: kind,
        name: name,
        was: nil,
        change: .added(node.summary(of: kind)),
        keys: [],
        steps: []
      )
    }
    let skipped: Set = kind == .campaign ? ["steps", "was"] : ["name", "was"]
    let keys = MapDiff.changes(from: before, to: node, skipping: kind.hasParts ? skipped : [])
    let steps = kind == .campaign ? stepEntries(before, node) : []
    guard was != nil || !keys.isEmpty || !steps.isEmpty else { return nil }
    return RuleDiff.Entry(
      kind: kind,
      name: name,
      was: was,
      change: .changed,
      keys: keys + orderChange(before, node, steps),
      steps: steps
    )
  }

  private func formerName(_ name: String, _ node: YAMLNode) -> String? {
    guard old[name] == nil, let was = node["was"]?.text, old[was] != nil else { return nil }
    return was
  }

  private func stepEntries(_ before: YAMLNode, _ after: YAMLNode) -> [RuleDiff.Entry] {
    let entries = DefinitionDiff(kind: .step, old: before.steps, new: after.steps).entries
    let order = after.stepNames + before.stepNames
    return entries.sorted {
      (order.firstIndex(of: $0.name) ?? 0) < (order.firstIndex(of: $1.name) ?? 0)
    }
  }

  /// The order of steps decides who goes first among equals, so it is part of the meaning.
  private func orderChange(
    _ before: YAMLNode,
    _ after: YAMLNode,
    _ steps: [RuleDiff.Entry]
  ) -> [RuleDiff.KeyChange] {
    let common = Set(before.stepNames).intersection(after.stepNames)
    let (old, new) = (
      before.stepNames.filter(common.contains), after.stepNames.filter(common.contains)
    )
    guard kind == .campaign, old != new else { return [] }
    return [
      RuleDiff.KeyChange(
        path: "order of steps",
        old: old.joined(separator: ", "),
        new: new.joined(separator: ", ")
      )
    ]
  }
}

extension RuleDiff.Kind {
  fileprivate var hasParts: Bool { self == .campaign || self == .step }
}

extension YAMLNode {
  /// The steps of a campaign by name.
  var steps: [String: YAMLNode] {
    let steps = self["steps"]?.elements ?? []
    return Dictionary(steps.compactMap { step in step["name"]?.text.map { ($0, step) } }) {
      first,
      _ in first
    }
  }

  /// The names of a campaign's steps in the order of the file.
  var stepNames: [String] { (self["steps"]?.elements ?? []).compactMap { $0["name"]?.text } }

  /// The keys that tell most of a new definition, in one line.
  fileprivate func summary(of kind: RuleDiff.Kind) -> String {
    switch kind {
    case .campaign:
      let mode = self["mode"]?.text ?? "live"
      let deploy = self["on_first_deploy"]?.text ?? "new_starts_only"
      return "mode: \(mode), first deploy: \(deploy)"
    case .step:
      let keys = YAMLNode.timingKeys + ["send", "tag", "untag"]
      return keys.compactMap { key in self[key].map { "\(key): \($0.flowText)" } }
        .joined(separator: ", ")
    case .model: return self["subject"]?.text.map { "subject: \($0)" } ?? ""
    case .audience, .mute: return self["description"]?.text ?? ""
    }
  }

  /// The keys of a step that decide when it is due.
  static let timingKeys = [
    "on_day", "after", "every", "immediately", "as_soon_as", "at", "since", "days", "not_before",
  ]
}
