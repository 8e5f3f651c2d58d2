/// One word, value or sign of an expression, with where it stands.
struct ExpressionToken: Hashable {
  enum Kind: Hashable {
    /// A bare word: a name, a value, `and`.
    case word(String)
    /// Text in quotes.
    case quoted(String)
    /// `=`, `!=`, `<`, `(`, `,` and the like.
    case sign(String)
    case end
  }

  let kind: Kind
  /// Counted from 0, in Unicode scalars.
  let offset: Int
  let length: Int
}

/// Cuts an expression into its tokens.
struct ExpressionLexer {
  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  /// All tokens, `end` the last of them.
  mutating func tokens() throws(ExpressionError) -> [ExpressionToken] {
    var tokens: [ExpressionToken] = []
    while let token = try next() { tokens.append(token) }
    return tokens + [ExpressionToken(kind: .end, offset: scalars.count, length: 1)]
  }

  private mutating func next() throws(ExpressionError) -> ExpressionToken? {
    while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
    guard position < scalars.count else { return nil }
    let start = position
    let kind = try kind(at: scalars[position])
    return ExpressionToken(kind: kind, offset: start, length: position - start)
  }

  private mutating func kind(
    at first: Unicode.Scalar
  ) throws(ExpressionError) -> ExpressionToken.Kind {
    switch first {
    case "\"", "'": return .quoted(try quoted(by: first))
    case "(", ")", ",":
      position += 1
      return .sign(String(first))
    case "=", "!", "<", ">": return .sign(try comparison())
    default: return .word(try word())
    }
  }

  private mutating func quoted(by quote: Unicode.Scalar) throws(ExpressionError) -> String {
    let start = position
    position += 1
    guard let end = scalars[position...].firstIndex(of: quote) else {
      throw ExpressionError(
        offset: start,
        length: scalars.count - start,
        message: "a quote is not closed",
        advice: "end the text with \(quote)"
      )
    }
    defer { position = end + 1 }
    return String(String.UnicodeScalarView(scalars[position..<end]))
  }

  private mutating func comparison() throws(ExpressionError) -> String {
    let start = position
    while position < scalars.count, "=!<>".unicodeScalars.contains(scalars[position]) {
      position += 1
    }
    let sign = String(String.UnicodeScalarView(scalars[start..<position]))
    if ["=", "==", "!=", "<", "<=", ">", ">="].contains(sign) { return sign == "==" ? "=" : sign }
    throw ExpressionError(
      offset: start,
      length: position - start,
      message: "`\(sign)` compares nothing",
      advice: "write one of = != < <= > >="
    )
  }

  private mutating func word() throws(ExpressionError) -> String {
    let start = position
    while position < scalars.count, isWordPart(scalars[position]) { position += 1 }
    guard position > start else {
      position += 1
      throw ExpressionError(
        offset: start,
        length: 1,
        message: "`\(scalars[start])` has no meaning here",
        advice: "text with signs in it stands in quotes"
      )
    }
    return String(String.UnicodeScalarView(scalars[start..<position]))
  }

  private func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar.properties.numericType != nil
      || "_-.:@/+$%".unicodeScalars.contains(scalar)
  }
}

/// Why an expression cannot be read, where, and what would be right.
public struct ExpressionError: Error, Hashable, Sendable {
  /// Where it was noticed, counted from 0 in Unicode scalars.
  public let offset: Int
  /// How many scalars it is about.
  public let length: Int
  /// What was found.
  public let message: String
  /// What would be right.
  public let advice: String

  /// The error for people, in the form of `nudged check`, below the expression that it is about.
  public func text(of expression: String) -> String {
    let indent = String(repeating: " ", count: offset)
    let carets = String(repeating: "^", count: max(1, length))
    return """
      --where:1:\(offset + 1): error: \(message)
         |
       1 | \(expression)
         | \(indent)\(carets) \(advice)
      """
  }
}
