import NudgeDaemon

/// A manual page in the macros of man(7), written piece by piece.
struct Roff {
  private(set) var text: String
  /// A heading begins a paragraph by itself.
  private var isAfterHeading = false

  /// The beginning of a page: `nudged`, section 1.
  init(_ title: String, section: Int, about: String, version: String) {
    text = ".\\\" Made by `nudged man`; do not edit.\n"
    text +=
      ".TH \(title.uppercased()) \(section) \"\(NudgedVersion.date)\" \"nudged \(version)\" \"nudged\"\n"
    text += ".nh\n.ad l\n.SH NAME\n\(Roff.plain(title)) \\- \(Roff.plain(about))\n"
  }

  /// A heading.
  mutating func section(_ title: String) { macro("SH", title.uppercased()) }

  /// A heading below a heading.
  mutating func subsection(_ title: String) { macro("SS", title) }

  /// A paragraph; `words` and *words* stand out, as in Markdown.
  mutating func paragraph(_ text: String) {
    guard !text.isEmpty else { return }
    begin()
    self.text += "\(Roff.marked(text))\n"
  }

  /// A term, and what it means, indented.
  mutating func item(_ term: String, _ meanings: [String]) {
    isAfterHeading = false
    text += ".TP\n\(Roff.marked(term))\n"
    let told = meanings.filter { !$0.isEmpty }
    text += told.isEmpty ? "\\&\n" : told.map(Roff.marked).joined(separator: "\n.br\n") + "\n"
  }

  /// A point of a list.
  mutating func bullet(_ text: String) {
    isAfterHeading = false
    self.text += ".IP \\(bu 2\n\(Roff.marked(text))\n"
  }

  /// Lines as they are.
  mutating func code(_ lines: [String]) {
    begin()
    text += ".RS 4\n.nf\n"
    for line in lines { text += (line.isEmpty ? "\\&" : Roff.plain(line)) + "\n" }
    text += ".fi\n.RE\n"
  }

  private mutating func begin() {
    if !isAfterHeading { text += ".PP\n" }
    isAfterHeading = false
  }

  private mutating func macro(_ name: String, _ argument: String) {
    isAfterHeading = true
    text += ".\(name) \"\(Roff.plain(argument).replacing("\"", with: "\\(dq"))\"\n"
  }

  // MARK: Texts

  /// A text in which nothing is a request: no line begins one, no `\` an escape.
  static func plain(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "^": result += "\\(ha"
      case "~": result += "\\(ti"
      default: result.append(character)
      }
    }
    return result.hasPrefix(".") ? "\\&" + result : result
  }

  /// A text of Markdown: what is code or strong in bold, links as their words.
  static func marked(_ markdown: String) -> String {
    var result = ""
    var rest = Substring(markdown)
    while let next = rest.first {
      if next == "`", let code = Roff.take(&rest, between: "`") {
        result += bold(code)
      } else if rest.hasPrefix("**"), let strong = Roff.take(&rest, between: "**") {
        result += bold(strong)
      } else if next == "[", let words = Roff.takeLink(&rest) {
        result += marked(words)
      } else {
        rest.removeFirst()
        result += plain(String(next)).replacing("\\&", with: "")
      }
    }
    return result.hasPrefix(".") || result.hasPrefix("\\(aq") ? "\\&" + result : result
  }

  private static func bold(_ text: String) -> String { "\\fB\(plain(text))\\fR" }

  private static func take(_ rest: inout Substring, between mark: String) -> String? {
    let inside = rest.dropFirst(mark.count)
    guard let end = inside.firstRange(of: mark), end.lowerBound != inside.startIndex else {
      return nil
    }
    rest = inside[end.upperBound...]
    return String(inside[..<end.lowerBound])
  }

  private static func takeLink(_ rest: inout Substring) -> String? {
    guard let link = rest.prefixMatch(of: /\[([^\]]+)\]\(([^)]*)\)/) else { return nil }
    rest = rest[link.range.upperBound...]
    return String(link.output.1)
  }
}
