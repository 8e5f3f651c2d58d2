import CSimdjson
import NudgeCore

/// Turns one event of PostHog's wire into ours, by the table of `ingest.md`.
struct PostHogReader {
  private let whole: [UInt8]
  private let place: Int
  private let arrival: PostHogArrival
  private let makeID: () -> String
  private let message: WireObject
  private let properties: WireObject

  /// A reader of the event at this place of its body.
  init(
    _ message: csj_message,
    at place: Int,
    _ arrival: PostHogArrival,
    makeID: @escaping () -> String
  ) throws(Refusal) {
    self.whole = Array(message.whole.bytes)
    self.place = place
    self.arrival = arrival
    self.makeID = makeID
    self.message = WireObject(whole)
    let properties = self.message["properties"]
    guard properties?.isObject ?? true else {
      throw Refusal("bad-properties", "`properties` must be a JSON object")
    }
    self.properties = WireObject(properties?.bytes ?? [])
  }

  func event() throws(Refusal) -> Event {
    let name = try name()
    let kind = PostHogReader.kind(of: name)
    let person = try person(of: kind)
    return Event(
      messageID: try messageID(),
      kind: kind,
      userID: person.user,
      anonymousID: person.anonymous,
      groupID: try groupID(of: kind),
      previousID: try previousID(of: kind),
      name: kind.isNamed ? name : "",
      timestamp: try timestamp(),
      receivedAt: arrival.receivedAt,
      properties: PostHogProperties.own(of: properties),
      traits: try traits(kind == .group ? "$group_set" : "$set"),
      traitsOnce: kind == .group ? .empty : try traits("$set_once"),
      context: PostHogProperties.context(of: properties)
    )
  }

  private static func kind(of name: String) -> Event.Kind {
    switch name {
    case "$identify", "$set", "$set_once": .identify
    case "$groupidentify": .group
    case "$create_alias": .alias
    case "$pageview": .page
    case "$screen": .screen
    default: .track
    }
  }

  private func name() throws(Refusal) -> String {
    guard let name = message["event"], let text = name.text, !text.isEmpty else {
      throw Refusal("no-event-name", "an event needs `event`, the name of what happened")
    }
    return text
  }

  /// What stands beside the properties or, in some SDKs, among them.
  private func value(_ key: String) -> WireValue? { message[key] ?? properties[key] }
}

// MARK: Who

extension PostHogReader {
  private func person(
    of kind: Event.Kind
  ) throws(Refusal) -> (user: String?, anonymous: String?) {
    if kind == .group { return (nil, nil) }
    guard let id = try value("distinct_id")?.id("distinct_id") else {
      throw Refusal("no-id", "an event needs `distinct_id`")
    }
    // Which of its two ids is a person's differs between SDKs.
    if kind == .alias { return (nil, id) }
    if properties["$process_person_profile"]?.bool == false { return (nil, id) }
    guard kind == .identify else { return (id, nil) }
    return (id, try properties["$anon_distinct_id"]?.id("$anon_distinct_id"))
  }

  private func previousID(of kind: Event.Kind) throws(Refusal) -> String? {
    guard kind == .alias else { return nil }
    guard let alias = try value("alias")?.id("alias") else {
      throw Refusal("no-previous-id", "`$create_alias` needs `distinct_id` and `alias`")
    }
    return alias
  }

  private func groupID(of kind: Event.Kind) throws(Refusal) -> String? {
    if kind == .group {
      if let id = try properties["$group_key"]?.id("$group_key") { return id }
      throw Refusal("no-group-id", "`$groupidentify` needs `$group_key`")
    }
    guard let groups = properties["$groups"], groups.isObject else { return nil }
    let named = WireObject(groups.bytes)
    if let company = try named["company"]?.id("$groups.company") { return company }
    for member in named.members {
      let value = WireValue(bytes: member.value)
      if !value.isNull, let id = try value.id("$groups") { return id }
    }
    return nil
  }
}

// MARK: When

extension PostHogReader {
  private func timestamp() throws(Refusal) -> Timestamp {
    if let own = try message["timestamp"]?.time("timestamp") {
      return arrival.timestamp(own: own, isExact: isExact)
    }
    // Older browser SDKs tell how long ago it was, in milliseconds.
    guard let text = message["offset"]?.text, let offset = Int64(text), offset >= 0 else {
      return arrival.receivedAt
    }
    return arrival.receivedAt.adding(milliseconds: -min(offset, PostHogReader.longestOffset))
  }

  /// A year: an SDK has kept no event for longer.
  private static let longestOffset: Int64 = 366 * 86_400_000

  private var isExact: Bool { value("$ignore_sent_at")?.bool == true }
}

// MARK: What

extension PostHogReader {
  /// The `uuid`, else the `$insert_id` of older SDKs.
  ///
  /// Without either the bytes of an event that tells its own time name it, so that a repeat of its batch is one:
  /// older Python SDKs send no ids, and try again.
  private func messageID() throws(Refusal) -> String {
    for (field, value) in [("uuid", message["uuid"]), ("$insert_id", properties["$insert_id"])] {
      guard let value else { continue }
      guard let text = value.text else {
        throw Refusal("bad-message-id", "`\(field)` must be text")
      }
      if let id = try MessageID.read(Array(text.utf8), field) { return id }
    }
    guard message["timestamp"] != nil else { return makeID() }
    let digest = Digest.sha256(Array("\(place)\n".utf8) + whole)
    return "made_" + Digest.hexadecimal(digest.prefix(16))
  }

  private func traits(_ key: String) throws(Refusal) -> JSONText {
    let upper = try object(message[key], key)
    return RawObject.merge(try object(properties[key], key), under: upper)
  }

  private func object(_ value: WireValue?, _ key: String) throws(Refusal) -> JSONText {
    guard let value else { return .empty }
    guard value.isObject else { throw Refusal("bad-traits", "`\(key)` must be a JSON object") }
    return value.json
  }
}

extension Event.Kind {
  /// Whether its event has a name.
  fileprivate var isNamed: Bool {
    switch self {
    case .track, .page, .screen: true
    case .identify, .group, .alias: false
    }
  }
}
