import NudgeCore
import NudgeStore

extension Alert {
  /// What goes to the channel of alerts.
  func notice(on target: String, by messages: any MessageRenderer) -> Notice {
    let payload = JSONValue.object([
      .init("type", .string("alert.\(kind.rawValue)")),
      .init("timestamp", .string(at.rfc3339)),
      .init("schema", .string("nudged.alert/1")),
      .init("data", data),
    ]).json
    return Notice(
      id: id,
      channel: target,
      payload: payload,
      request: messages.request(channel: target, payload: payload),
      at: at
    )
  }

  private var id: String {
    let words = "\(kind.rawValue)\n\(channel)\n\(at.millisecondsSinceEpoch)"
    return "al_" + Digest.hexadecimal(Digest.sha256(Array(words.utf8)).prefix(16))
  }

  private var data: JSONValue {
    .object([
      .init("id", .string(id)),
      .init("alert", .string(kind.rawValue)),
      .init("channel", .string(channel)),
      .init("text", .string(text)),
      .init("since", .string(since.rfc3339)),
      .init("waiting", waiting.map(JSONValue.whole) ?? .null),
      .init("dead", dead.map(JSONValue.whole) ?? .null),
      .init("last_answer", .optional(answer.isEmpty ? nil : answer)),
    ])
  }

  /// One sentence for people, and what to do.
  private var text: String {
    switch kind {
    case .failing:
      "Nothing has arrived at channel \(channel) since \(since.rfc3339); \(waiting ?? 0) wait and are tried again. See: nudged outbox list --channel \(channel)"
    case .recovered: "Channel \(channel) delivers again; it had failed since \(since.rfc3339)."
    case .disabled:
      "The receiver of channel \(channel) said that it is gone (410), so nothing is sent any more. When it is back: nudged outbox enable \(channel)"
    case .deadLetters:
      "Channel \(channel) has \(dead ?? 0) dead letters, more than before. See: nudged outbox list --dead --channel \(channel)"
    case .edited:
      "Somebody changed the outbox file of channel \(channel) (\(answer)); it was put aside as it is, and a new one was begun."
    }
  }
}
