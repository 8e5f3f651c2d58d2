extension ValueKind {
  typealias Members = [(String, JSONWriter.Value)]

  /// What YAML makes of one value.
  static let scalarTypes = ["string", "number", "boolean"]

  /// What a schema says of a value of this kind.
  var schema: Members {
    switch self {
    case .text, .event, .property: Self.types(Self.scalarTypes)
    case .name: Self.formed(.name)
    case .texts, .scalars: Self.oneOrMore(Self.types(Self.scalarTypes))
    case .names: Self.array(of: Self.formed(.name))
    case .flag: Self.types(["boolean"])
    case .yes: [("const", .literal("true"))]
    case .whole(let bounds): Self.whole(bounds)
    case .number: Self.types(["number"])
    case .positiveNumber: Self.types(["number"]) + [("exclusiveMinimum", .number(0))]
    case .percentage: Self.formed(.percentage)
    case .clockSpan: Self.formed(.clockSpan)
    case .span: Self.formed(.span)
    case .calendarSpan: Self.formed(.calendarSpan)
    case .interval: Self.formed(.interval)
    case .timeOfDay: Self.formed(.timeOfDay)
    case .zone, .anchor: Self.types(["string"])
    case .choice(let words): [("enum", Self.strings(words))]
    case .days: Self.dayNames
    case .accountTrait: Self.formed(.accountTrait)
    case .recipient: Self.formed(.recipient)
    case .secret: Self.formed(.secret)
    case .byteSize: Self.formed(.byteSize)
    case .rate: Self.formed(.rate)
    case .anything: Self.types(["object"])
    case .condition, .conditions, .matches, .numberTest, .count, .namedNumberTests, .reEntry,
      .ratio, .bounds, .quantity, .map, .list, .named, .listOf, .breaker:
      compoundSchema
    }
  }

  private var compoundSchema: Members {
    switch self {
    case .condition: Self.reference(.condition)
    case .conditions: Self.array(of: Self.reference(.condition))
    case .matches: Self.map(of: Self.reference(.match), isNeverEmpty: true)
    case .numberTest: Self.alternative(["number", "object"], .numberTest)
    case .count:
      Self.alternative(["number", "string", "object"], .numberTest) + Self.pattern(.all)
    case .namedNumberTests:
      Self.map(of: Self.alternative(["number", "object"], .numberTest), isNeverEmpty: true)
    case .reEntry: Self.alternative(["string", "object"], .reEntry) + Self.pattern(.reEntry)
    case .ratio: Self.pair(of: Self.types(["string"]))
    case .bounds: Self.pair(of: Self.types(["number"]))
    case .quantity: Self.types(["number", "string"]) + Self.pattern(.clockSpan)
    case .map(let kind): Self.reference(kind)
    case .list(let kind): Self.array(of: Self.reference(kind), isNeverEmpty: !kind.isExpected)
    case .named(let kind): Self.names(Self.reference(kind))
    case .listOf(let kind): Self.array(of: kind.schema, isNeverEmpty: false)
    case .breaker: Self.alternative(["string", "object"], .breaker) + Self.pattern(.off)
    default: preconditionFailure("\(self) is one value")
    }
  }

  /// The kinds of maps that may stand in the value.
  var innerKinds: [MapKind] {
    switch self {
    case .condition, .conditions: [.condition]
    case .matches: [.match]
    case .map(let kind), .list(let kind), .named(let kind): [kind]
    case .listOf(let kind): kind.innerKinds
    default: []
    }
  }

  // MARK: Parts

  private static func strings(_ words: [String]) -> JSONWriter.Value {
    .array(words.map { .string($0) })
  }

  private static func types(_ types: [String]) -> Members {
    [("type", types.count == 1 ? .string(types[0]) : strings(types))]
  }

  private static func formed(_ form: TextForm) -> Members {
    types(["string"]) + pattern(form)
  }

  private static func pattern(_ form: TextForm) -> Members {
    [("pattern", .string(form.pattern)), ("errorMessage", .string(form.message))]
  }

  private static func whole(_ bounds: ClosedRange<Int>) -> Members {
    if bounds.count == 1 { return [("const", .number(bounds.lowerBound))] }
    let end: Members = bounds.upperBound == .max ? [] : [("maximum", .number(bounds.upperBound))]
    return types(["integer"]) + [("minimum", .number(bounds.lowerBound))] + end
  }

  private static func reference(_ kind: MapKind) -> Members {
    [("$ref", .string("#/definitions/\(kind.rawValue)"))]
  }

  private static func array(of element: Members, isNeverEmpty: Bool = true) -> Members {
    types(["array"]) + [("items", .object(element))]
      + (isNeverEmpty ? [("minItems", .number(1))] : [])
  }

  private static func oneOrMore(_ element: Members) -> Members {
    types(scalarTypes + ["array"]) + [("items", .object(element)), ("minItems", .number(1))]
  }

  private static func pair(of element: Members) -> Members {
    types(["array"]) + [
      ("items", .object(element)), ("minItems", .number(2)), ("maxItems", .number(2)),
    ]
  }

  private static func map(of value: Members, isNeverEmpty: Bool) -> Members {
    types(["object"]) + [("additionalProperties", .object(value))]
      + (isNeverEmpty ? [("minProperties", .number(1))] : [])
  }

  private static func names(_ value: Members) -> Members {
    types(["object"]) + [
      ("propertyNames", .object(formed(.name))), ("additionalProperties", .object(value)),
    ]
  }

  /// A single value, or a map; written out, since a reference allows no word beside it.
  private static func alternative(_ types: [String], _ kind: MapKind) -> Members {
    let required = kind.keys.filter(\.isRequired).map(\.name)
    return Self.types(types) + [
      ("additionalProperties", .literal("false")),
      ("properties", .object(kind.keys.map { ($0.name, .object($0.kind.schema)) })),
    ] + (required.isEmpty ? [] : [("required", strings(required))])
      + [("minProperties", .number(1))]
  }

  private static var dayNames: Members {
    types(["string", "array"]) + pattern(.days) + [
      ("items", .object([("enum", strings(TextForm.dayWords))])), ("minItems", .number(1)),
    ]
  }
}

extension MapKind {
  /// Whether a list of such maps says everything that must follow, so that an empty one says that nothing does.
  fileprivate var isExpected: Bool {
    switch self {
    case .sentExpectation, .absenceExpectation, .stateExpectation: true
    default: false
    }
  }
}
