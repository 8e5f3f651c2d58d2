import NudgeCore
import NudgeStore
import NudgeWeb
import NudgeWire

/// In-app prompts, which a product shows: `/v1/users/ID/inbox`.
extension ControlRoutes {
  /// The prompts that wait for somebody: `GET /v1/users/ID/inbox?limit=`.
  func inbox(of subject: SubjectID, _ query: [String: String]) throws -> ControlAnswer {
    guard try assembly.store.memory(of: subject, rules: assembly.loop.current.rules) != nil else {
      throw UnknownSubject(subject: subject)
    }
    let found = try assembly.store.prompts(
      for: subject,
      in: assembly.daemon.settings.inboxes,
      at: assembly.clock.now,
      limit: query["limit"].flatMap { Int($0) } ?? RouteLimits.deliveriesPerPage
    )
    return ControlAnswer(
      json: JSONValue.object([.init("prompts", .array(found.map(\.prompt)))]).json.bytes
    )
  }

  /// Notes what somebody did with a prompt: `POST /v1/users/ID/inbox/PROMPT/{seen,clicked,dismissed}`.
  ///
  /// It comes in as an event first, so that nothing is lost between the two; a repeat of it counts once.
  func note(_ act: PromptAct, on call: RouteCall) async throws -> ControlAnswer {
    let (subject, now) = (SubjectID.user(call.name), assembly.clock.now)
    let prompt = try assembly.store.prompt(
      call.item,
      for: subject,
      in: assembly.daemon.settings.inboxes
    )
    guard let prompt, prompt.isOpen(at: now) else {
      return .failure(
        404,
        code: "unknown-prompt",
        message: "no such prompt waits for \(subject.description.prefix(200)), or it has expired"
      )
    }
    let event = prompt.event(act, of: subject, at: now)
    let answer = await assembly.queue.take(WireBatch(events: [event]), receivedAt: now)
    guard answer == .durable else {
      return .failure(503, code: "busy", message: "the daemon cannot take more now: \(answer)")
    }
    try await assembly.store.note(act, on: prompt.delivery.id, at: now)
    assembly.prompts.ring([subject])
    let members: [JSONValue.Member] = [
      .init("id", .string(prompt.delivery.id)), .init("act", .string(act.rawValue)),
    ]
    return ControlAnswer(json: JSONValue.object(members).json.bytes)
  }
}

extension PromptAct {
  /// The event that it becomes.
  fileprivate var event: String {
    switch self {
    case .seen: "In-App Prompt Seen"
    case .clicked: "In-App Prompt Clicked"
    case .dismissed: "In-App Prompt Dismissed"
    }
  }
}

extension StoredDelivery {
  /// Whether something can still be done with it: what somebody has acted on does not expire.
  fileprivate func isOpen(at now: Timestamp) -> Bool {
    switch delivery.state {
    case .pending, .inFlight: now < delivery.expiresAt
    case .delivered: true
    case .expired, .dead, .cancelled: false
    }
  }

  fileprivate func event(_ act: PromptAct, of subject: SubjectID, at now: Timestamp) -> Event {
    let properties: [(String, String?)] = [
      ("intervention", delivery.id), ("channel", delivery.channel), ("campaign", campaign),
      ("step", step), ("template", data?["template"]?.text), ("variant", data?["variant"]?.text),
    ]
    let members = properties.compactMap { key, value in
      value.map { JSONValue.Member(key, .string($0)) }
    }
    return Event(
      messageID: "\(delivery.id)-\(act.rawValue)",
      kind: .track,
      userID: subject.id,
      name: act.event,
      timestamp: now,
      receivedAt: now,
      properties: JSONValue.object(members).json
    )
  }

  private var data: JSONValue? { JSONText(wellFormed: delivery.payload).value?["data"] }

  /// The prompt as a product shows it.
  var prompt: JSONValue {
    let data = data
    return .object([
      .init("id", .string(delivery.id)),
      .init("channel", .string(delivery.channel)),
      .init("campaign", .optional(campaign)),
      .init("step", .optional(step)),
      .init("template", .optional(data?["template"]?.text)),
      .init("variant", .optional(data?["variant"]?.text)),
      .init("message", data?["message"] ?? .null),
      .init("data", data?["data"] ?? .null),
      .init("created_at", .string(createdAt.rfc3339)),
      .init("expires_at", .string(delivery.expiresAt.rfc3339)),
      .init("seen", .bool(delivery.lastAnswer == PromptAct.seen.rawValue)),
    ])
  }
}
