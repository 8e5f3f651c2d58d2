/// What an expression compares: a trait, or something that a model measures.
struct ExpressionSubject {
  /// How something is compared.
  enum Test {
    case `is`(YAMLNode)
    case not(YAMLNode)
    case noneOf(YAMLNode)
    case exists(Bool)
    /// By the word of the rule language: `below`, `contains`.
    case test(String, YAMLNode)
  }

  private enum Kind {
    /// `trait` or `account_trait`, and the name.
    case trait(String, String)
    /// `score` or `metric`, and the name.
    case measure(String, String)
    /// `day`, `milestones_reached`: a number of its own.
    case number(String)
    /// `health`, `pace`, `segment`, `activated`: a word of its own.
    case word(String)
  }

  /// The operators that are words in both languages.
  static let wordOperators = [
    "contains", "starts_with", "ends_with", "before", "after", "within_last", "older_than",
  ]

  /// What signs are called in rule files.
  static let numberWords = [
    "=": "exactly", "<": "below", "<=": "at_most", ">": "above", ">=": "at_least",
  ]

  private let name: String
  private let kind: Kind

  init(_ name: String) {
    self.name = name
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    switch (parts.first, parts.count) {
    case ("score", 2), ("metric", 2): kind = .measure(parts[0], parts[1])
    case ("trait", 2): kind = .trait("trait", parts[1])
    case ("account", 2): kind = .trait("account_trait", parts[1])
    case ("day", 1), ("milestones_reached", 1), ("categories_reached", 1): kind = .number(name)
    case ("health", 1), ("pace", 1), ("segment", 1), ("activated", 1): kind = .word(name)
    default: kind = .trait("trait", name)
    }
  }

  static func test(_ sign: String, _ value: YAMLNode) -> Test {
    switch sign {
    case "=": .is(value)
    case "!=": .not(value)
    default: .test(numberWords[sign] ?? sign, value)
    }
  }

  /// The condition of the rule language.
  func condition(_ test: Test, _ parser: ExpressionParser, _ place: Place) -> YAMLNode {
    switch kind {
    case .trait(let verb, let trait):
      return parser.map(verb, parser.map(trait, match(test, parser, place)))
    case .measure(let verb, let measure):
      let (value, isNot) = plain(test, parser, place)
      return negated(parser.map(verb, parser.map(measure, value)), isNot, parser)
    case .number(let verb), .word(let verb):
      let (value, isNot) = plain(test, parser, place)
      return negated(parser.map(verb, value), isNot, parser)
    }
  }

  private func match(_ test: Test, _ parser: ExpressionParser, _ place: Place) -> YAMLNode {
    switch test {
    case .is(let value): value
    case .not(let value): parser.map("not", value)
    case .noneOf(let list): parser.map("none_of", list)
    case .exists(let exists):
      parser.map("exists", parser.scalar(exists ? "true" : "false", isPlain: true, place))
    case .test(let word, let value): parser.map(word, value)
    }
  }

  /// The value behind a verb that has no `not` of its own, and whether the whole is turned round.
  private func plain(
    _ test: Test,
    _ parser: ExpressionParser,
    _ place: Place
  ) -> (value: YAMLNode, isNot: Bool) {
    switch test {
    case .is(let value): (value, false)
    case .not(let value), .noneOf(let value): (value, true)
    case .exists, .test: (match(test, parser, place), false)
    }
  }

  private func negated(_ node: YAMLNode, _ isNot: Bool, _ parser: ExpressionParser) -> YAMLNode {
    isNot ? parser.map("not", node) : node
  }
}

extension YAMLNode {
  /// A condition as a rule file writes it: lists of conditions in lines, everything else in braces.
  public func conditionText(indent: String = "") -> String {
    guard let entries, entries.count == 1, let entry = entries.first,
      ["all", "any", "none"].contains(entry.key), let parts = entry.value.elements
    else { return inlineText }
    let lines = parts.map { part in
      "\(indent)  - \(part.conditionText(indent: indent + "    "))"
    }
    return "\(entry.key):\n" + lines.joined(separator: "\n")
  }

  private var inlineText: String {
    guard let entries else { return flowText }
    return entries.count == 1
      ? entries.map { "\($0.key): \($0.value.flowText)" }.joined() : flowText
  }
}
