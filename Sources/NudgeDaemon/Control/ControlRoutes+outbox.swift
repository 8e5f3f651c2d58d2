import NudgeCore
import NudgeStore
import NudgeWeb

/// Deliveries, and what an operator does about them: `/v1/outbox`.
extension ControlRoutes {
  /// A page of deliveries: `GET /v1/outbox?state=&channel=&campaign=&error=&since=&until=&after=&limit=`.
  func outbox(_ query: [String: String]) throws -> ControlAnswer {
    let limit = query["limit"].flatMap { Int($0) } ?? RouteLimits.deliveriesPerPage
    let found = try assembly.store.deliveries(
      try choice(query, of: [.pending, .inFlight, .dead]),
      after: query["after"].flatMap { Int64($0) } ?? 0,
      limit: limit
    )
    return ControlAnswer(
      json: JSONValue.object([
        .init("timezone", timezone), .init("deliveries", .array(found.map(\.json))),
        .init("next", .cursor(found.count == limit ? found.last?.sequence : nil)),
      ]).json.bytes
    )
  }

  /// One delivery with its payload: `GET /v1/outbox/ID`.
  func delivery(_ id: String) throws -> ControlAnswer {
    var choice = DeliveryChoice(states: DeliveryChoice.State.allCases)
    choice.id = id
    guard let found = try assembly.store.deliveries(choice, limit: 1).first else {
      return .failure(404, code: "unknown-delivery", message: "no delivery is called \(id)")
    }
    return ControlAnswer(json: found.jsonWithPayload.json.bytes)
  }

  /// Sends dead deliveries again: `POST /v1/outbox/retry?…&per_second=&dry_run=`; a channel that is named and was
  /// disabled sends from then on.
  func retryDeliveries(_ query: [String: String]) async throws -> ControlAnswer {
    let choice = try choice(query, of: [.dead])
    if let refusal = try refusal(of: choice, "sent again") { return refusal }
    let now = assembly.clock.now
    let expired = try assembly.store.count(choice.expired(at: now))
    if query["dry_run"] == "1" {
      let count = try assembly.store.count(choice) - expired
      return counted(["retried": count, "expired": expired])
    }
    let rate = query["per_second"].flatMap { Int($0) }
    let count = try await assembly.store.retry(choice, perSecond: rate, at: now)
    if let channel = query["channel"],
      try await assembly.store.enable(channel: channel, at: assembly.clock.now)
    {
      try assembly.enable(channel)
    }
    assembly.outbox.wake()
    return counted(["retried": count, "expired": expired])
  }

  /// Gives deliveries up for good: `POST /v1/outbox/drop?…&dry_run=`.
  func dropDeliveries(_ query: [String: String]) async throws -> ControlAnswer {
    let choice = try choice(query, of: query["id"] == nil ? [.dead] : [.dead, .pending])
    if let refusal = try refusal(of: choice, "dropped") { return refusal }
    if query["dry_run"] == "1" { return counted(["dropped": try assembly.store.count(choice)]) }
    return counted(["dropped": try await assembly.store.drop(choice, at: assembly.clock.now)])
  }

  /// Tries what waits now: `POST /v1/outbox/flush?…&dry_run=`.
  func flushOutbox(_ query: [String: String]) async throws -> ControlAnswer {
    let choice = try choice(query, of: [.pending])
    if query["dry_run"] == "1" { return counted(["flushed": try assembly.store.count(choice)]) }
    let count = try await assembly.store.flush(choice, at: assembly.clock.now)
    assembly.outbox.wake()
    return counted(["flushed": count])
  }

  /// Lets a channel send again that was disabled: `POST /v1/outbox/enable?channel=`.
  func enable(channel: String) async throws -> ControlAnswer {
    let known = assembly.outboxes.names(in: assembly.loop.current.rules.set)
    guard known.contains(channel) else {
      let names = known.sorted().joined(separator: " · ")
      let message = "no channel is called \(channel); there are \(names.isEmpty ? "none" : names)"
      return .failure(404, code: "unknown-channel", message: message)
    }
    let isChange = try await assembly.store.enable(channel: channel, at: assembly.clock.now)
    if isChange { try assembly.enable(channel) }
    assembly.outbox.wake()
    var waiting = DeliveryChoice(states: [.pending, .inFlight])
    waiting.channel = channel
    let members: [JSONValue.Member] = [
      .init("channel", .string(channel)), .init("enabled", .bool(isChange)),
      .init("waiting", .whole(try assembly.store.count(waiting))),
    ]
    return ControlAnswer(json: JSONValue.object(members).json.bytes)
  }

  /// Why nothing can be done about the one delivery that is named; `nil` when something can, or none is named.
  private func refusal(of choice: DeliveryChoice, _ deed: String) throws -> ControlAnswer? {
    guard let id = choice.id else { return nil }
    var named = DeliveryChoice(states: DeliveryChoice.State.allCases)
    named.id = id
    guard let found = try assembly.store.deliveries(named, after: 0, limit: 1).first else {
      return .failure(404, code: "unknown-delivery", message: "no delivery is called \(id)")
    }
    let isMeant = choice.states.contains { $0.rawValue == found.delivery.state.name }
    guard !isMeant else { return nil }
    let states = choice.states.map(\.rawValue).joined(separator: " or ")
    let message = "\(id) is \(found.delivery.state.name); only what is \(states) can be \(deed)"
    return .failure(409, code: "wrong-state", message: message)
  }

  private func counted(_ counts: KeyValuePairs<String, Int>) -> ControlAnswer {
    let members = counts.map { JSONValue.Member($0.key, .whole($0.value)) }
    return ControlAnswer(json: JSONValue.object(members).json.bytes)
  }

  // MARK: Choosing

  private func choice(
    _ query: [String: String],
    of states: [DeliveryChoice.State]
  ) throws -> DeliveryChoice {
    var choice = DeliveryChoice(states: try query["state"].map(state) ?? states)
    choice.id = query["id"]
    choice.channel = query["channel"]
    choice.campaign = query["campaign"]
    choice.error = query["error"]
    choice.since = query["since"].flatMap(instant)
    choice.until = query["until"].flatMap(instant)
    return choice
  }

  private func state(_ word: String) throws -> [DeliveryChoice.State] {
    switch word {
    case "waiting": [.pending, .inFlight]
    case "delivered": [.delivered]
    case "expired": [.expired]
    case "cancelled": [.cancelled]
    default: [.dead]
    }
  }

  /// A time, or the beginning of a date in the zone of the settings.
  private func instant(_ text: String) -> Timestamp? {
    if let instant = Timestamp(rfc3339: text) { return instant }
    let name = assembly.loop.current.rules.set.policy.timezone
    return LocalDate(text).map { (assembly.daemon.zones[name] ?? .utc).startOfDay($0) }
  }
}

extension StoredDelivery {
  /// The delivery as lists tell it, without its payload.
  var json: JSONValue { .object(members) }

  /// The delivery with the payload that leaves, or has left.
  var jsonWithPayload: JSONValue {
    let payload = JSONText(wellFormed: delivery.payload).value ?? .null
    let request = delivery.request.map { [JSONValue.Member("request", $0.shown)] } ?? []
    return .object(members + [.init("payload", payload)] + request)
  }

  private var members: [JSONValue.Member] {
    [
      .init("id", .string(delivery.id)),
      .init("channel", .string(delivery.channel)),
      .init("campaign", .optional(campaign)),
      .init("step", .optional(step)),
      .init("subject", .optional(subject?.description)),
      .init("state", .string(delivery.state.name)),
      .init("created_at", .string(createdAt.rfc3339)),
      .init("due_at", .optional(delivery.state.instant?.rfc3339)),
      .init("expires_at", .string(delivery.expiresAt.rfc3339)),
      .init("attempts", .whole(delivery.attempts)),
      .init("crashes", .whole(delivery.crashes)),
      .init("last_answer", .optional(delivery.lastAnswer)),
    ]
  }
}

extension ChannelRequest {
  /// What leaves in the channel's own form, with its body as JSON.
  fileprivate var shown: JSONValue {
    switch self {
    case .failed(let reason): .object([.init("failure", .string(reason))])
    case .ready(let body, let headers):
      .object([
        .init("body", body?.value ?? .null),
        .init("headers", .object(headers.map { JSONValue.Member($0.name, .string($0.value)) })),
      ])
    }
  }
}
