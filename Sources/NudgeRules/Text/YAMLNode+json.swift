import NudgeCore

extension YAMLNode {
  /// The value as JSON: an unquoted JSON number, `true`, `false` or `null` is one, all else is text.
  var jsonValue: JSONWriter.Value {
    switch content {
    case .scalar(let text, let isPlain): isPlain ? Self.plainValue(text) : .string(text)
    case .list(let elements): .array(elements.map(\.jsonValue))
    case .map(let entries): .object(entries.map { ($0.key, $0.value.jsonValue) })
    case .broken: .literal("null")
    }
  }

  private static func plainValue(_ text: String) -> JSONWriter.Value {
    switch text {
    case "true", "false", "null": .literal(text)
    case "", "~": .literal("null")
    default: Number(text).map { .literal($0.description) } ?? .string(text)
    }
  }
}
