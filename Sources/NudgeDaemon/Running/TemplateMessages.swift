import NudgeCore
import NudgeRules

/// Renders messages from the templates of a folder; templates see the payload's `data`, and `user`, `account` and
/// `progress` for short.
struct TemplateMessages: MessageRenderer {
  let templates: TemplateSet

  var hasTemplates: Bool { true }

  func message(template: String, values: JSONValue) throws(MessageFailure) -> Message? {
    let fields = JSONValue.object([
      .init("data", values),
      .init("user", values["to"] ?? .null),
      .init("account", values["account"] ?? .null),
      .init("progress", values["progress"] ?? .null),
    ])
    return templates.message(template, fields: fields)
      .map { Message(subject: $0.subject, body: $0.body) }
  }
}
