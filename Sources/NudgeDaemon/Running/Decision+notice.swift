import NudgeCore
import NudgeStore

extension Decision {
  /// What goes to the channel of decisions.
  func notice(on channel: String, by messages: any MessageRenderer) -> Notice {
    let payload = JSONValue.object([
      .init("type", .string("decision")),
      .init("timestamp", .string(at.rfc3339)),
      .init("schema", .string("nudged.decision/1")),
      .init("data", json),
    ]).json
    // The intervention of the same decision has the id itself.
    let id = "de_" + (id.hasPrefix("iv_") ? String(id.dropFirst(3)) : id)
    return Notice(
      id: id,
      channel: channel,
      payload: payload,
      request: messages.request(channel: channel, payload: payload),
      at: at
    )
  }
}
