import NudgeCore

/// The form of a JSON value in an answer; keys may be added, none is taken away.
indirect enum Shape: Sendable {
  case text, whole, number, flag, instant, any
  case word([String])
  case maybe(Shape)
  case list(Shape)
  /// An object whose keys are names that people chose.
  case map(Shape)
  case object([(String, Shape)])
  case merged(Shape, Shape)

  /// As JSON Schema 2020-12.
  var schema: JSONValue {
    switch self {
    case .text: Shape.type("string")
    case .whole: Shape.type("integer")
    case .number: Shape.type("number")
    case .flag: Shape.type("boolean")
    case .instant: .object(Shape.type("string", [.init("format", .string("date-time"))]))
    case .any: .object([])
    case .word(let words):
      .object(Shape.type("string", [.init("enum", .array(words.map(JSONValue.string)))]))
    case .maybe(let shape): .object([.init("anyOf", .array([shape.schema, Shape.type("null")]))])
    case .list(let shape): .object(Shape.type("array", [.init("items", shape.schema)]))
    case .map(let shape):
      .object(Shape.type("object", [.init("additionalProperties", shape.schema)]))
    case .object(let members): Shape.object(members)
    case .merged(let first, let second):
      .object([.init("allOf", .array([first.schema, second.schema]))])
    }
  }

  private static func type(_ name: String) -> JSONValue { .object(type(name, [])) }

  private static func type(_ name: String, _ more: [JSONValue.Member]) -> [JSONValue.Member] {
    [.init("type", .string(name))] + more
  }

  private static func object(_ members: [(String, Shape)]) -> JSONValue {
    .object(
      type(
        "object",
        [
          .init("properties", .object(members.map { .init($0.0, $0.1.schema) })),
          .init("required", .array(members.map { .string($0.0) })),
        ]
      )
    )
  }
}
