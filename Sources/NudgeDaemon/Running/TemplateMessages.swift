import NudgeCore
import NudgeRules

/// Renders messages from the templates of a folder, and the calls of channels that have templates of their own.
struct TemplateMessages: MessageRenderer {
  /// `nil`: names are handed on.
  let templates: TemplateSet?
  /// `nil`: payloads leave as they are.
  let forms: ChannelForms?

  var hasTemplates: Bool { templates != nil }

  func message(template: String, values: JSONValue) throws(MessageFailure) -> Message? {
    templates?.message(template, fields: TemplateFields.of(values))
      .map { Message(subject: $0.subject.oneLine, body: $0.body) }
  }

  func request(channel: String, payload: JSONText) -> ChannelRequest? {
    forms?.request(channel: channel, payload: payload)
  }
}
