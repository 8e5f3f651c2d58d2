/// Turns the small expression of the command line into the tree of conditions that a rule file would hold.
///
/// `plan = trial and score.activation < 40` is `{all: [{trait: {plan: trial}}, {score: {activation: {below: 40}}}]}`.
public struct ExpressionParser {
  /// The path of the places in the tree: what messages call the expression.
  public static let path = "--where"

  private var tokens: [ExpressionToken]
  private var position = 0
  private var depth = 0

  /// The tree of an expression.
  ///
  /// - Throws: ``ExpressionError`` at the first place that cannot be read.
  public static func parse(_ text: String) throws(ExpressionError) -> YAMLNode {
    var lexer = ExpressionLexer(text)
    var parser = ExpressionParser(tokens: try lexer.tokens())
    let node = try parser.alternatives()
    guard case .end = parser.current.kind else {
      throw parser.failure(
        "\(parser.found) stands behind a whole expression",
        "join two with and, or"
      )
    }
    return node
  }

  private init(tokens: [ExpressionToken]) {
    self.tokens = tokens
  }

  // MARK: Together

  private mutating func alternatives() throws(ExpressionError) -> YAMLNode {
    try joined(by: "or", as: "any") { parser throws(ExpressionError) in try parser.conjunction() }
  }

  private mutating func conjunction() throws(ExpressionError) -> YAMLNode {
    try joined(by: "and", as: "all") { parser throws(ExpressionError) in try parser.negation() }
  }

  private mutating func joined(
    by word: String,
    as verb: String,
    _ part: (inout ExpressionParser) throws(ExpressionError) -> YAMLNode
  ) throws(ExpressionError) -> YAMLNode {
    let place = place
    var parts = [try part(&self)]
    while take(word: word) { parts.append(try part(&self)) }
    return parts.count == 1 ? parts[0] : map(verb, YAMLNode(place: place, content: .list(parts)))
  }

  private mutating func negation() throws(ExpressionError) -> YAMLNode {
    guard depth < 24 else { throw failure("it nests too deep", "24 levels are read") }
    depth += 1
    defer { depth -= 1 }
    if take(word: "not") { return map("not", try negation()) }
    guard take(sign: "(") else { return try comparison() }
    let inner = try alternatives()
    guard take(sign: ")") else {
      throw failure("\(found) stands where `)` belongs", "close it here")
    }
    return inner
  }

  // MARK: One question

  private mutating func comparison() throws(ExpressionError) -> YAMLNode {
    let place = place
    guard case .word(let name) = current.kind else {
      throw failure(
        "\(found) stands where a name belongs",
        "write a trait, score.NAME, health, day …"
      )
    }
    position += 1
    switch name {
    case "activated" where !isAtComparison: return map(name, scalar("true", isPlain: true, place))
    case "did", "did_not": return try event(name)
    case "reached", "missing", "tagged", "audience", "in_campaign":
      _ = take(sign: "=") || take(word: "in")
      return map(name, try valueOrList())
    default: break
    }
    let subject = ExpressionSubject(name)
    let isNot = take(word: "not")
    return try compared(subject, isNot: isNot, name, place)
  }

  private mutating func compared(
    _ subject: ExpressionSubject,
    isNot: Bool,
    _ name: String,
    _ place: Place
  ) throws(ExpressionError) -> YAMLNode {
    if take(word: "in") {
      let list = try valueOrList()
      return subject.condition(isNot ? .noneOf(list) : .is(list), self, place)
    }
    if take(word: "is") {
      let isUnset = take(word: "not")
      if take(word: "set") { return subject.condition(.exists(!isUnset), self, place) }
      let value = try value()
      return subject.condition(isUnset ? .not(value) : .is(value), self, place)
    }
    guard !isNot else {
      throw failure("\(found) stands behind `\(name) not`", "write `not in (…)`")
    }
    for word in ExpressionSubject.wordOperators where take(word: word) {
      return subject.condition(.test(word, try value()), self, place)
    }
    guard case .sign(let sign) = current.kind, sign != "(", sign != ")", sign != "," else {
      throw failure(
        "`\(name)` is compared with nothing",
        "write = != < <= > >= in (…), contains, is set, is not set behind it"
      )
    }
    position += 1
    return subject.condition(ExpressionSubject.test(sign, try value()), self, place)
  }

  private mutating func event(_ verb: String) throws(ExpressionError) -> YAMLNode {
    let place = place
    var entries = [entry(verb, try value())]
    if case .sign(let sign) = current.kind, let word = ExpressionSubject.numberWords[sign] {
      position += 1
      let number = try value()
      entries.append(entry("times", sign == "=" ? number : map(word, number)))
    }
    for helper in ["within", "within_first", "since"] where take(word: helper) {
      entries.append(entry(helper, try value()))
    }
    return YAMLNode(place: place, content: .map(entries))
  }

  // MARK: Values

  private mutating func valueOrList() throws(ExpressionError) -> YAMLNode {
    let place = place
    guard take(sign: "(") else { return try value() }
    var values = [try value()]
    while take(sign: ",") { values.append(try value()) }
    guard take(sign: ")") else {
      throw failure("\(found) stands where `,` or `)` belongs", "close it")
    }
    return YAMLNode(place: place, content: .list(values))
  }

  private mutating func value() throws(ExpressionError) -> YAMLNode {
    let place = place
    switch current.kind {
    case .quoted(let text):
      position += 1
      return scalar(text, isPlain: false, place)
    case .word(let text) where !["and", "or", "not"].contains(text):
      position += 1
      return scalar(takeUnit(of: text), isPlain: true, place)
    case .word, .sign, .end:
      throw failure(
        "\(found) stands where a value belongs",
        "write a value, in quotes if it has spaces"
      )
    }
  }

  /// `7 days` is one value of two words.
  private mutating func takeUnit(of text: String) -> String {
    guard text.allSatisfy(\.isNumber), case .word(let unit) = current.kind,
      ["day", "days", "week", "weeks"].contains(unit)
    else { return text }
    position += 1
    return "\(text) \(unit)"
  }

  // MARK: Tokens and nodes

  private var current: ExpressionToken { tokens[min(position, tokens.count - 1)] }

  private var isAtComparison: Bool {
    switch current.kind {
    case .sign(let sign): ExpressionSubject.numberWords[sign] != nil || sign == "!="
    case .word(let word): word == "is"
    case .quoted, .end: false
    }
  }

  private mutating func take(word: String) -> Bool {
    guard case .word(word) = current.kind else { return false }
    position += 1
    return true
  }

  private mutating func take(sign: String) -> Bool {
    guard case .sign(sign) = current.kind else { return false }
    position += 1
    return true
  }

  private var found: String {
    switch current.kind {
    case .word(let text), .sign(let text): "`\(text)`"
    case .quoted(let text): "\"\(text)\""
    case .end: "the end"
    }
  }

  private func failure(_ message: String, _ advice: String) -> ExpressionError {
    ExpressionError(
      offset: current.offset,
      length: current.length,
      message: message,
      advice: advice
    )
  }

  /// Where the next token stands.
  var place: Place {
    Place(
      path: ExpressionParser.path,
      line: 1,
      column: current.offset + 1,
      length: current.length
    )
  }

  func scalar(_ text: String, isPlain: Bool, _ place: Place) -> YAMLNode {
    YAMLNode(place: place, content: .scalar(text, isPlain: isPlain))
  }

  func entry(_ key: String, _ value: YAMLNode) -> YAMLEntry {
    YAMLEntry(key: key, place: value.place, value: value)
  }

  func map(_ key: String, _ value: YAMLNode) -> YAMLNode {
    YAMLNode(place: value.place, content: .map([entry(key, value)]))
  }
}
