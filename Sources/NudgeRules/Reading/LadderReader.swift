import NudgeCore

/// Reads ladders: pace, segments, health.
struct LadderReader {
  let session: RuleSession
  let scope: ConditionScope

  /// The rungs of the pace; empty when there is none.
  func pace(of map: MapReader) -> [PaceEntry]? {
    let rungs = readers(of: "pace", in: map, as: .paceEntry)
    checkEnd(of: rungs, "pace", in: map)
    let entries = rungs.map(paceEntry)
    checkOrder(of: rungs)
    return entries.allPresent()
  }

  private func paceEntry(_ map: MapReader) -> PaceEntry? {
    let name = map.name("name")
    guard let isOtherwise = isOtherwise(map, instead: "by_day") else { return nil }
    let byDay = map.whole("by_day")
    guard let name, isOtherwise || byDay != nil else { return nil }
    return PaceEntry(name: name, byDay: byDay)
  }

  private func checkOrder(of rungs: [MapReader]) {
    var last: Int?
    for rung in rungs {
      guard let node = rung.node("by_day"), let day = node.text.flatMap({ Int($0) }) else {
        continue
      }
      if let last, day <= last {
        session.collector.report(
          .ladderOrder,
          at: node.place,
          "`by_day: \(day)` stands below `by_day: \(last)`",
          label: ["put the entries in rising order"]
        )
      }
      last = day
    }
  }

  /// The entries of segments or health; empty when there are none.
  func entries(_ key: String, of map: MapReader) -> [LadderEntry]? {
    let rungs = readers(of: key, in: map, as: .ladderEntry)
    checkEnd(of: rungs, key, in: map)
    return rungs.map(ladderEntry).allPresent()
  }

  private func ladderEntry(_ map: MapReader) -> LadderEntry? {
    let name = map.name("name")
    let heldFor = map.parsed("held_for", ScalarForm.clockMilliseconds)
    let conditions = ConditionReader(session: session, scope: scope)
    let when = conditions.read("when", of: map)
    guard let isOtherwise = isOtherwise(map, instead: "when") else { return nil }
    guard let name, isOtherwise || when != nil, heldFor != nil || !map.has("held_for") else {
      return nil
    }
    return LadderEntry(
      name: name,
      heldFor: heldFor.map { .clock(milliseconds: $0) },
      when: when
    )
  }

  /// The readers of a list of entries; doubled names are reported.
  private func readers(of key: String, in map: MapReader, as kind: MapKind) -> [MapReader] {
    let nodes = map.list(key)
    session.reportDuplicateNames(of: nodes, noun: kind.noun, in: "`\(key)` of \(map.title)")
    return nodes.compactMap { node in
      let title = node["name"]?.text.map { "`\(key)` entry `\($0)`" }
      return MapReader(node, as: kind, title: title, collector: session.collector)
    }
  }

  /// Whether an entry is the `otherwise`; `nil`, and reported, if it is neither that nor the other, or both.
  private func isOtherwise(_ map: MapReader, instead key: String) -> Bool? {
    let isOtherwise = map.yes("otherwise")
    switch (map.has("otherwise"), map.has(key)) {
    case (true, false): return isOtherwise ? true : nil
    case (false, true): return false
    case (true, true):
      map.report(
        .misplacedKey,
        at: key,
        "`\(key)` says nothing beside `otherwise`",
        label: ["keep one of them"]
      )
    case (false, false):
      session.collector.report(
        .missingKey,
        at: map.place,
        "\(map.title) takes nobody",
        label: ["add `\(key)`, or `otherwise: true`"]
      )
    }
    return nil
  }

  private func checkEnd(of rungs: [MapReader], _ key: String, in map: MapReader) {
    for rung in rungs.dropLast() where rung.has("otherwise") {
      rung.report(
        .ladderOrder,
        at: "otherwise",
        "`otherwise` hides the entries below it",
        label: ["put it last"]
      )
    }
    guard map.has(key), !rungs.contains(where: { $0.has("otherwise") }) else { return }
    map.report(
      .ladderNoOtherwise,
      at: key,
      "`\(key)` of \(map.title) does not end with `otherwise`",
      label: ["end it with an entry `{name: …, otherwise: true}`"]
    )
  }
}

extension MapReader {
  /// Whether `true` stands behind a key; anything else is reported.
  func yes(_ key: String) -> Bool {
    guard let flag = flag(key) else { return false }
    if !flag, let node = node(key) {
      collector.report(
        .wrongValue,
        at: node.place,
        "`\(key): false` says nothing",
        label: ["write `\(key): true`, or drop the key"]
      )
    }
    return flag
  }
}

extension RuleSession {
  /// Reports names that stand twice in a list of maps.
  func reportDuplicateNames(of nodes: [YAMLNode], noun: String, in owner: String) {
    var seen: [String: Place] = [:]
    for name in nodes.compactMap({ $0["name"] }) {
      guard let text = name.text else { continue }
      if let first = seen[text] {
        collector.report(
          .duplicateName,
          at: name.place,
          "two \(noun.pluralised) of \(owner) are called `\(text)`",
          label: ["first in line \(first.line)"]
        )
      }
      seen[text] = seen[text] ?? name.place
    }
  }
}

extension String {
  /// The plural of one of our nouns.
  fileprivate var pluralised: String {
    switch self {
    case "pace entry", "ladder entry": "entries"
    case "way out": "ways out"
    default: self + "s"
    }
  }
}
