/// One tag of a template, as far as checks look at it.
struct TemplateTag {
  /// What a tag does.
  enum Kind {
    case field
    case section
    case end
    case partial
    /// Inheritance, partials whose name is a value, and other delimiters.
    case block
    case other
  }

  let kind: Kind
  let name: String
  let line: Int
  let column: Int
  let length: Int
  /// How many sections it stands in.
  let depth: Int

  /// The place of the tag's name.
  func place(in path: String) -> Place {
    Place(path: path, line: line, column: column, length: length)
  }

  /// The parts of the field that it asks for, without the transforms around it: `json(user.traits)` asks for
  /// `user` and `traits`.
  var path: [String] {
    let inner = name.split(separator: "(", omittingEmptySubsequences: false).last ?? ""
    let field = inner.prefix { $0 != ")" }
    return field.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
  }

  /// All tags of a part.
  static func scan(_ part: TemplateSource.Part) -> [TemplateTag] {
    var tags: [TemplateTag] = []
    var depth = 0
    var (line, column) = (part.line, part.column)
    var rest = Substring(part.text)
    while !rest.isEmpty {
      guard rest.hasPrefix("{{"), let inner = Self.inner(of: rest) else {
        if rest.removeFirst().isNewline { (line, column) = (line + 1, 1) } else { column += 1 }
        continue
      }
      let tag = tag(inner, line: line, column: column + 2, depth: depth)
      if tag.kind == .section { depth += 1 }
      if tag.kind == .end { depth -= 1 }
      tags.append(tag)
      for character in rest.prefix(inner.count + 4) {
        if character.isNewline { (line, column) = (line + 1, 1) } else { column += 1 }
      }
      rest = rest.dropFirst(inner.count + 4)
    }
    return tags
  }

  /// What stands between the braces.
  private static func inner(of text: Substring) -> Substring? {
    let body = text.dropFirst(2)
    var index = body.startIndex
    while index < body.endIndex {
      if body[index...].hasPrefix("}}") { return body[..<index] }
      body.formIndex(after: &index)
    }
    return nil
  }

  private static func tag(_ inner: Substring, line: Int, column: Int, depth: Int) -> TemplateTag {
    let sign = inner.first { !$0.isWhitespace } ?? " "
    let kind: Kind =
      switch sign {
      case "#", "^": .section
      case "/": .end
      case ">": inner.contains("*") ? .block : .partial
      case "<", "$", "=": .block
      case "!", "%": .other
      default: .field
      }
    let isSigned = "#^/><$!=%&{".contains(sign)
    let lead = inner.prefix { $0.isWhitespace || (isSigned && $0 == sign) }
    let name = inner.dropFirst(lead.count).trimmingSpaces
    return TemplateTag(
      kind: kind,
      name: name,
      line: line,
      column: column + lead.count,
      length: max(1, name.count),
      depth: depth
    )
  }
}
