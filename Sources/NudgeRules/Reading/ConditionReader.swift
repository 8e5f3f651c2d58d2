import NudgeCore

/// Reads conditions of one scope.
struct ConditionReader {
  let session: RuleSession
  let scope: ConditionScope

  private var collector: DiagnosticCollector { session.collector }
  private var values: ValueReader { ValueReader(collector: session.collector) }
  private var facts: EventFactReader { EventFactReader(session: session, scope: scope) }

  /// The condition that a map is; `nil`, and reported, if it is none.
  func read(_ node: YAMLNode, at place: Place) -> Condition? {
    let title = "a condition of \(scope.title)"
    guard let map = MapReader(node, as: .condition, title: title, at: place, collector: collector)
    else { return nil }
    return condition(in: map)
  }

  /// The condition behind a key; `nil` when it is not there or has been reported.
  func read(_ key: String, of map: MapReader) -> Condition? {
    map.entry(key).flatMap { read($0.value, at: $0.place) }
  }

  /// The condition among the keys of a map, which may have others too.
  func condition(in map: MapReader) -> Condition? {
    let verbs = map.entries.filter { Verb(rawValue: $0.key) != nil }
    let conditions = verbs.map { condition($0, in: map) }
    guard let first = verbs.first else {
      reportMissingVerb(in: map)
      return nil
    }
    guard verbs.count == 1 else {
      map.report(
        .twoVerbs,
        at: verbs[1].key,
        "`\(first.key)` and `\(verbs[1].key)` stand in one map",
        label: ["put each into a map of its own, below `all:` or `any:`"]
      )
      return nil
    }
    reportMisplacedHelpers(beside: first.key, in: map)
    return conditions[0]
  }

  private func reportMissingVerb(in map: MapReader) {
    guard !map.entries.contains(where: { map.kind.key($0.key) == nil }) else { return }
    let verbs = Key.verbs.map(\.name).joined(separator: " · ")
    collector.report(
      .missingKey,
      at: map.place,
      "\(map.title) asks nothing",
      help: ["a condition asks: \(verbs)"]
    )
  }

  private func reportMisplacedHelpers(beside verb: String, in map: MapReader) {
    let allowed = Verb(rawValue: verb)?.helpers ?? []
    for helper in Key.helpers where map.has(helper.name) && !allowed.contains(helper.name) {
      map.report(
        .misplacedKey,
        at: helper.name,
        "`\(helper.name)` says nothing beside `\(verb)`",
        label: allowed.isEmpty
          ? ["it belongs to `did`"] : ["beside `\(verb)`: \(allowed.joined(separator: ", "))"]
      )
    }
  }

  private func condition(_ entry: YAMLEntry, in map: MapReader) -> Condition? {
    guard let verb = Verb(rawValue: entry.key), hasModel(for: verb, at: entry) else { return nil }
    switch verb {
    case .all: return conditions(entry).map { .all($0) }
    case .any: return conditions(entry).map { .any($0) }
    case .none: return conditions(entry).map { Condition.none($0) }
    case .not: return read(entry.value, at: entry.place).map { .not($0) }
    case .did: return did(in: map)
    case .didNot: return didNot(in: map)
    case .members: return members(entry, in: map)
    case .trait: return values.namedTests(entry).map { .trait($0) }
    case .accountTrait: return accountTrait(entry)
    case .tagged: return texts(entry).map { .tagged($0) }
    case .audience: return audience(entry)
    case .inCampaign: return inCampaign(entry)
    case .activated: return map.flag(entry.key).map { .activated($0) }
    case .day: return numberTest(entry, over: 0...Int.max).map { .day($0) }
    case .reached, .missing, .milestonesReached, .categoriesReached, .pace, .health, .segment,
      .score, .metric:
      return modelCondition(verb, entry)
    }
  }

  private func hasModel(for verb: Verb, at entry: YAMLEntry) -> Bool {
    guard verb.needsModel, scope.model == nil, !scope.isLenient else { return true }
    collector.report(
      .noModel,
      at: entry.place,
      "`\(entry.key)` needs a model, and there is none in \(scope.title)",
      label: ["ask for events, traits, tags or campaigns"]
    )
    return false
  }

  private func conditions(_ entry: YAMLEntry) -> [Condition]? {
    guard let nodes = collector.elements(of: entry), !nodes.isEmpty else { return nil }
    return nodes.map { read($0, at: $0.entries?.first?.place ?? $0.place) }.allPresent()
  }

  private func texts(_ entry: YAMLEntry) -> [String]? {
    let nodes = collector.oneOrMore(entry)
    let texts = nodes.map { collector.parsed($0, of: entry, ScalarForm.text) }.allPresent()
    return nodes.isEmpty ? nil : texts
  }

  private func numberTest(_ entry: YAMLEntry, over bounds: ClosedRange<Int>) -> NumberTest? {
    guard let test = values.numberTest(entry) else { return nil }
    values.report(test, of: entry, over: bounds)
    return test
  }
}

// Events.
extension ConditionReader {
  private func did(in map: MapReader) -> Condition? {
    eventTest("did", in: map).map { .did($0, $1, isDidNot: false) }
  }

  /// The events behind a key and how many of them are asked for.
  func eventTest(_ key: String, in map: MapReader) -> (EventFact, NumberTest)? {
    let event = map.text(key)
    let property = map.text("distinct")
    let times = times(in: map)
    let fact = facts.fact(event: event ?? "", property: property, in: map)
    guard event != nil, property != nil || !map.has("distinct"), let times, let fact else {
      return nil
    }
    return (fact, times)
  }

  private func times(in map: MapReader) -> NumberTest? {
    guard let entry = map.entry("times") else { return .atLeast(1) }
    return numberTest(entry, over: 0...Int.max)
  }

  private func didNot(in map: MapReader) -> Condition? {
    if !["within", "within_first", "since"].contains(where: map.has) {
      map.report(
        .missingKey,
        at: "did_not",
        "`did_not` has no window",
        label: ["add `within`, `within_first` or `since`"]
      )
    }
    let event = map.text("did_not")
    guard let fact = facts.fact(event: event ?? "", property: nil, in: map), event != nil else {
      return nil
    }
    return .did(fact, NumberTest([.atMost(.zero)]), isDidNot: true)
  }

  private func members(_ entry: YAMLEntry, in map: MapReader) -> Condition? {
    if scope.subject == .user {
      collector.report(
        .wrongSubject,
        at: entry.place,
        "`members` counts members of accounts, and \(scope.title) is about users",
        label: ["use it where the model has `subject: account`"]
      )
    }
    if !map.has("who_did") {
      map.report(.missingKey, at: "members", "`members` has no `who_did`", label: ["add the event"])
    }
    let count = numberTest(entry, over: 0...Int.max)
    guard let (fact, times) = eventTest("who_did", in: map), let count else { return nil }
    return .members(count, fact, times)
  }

  private func accountTrait(_ entry: YAMLEntry) -> Condition? {
    if scope.subject == .account {
      collector.report(
        .wrongSubject,
        at: entry.place,
        "`account_trait` is asked of an account itself",
        level: .warning,
        label: ["write `trait`"]
      )
    }
    return values.namedTests(entry).map { .accountTrait($0) }
  }
}

// Other definitions.
extension ConditionReader {
  private func audience(_ entry: YAMLEntry) -> Condition? {
    guard let name = collector.parsed(entry.value, of: entry, ScalarForm.text) else { return nil }
    session.usedAudiences.insert(name)
    guard let definition = session.definitions.audience(name) else {
      session.reportUnknown(
        "audience",
        name,
        at: entry.value.place,
        in: scope.title,
        among: session.definitions.audiences.map(\.name),
        isGlobal: true
      )
      return nil
    }
    guard !scope.audiences.contains(name) else {
      let circle = (scope.audiences + [name]).map { "`\($0)`" }.joined(separator: " → ")
      collector.report(.cycle, at: entry.value.place, "audiences refer to each other: \(circle)")
      return nil
    }
    return AudienceReader(session: session).condition(definition, in: scope.audience(name))
      .map { .audience(name, $0) }
  }

  private func inCampaign(_ entry: YAMLEntry) -> Condition? {
    guard let names = texts(entry) else { return nil }
    let known = session.definitions.campaigns.map(\.name)
    reportUnknown("campaign", names, of: entry, among: known, isGlobal: true)
    return .inCampaign(names)
  }

  private func reportUnknown(
    _ noun: String,
    _ names: [String],
    of entry: YAMLEntry,
    among known: [String],
    isGlobal: Bool = false
  ) {
    for (name, node) in zip(names, collector.oneOrMore(entry)) where !known.contains(name) {
      session.reportUnknown(
        noun,
        name,
        at: node.place,
        in: scope.title,
        among: known,
        isGlobal: isGlobal
      )
    }
  }
}

// What a model measures.
extension ConditionReader {
  private func modelCondition(_ verb: Verb, _ entry: YAMLEntry) -> Condition? {
    switch verb {
    case .reached: milestones(entry).map { .reached($0) }
    case .missing: milestones(entry).map { .missing($0) }
    case .milestonesReached:
      count(entry, of: scope.model?.milestones.count).map { .milestonesReached($0) }
    case .categoriesReached:
      count(entry, of: scope.model?.categories.count).map { .categoriesReached($0) }
    case .pace:
      words(entry, "pace", among: scope.model.map { ["pending"] + $0.pace }).map { .pace($0) }
    case .health: words(entry, "health", among: scope.model?.health).map { .health($0) }
    case .segment: words(entry, "segment", among: scope.model?.segments).map { .segment($0) }
    case .score: indexedTests(entry, "score", scope.model?.scores, 0...100).map { .score($0) }
    case .metric: indexedTests(entry, "metric", scope.model?.metrics, nil).map { .metric($0) }
    default: preconditionFailure("\(verb) asks for nothing that a model measures")
    }
  }

  private func milestones(_ entry: YAMLEntry) -> [Int]? {
    guard let names = words(entry, "milestone", among: scope.model?.milestones) else { return nil }
    return names.compactMap { scope.model?.milestones.firstIndex(of: $0) }
  }

  /// Words that must be among the known ones; without a model any word will do.
  private func words(_ entry: YAMLEntry, _ noun: String, among known: [String]?) -> [String]? {
    guard let names = texts(entry) else { return nil }
    if let known { reportUnknown(noun, names, of: entry, among: known) }
    return names
  }

  private func count(_ entry: YAMLEntry, of total: Int?) -> NumberTest? {
    guard entry.value.text == "all" else {
      guard let total else { return values.numberTest(entry) }
      return numberTest(entry, over: 0...total)
    }
    if total == 0 {
      collector.report(
        .neverTrue,
        at: entry.value.place,
        "`\(entry.key): all` asks for all of none",
        label: ["the model names none"]
      )
    }
    return NumberTest([.exactly(Number(total ?? 0))])
  }

  private func indexedTests(
    _ entry: YAMLEntry,
    _ noun: String,
    _ known: [String]?,
    _ bounds: ClosedRange<Int>?
  ) -> [IndexedTest]? {
    guard let entries = collector.entries(of: entry.value, write: ValueKind.namedNumberTests.advice)
    else { return nil }
    let tests = entries.map { inner -> IndexedTest? in
      guard let test = values.numberTest(inner) else { return nil }
      if let bounds { values.report(test, of: inner, over: bounds) }
      return place(of: inner, noun, among: known).map { IndexedTest(index: $0, test: test) }
    }
    return tests.allPresent()
  }

  private func place(of entry: YAMLEntry, _ noun: String, among known: [String]?) -> Int? {
    guard let known else { return 0 }
    if let model = scope.model, noun == "metric" {
      session.usedMetrics.insert([model.name, entry.key])
    }
    if let index = known.firstIndex(of: entry.key) { return index }
    session.reportUnknown(noun, entry.key, at: entry.place, in: scope.title, among: known)
    return nil
  }
}
