// Pace, segments and health: which rung it is, and what leads to another.

extension ConditionTeller {
  func pace(_ names: [String], _ verdict: Verdict) -> ConditionTree {
    ConditionTree(
      verdict,
      "pace: \(names.joined(by: "or"))",
      value: lens.pace.name.map { "is \($0)" } ?? "has none",
      advice: advice(verdict) { self.advice(onPace: names) }
    )
  }

  private func advice(onPace names: [String]) -> Advice? {
    guard let start = lens.start, let model, let current = lens.pace.name else { return nil }
    guard current == "pending" else { return .nothing("stays so") }
    let first = lens.zone.date(at: start)
    let windows = model.pace.compactMap { entry in
      entry.byDay.map { (entry.name, end: lens.zone.startOfDay(first.adding(days: $0 + 1))) }
    }
    let open = windows.filter { lens.now < $0.end && names.contains($0.0) == wanted }
    if let window = open.first, wanted || names.contains(current) {
      return .told("\(window.0) if activated before \(window.end)")
    }
    guard let end = windows.map(\.end).max() else { return nil }
    let isLate = model.pace.last.map { names.contains($0.name) == wanted } ?? false
    return isLate
      ? .told("\(model.pace.last?.name ?? "") from \(day: end) on, unless activated before")
      : .nothing("the time for it ended \(windows.last { names.contains($0.0) }?.end ?? end)")
  }

  func ladder(
    _ verb: String,
    _ names: [String],
    _ rung: Lens.Rung,
    _ verdict: Verdict
  )
    -> ConditionTree
  {
    let next = verdict.holds == wanted || depth <= 0 ? nil : step(verb, to: names, from: rung)
    return ConditionTree(
      verdict,
      "\(verb): \(names.joined(by: "or"))",
      value: rung.name.map { "is \($0)" } ?? "has none",
      hint: next?.hint,
      children: next?.tree.map { [$0] } ?? []
    )
  }

  /// What stands between the rung that it is and the nearest one that is asked for.
  private func step(
    _ verb: String,
    to names: [String],
    from rung: Lens.Rung
  )
    -> (hint: Phrase, tree: ConditionTree?)?
  {
    guard let model, lens.start != nil else { return nil }
    let entries = verb == "health" ? model.health : model.segments
    guard let place = entries.firstIndex(where: { names.contains($0.name) == wanted }) else {
      return nil
    }
    let current = entries.firstIndex { $0.name == rung.name } ?? entries.count
    let target = entries[place]
    if current < place {
      let tree = entries[current].when.flatMap { inModel($0, wanted: false) }
      return ("\(target.name) only once \(entries[current].name) ends", tree?.as(rung.name))
    }
    return missing(target, target.when.flatMap { inModel($0) }, since: since(verb, place))
  }

  private func since(_ verb: String, _ place: Int) -> Timestamp? {
    let all = verb == "health" ? lens.progress?.healthSince : lens.progress?.segmentSince
    return all.flatMap { place < $0.count ? $0[place] : nil }
  }

  private func missing(
    _ target: LadderEntry,
    _ tree: ConditionTree?,
    since began: Timestamp?
  ) -> (hint: Phrase, tree: ConditionTree?)? {
    guard let tree else { return nil }
    guard tree.holds, let held = target.heldFor else {
      let waits = target.heldFor.map { ", and then for \($0)" } ?? ""
      return ("\(target.name) needs: \(tree.brief)\(waits)", tree.as(target.name))
    }
    let instant = held.windowEnd(from: began ?? lens.now, in: lens.zone)
    return ("\(target.name) from \(instant) on, if it stays so for \(held)", tree.as(target.name))
  }
}

extension ConditionTree {
  /// The condition of a rung, under the rung's name.
  fileprivate func `as`(_ rung: String?) -> ConditionTree {
    children.isEmpty ? self : named("\(rung ?? ""): \(text)")
  }
}
