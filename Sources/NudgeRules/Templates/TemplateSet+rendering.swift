public import NudgeCore

extension TemplateSet: MessageRenderer {
  /// The message of a template with these values; `nil` when the folder has no such template.
  public func message(template: String, values: JSONValue) -> NudgeCore.Message? {
    let message: Message? = self.message(template, fields: values)
    return message.map { NudgeCore.Message(subject: $0.subject, body: $0.body) }
  }
}
