import NudgeCore

/// Reads what happens in a test.
struct GivenReader {
  let collector: DiagnosticCollector
  let zones: ZoneTable
  let times: TestTime
  let folk: Folk

  /// Everything that happens, by instant; people and accounts that it names are there before.
  func given(_ map: MapReader, until end: Timestamp?) -> [Given] {
    let acts = map.list("given").enumerated().compactMap { place, node in
      given(node, number: place + 1)
    }
    for given in acts { checkTime(of: given, until: end) }
    reportWrongStops(acts)
    let all = introductions(to: acts) + acts
    return all.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
  }

  private func given(_ node: YAMLNode, number: Int) -> Given? {
    guard let map = MapReader(node, as: .given, collector: collector) else { return nil }
    let at = map.parsed("at", times.instant)
    let acts = Key.acts.filter { map.has($0.name) }
    guard acts.count == 1 else {
      reportCount(of: acts, in: map)
      return nil
    }
    reportMisplaced(in: map, beside: acts[0].name)
    guard let at, let act = act(acts[0].name, map, at: at, number: number) else { return nil }
    return Given(at: at, place: node.place, act: act)
  }

  private func act(_ name: String, _ map: MapReader, at: Timestamp, number: Int) -> Given.Act? {
    switch name {
    case "daemon": return map.choice("daemon").map { $0 == "stopped" ? .stop : .start }
    case "deploy": return .deploy(map.parsedList("deploy", ScalarText.itself))
    case "silence":
      return SilenceReader(collector: collector, times: times).silence(map, at: at).map {
        .silence($0)
      }
    default: return event(name, map, at: at, number: number).map { .event($0) }
    }
  }

  // MARK: Events

  private func event(_ verb: String, _ map: MapReader, at: Timestamp, number: Int) -> Event? {
    let who = Who(map, defaultUser: folk.defaultUser)
    let timestamp = map.has("timestamp") ? map.parsed("timestamp", times.instant) : at
    guard isAscribed(verb, who, map), let timestamp else { return nil }
    let kind = kind(of: verb, who)
    guard let contents = contents(verb, map) else { return nil }
    return Event(
      messageID: map.text("message_id") ?? "given-\(number)",
      kind: kind,
      userID: who.user,
      anonymousID: who.anonymous,
      groupID: who.account,
      previousID: verb == "alias" ? map.text("alias") : nil,
      name: verb == "track" ? map.text("track") ?? "" : "",
      timestamp: timestamp,
      receivedAt: at,
      properties: verb == "track" ? contents : .empty,
      traits: verb == "track" ? .empty : contents
    )
  }

  private func kind(of verb: String, _ who: Who) -> Event.Kind {
    switch verb {
    case "track": .track
    case "group": .group
    case "alias": .alias
    case "timezone": who.user == nil && who.account != nil ? .group : .identify
    default: .identify
    }
  }

  /// The properties or traits, as JSON.
  private func contents(_ verb: String, _ map: MapReader) -> JSONText? {
    switch verb {
    case "track": return map.entry("properties").map(object) ?? .empty
    case "timezone": return zoneTrait(map)
    case "alias": return map.text("alias") == nil ? nil : .empty
    default: return map.entry(verb).flatMap(object)
    }
  }

  private func zoneTrait(_ map: MapReader) -> JSONText? {
    guard let name = map.text("timezone") else { return nil }
    if zones[name] == nil {
      collector.reportUnknownZone(name, at: map.node("timezone")?.place ?? map.place, zones)
    }
    return JSONValue.object([.init("timezone", .string(name))]).json
  }

  private func object(_ entry: YAMLEntry) -> JSONText? {
    guard collector.entries(of: entry.value, write: "a map of names, each with a value") != nil
    else { return nil }
    return entry.value.json
  }

  private func isAscribed(_ verb: String, _ who: Who, _ map: MapReader) -> Bool {
    let needed = verb == "group" ? "account" : "user"
    let isThere =
      switch verb {
      case "group": who.account != nil
      case "alias": who.user != nil
      case "timezone": who.user != nil || who.account != nil
      default: who.user != nil || who.anonymous != nil
      }
    if !isThere {
      map.report(
        .missingKey,
        at: verb,
        "`\(verb)` stands without `\(needed)`",
        label: ["say whom it is about: `\(needed): ID`"]
      )
    }
    return isThere
  }

  // MARK: Introductions

  /// What the people and accounts are that some act names.
  private func introductions(to acts: [Given]) -> [Given] {
    let events = acts.compactMap { given -> Event? in
      if case .event(let event) = given.act { event } else { nil }
    }
    let users = Set(events.compactMap(\.userID))
    let accounts = Set(events.compactMap(\.groupID))
    return folk.people.filter { users.contains($0.key) }.compactMap { introduction($0, .identify) }
      + folk.accounts.filter { accounts.contains($0.key) }.compactMap { introduction($0, .group) }
  }

  private func introduction(_ entry: YAMLEntry, _ kind: Event.Kind) -> Given? {
    guard let traits = object(entry) else { return nil }
    let event = Event(
      messageID: "\(kind.rawValue)-\(entry.key)",
      kind: kind,
      userID: kind == .identify ? entry.key : nil,
      groupID: kind == .group ? entry.key : nil,
      timestamp: times.startsAt,
      receivedAt: times.startsAt,
      traits: traits
    )
    return Given(at: times.startsAt, place: entry.place, act: .event(event))
  }
}

/// Whom an act is about.
private struct Who {
  let user: String?
  let anonymous: String?
  let account: String?

  init(_ map: MapReader, defaultUser: String?) {
    anonymous = map.text("anonymous")
    account = map.text("account")
    let isOfAccount = account != nil && (map.has("group") || map.has("timezone"))
    user = map.text("user") ?? (anonymous == nil && !isOfAccount ? defaultUser : nil)
  }
}

extension YAMLNode {
  /// The value as JSON text.
  var json: JSONText { JSONText(wellFormed: Array(JSONWriter.text(jsonValue).utf8)) }
}

// MARK: - What cannot be

extension GivenReader {
  private func reportCount(of acts: [Key], in map: MapReader) {
    let names = Key.acts.map(\.name).joined(separator: " · ")
    guard acts.isEmpty else {
      map.report(
        .twoActions,
        at: acts[1].name,
        "an entry of `given` says both `\(acts[0].name)` and `\(acts[1].name)`",
        label: ["write an entry of its own for each"]
      )
      return
    }
    collector.report(
      .missingKey,
      at: map.place,
      "nothing happens in this entry of `given`",
      label: ["say what: \(names)"]
    )
  }

  private func reportMisplaced(in map: MapReader, beside act: String) {
    let ofEvents: Set = ["user", "anonymous", "account", "timestamp", "message_id"]
    let isEvent = !["daemon", "deploy", "silence"].contains(act)
    for entry in map.entries {
      let isOut = entry.key == "properties" && act != "track"
      guard isOut || !isEvent && ofEvents.contains(entry.key) else { continue }
      map.report(
        .misplacedKey,
        at: entry.key,
        "`\(entry.key)` says nothing beside `\(act)`",
        label: ["leave it out"]
      )
    }
  }

  private func checkTime(of given: Given, until end: Timestamp?) {
    if given.at < times.startsAt {
      reportTime(of: given, "this happens before `starts_at`")
    } else if let end, given.at > end {
      reportTime(of: given, "this happens after `runs_until`")
    }
  }

  private func reportTime(of given: Given, _ message: String) {
    collector.report(.badTime, at: given.place, message, label: ["move one of them"])
  }

  /// A daemon runs at the start, and stops and starts in turn.
  private func reportWrongStops(_ acts: [Given]) {
    var isRunning = true
    for given in acts.sorted(by: { $0.at < $1.at }) {
      switch given.act {
      case .stop where !isRunning: reportTurn(given, "the daemon is stopped already")
      case .start where isRunning: reportTurn(given, "the daemon is running already")
      case .deploy where !isRunning, .silence where !isRunning:
        reportTurn(given, "the daemon is stopped, and can take nothing in")
      case .stop: isRunning = false
      case .start: isRunning = true
      case .event, .deploy, .silence: break
      }
    }
  }

  private func reportTurn(_ given: Given, _ message: String) {
    collector.report(.wrongValue, at: given.place, message)
  }
}
