/// Finds what was removed and added and looks like one thing under a new name.
struct RenameSearch {
  let old: DefinitionTable
  let new: DefinitionTable
  let entries: [RuleDiff.Entry]

  var found: [RuleDiff.Rename] {
    campaigns + entries.filter { $0.kind == .campaign }.flatMap(steps)
  }

  private var campaigns: [RuleDiff.Rename] {
    let all = entries.filter { $0.kind == .campaign }
    return pairs(all, old.nodes(.campaign), new.nodes(.campaign), in: nil) { before, after in
      let steps = (before["steps"]?.elements ?? [], after["steps"]?.elements ?? [])
      guard before["model"]?.text == after["model"]?.text, !steps.0.isEmpty,
        steps.0.count == steps.1.count
      else { return false }
      return zip(steps.0, steps.1).allSatisfy { $0.isTimed(like: $1) }
    }
  }

  private func steps(of entry: RuleDiff.Entry) -> [RuleDiff.Rename] {
    guard let before = old.nodes(.campaign)[entry.was ?? entry.name],
      let after = new.nodes(.campaign)[entry.name]
    else { return [] }
    return pairs(entry.steps, before.steps, after.steps, in: entry.name) { before, after in
      before.isTimed(like: after) && before.isSame(as: after, under: ["send", "tag", "untag"])
    }
  }

  /// Each removed one with the first added one that looks like it and is not taken.
  private func pairs(
    _ entries: [RuleDiff.Entry],
    _ old: [String: YAMLNode],
    _ new: [String: YAMLNode],
    in campaign: String?,
    _ isAlike: (YAMLNode, YAMLNode) -> Bool
  ) -> [RuleDiff.Rename] {
    var taken: Set<String> = []
    let added = entries.filter { if case .added = $0.change { true } else { false } }
    return entries.filter { $0.change == .removed }.compactMap { removed in
      let twin = added.first { entry in
        guard !taken.contains(entry.name), let before = old[removed.name],
          let after = new[entry.name]
        else { return false }
        return isAlike(before, after)
      }
      guard let twin else { return nil }
      taken.insert(twin.name)
      return .init(kind: removed.kind, campaign: campaign, old: removed.name, new: twin.name)
    }
  }
}

extension YAMLNode {
  /// Whether both steps are due at the same instants.
  fileprivate func isTimed(like other: YAMLNode) -> Bool {
    isSame(as: other, under: YAMLNode.timingKeys)
  }

  fileprivate func isSame(as other: YAMLNode, under keys: [String]) -> Bool {
    keys.allSatisfy { key in
      switch (self[key], other[key]) {
      case (nil, nil): true
      case (let left?, let right?): left.isSame(as: right)
      case (nil, _?), (_?, nil): false
      }
    }
  }
}
