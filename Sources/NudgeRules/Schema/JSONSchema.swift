/// The JSON Schemas (Draft-07) of the formats, made of the table of keys that the reader uses.
///
/// Flat objects without further properties and without alternatives, so that an editor reports a typing error
/// at its own key; what one key says about another is left to `nudged check`.
public enum JSONSchema: String, Hashable, Sendable, CaseIterable {
  case rules
  case test
  case config

  /// The schema as JSON, a member a line.
  public var text: String {
    JSONWriter.lines(.object(head + root.schemaMembers + [("definitions", definitions)]))
  }

  private var root: MapKind {
    switch self {
    case .rules: .ruleFile
    case .test: .testFile
    case .config: .settings
    }
  }

  private var title: String {
    switch self {
    case .rules: "nudged rules, format 1"
    case .test: "nudged campaign tests, format 1"
    case .config: "nudged settings, format 1"
    }
  }

  private var head: [(String, JSONWriter.Value)] {
    [
      ("$schema", .string("http://json-schema.org/draft-07/schema#")),
      ("$id", .string("nudged/schema/1/\(rawValue).json")),
      ("title", .string(title)),
    ]
  }

  /// Every kind of map below the root, by name.
  private var definitions: JSONWriter.Value {
    var kinds: [MapKind] = []
    var open = root.innerKinds
    while let kind = open.popLast() {
      guard !kinds.contains(kind) else { continue }
      kinds.append(kind)
      open += kind.innerKinds
    }
    let sorted = kinds.sorted { $0.rawValue < $1.rawValue }
    return .object(sorted.map { ($0.rawValue, .object($0.schemaMembers)) })
  }
}

extension MapKind {
  /// The kinds of maps that may stand behind its keys.
  fileprivate var innerKinds: [MapKind] {
    keys.flatMap(\.kind.innerKinds)
  }

  /// What a schema says of a map of this kind.
  fileprivate var schemaMembers: [(String, JSONWriter.Value)] {
    let required = keys.filter(\.isRequired).map { JSONWriter.Value.string($0.name) }
    let types = isValueToo ? Self.valueTypes : [("type", JSONWriter.Value.string("object"))]
    return types + [
      ("additionalProperties", .literal("false")),
      ("properties", .object(keys.map { ($0.name, $0.schema) })),
    ] + (required.isEmpty ? [] : [("required", .array(required))])
      + (isNeverEmpty ? [("minProperties", .number(1))] : [])
  }

  /// Whether a single value or a list may stand in its place.
  private var isValueToo: Bool { self == .match }

  private static var valueTypes: [(String, JSONWriter.Value)] {
    [
      (
        "description",
        .string("A value to equal, a list of values of which any one will do, or operators.")
      ),
      ("type", .array((ValueKind.scalarTypes + ["array", "object"]).map { .string($0) })),
      ("items", .object([("type", .array(ValueKind.scalarTypes.map { .string($0) }))])),
      ("minItems", .number(1)),
    ]
  }

  private var isNeverEmpty: Bool {
    switch self {
    case .condition, .audience, .match, .numberTest: true
    default: false
    }
  }
}

extension Key {
  /// What a schema says of the value behind it, and to people who hover over it.
  fileprivate var schema: JSONWriter.Value {
    .object(
      [
        ("description", .string(documentation)),
        ("markdownDescription", .string("\(documentation)\n\nWrite \(kind.advice).")),
      ] + kind.schema
    )
  }
}
