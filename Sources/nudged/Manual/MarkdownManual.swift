/// Puts a page of Markdown, as `docs/` has them, into a manual page.
struct MarkdownManual {
  private var lines: ArraySlice<Substring>
  /// How many `#` a section has: one more than the page's own title.
  private let sectionLevel: Int

  /// A page, or the sections of it that have these titles.
  init(_ markdown: String, sections: Set<String>? = nil, sectionLevel: Int = 2) {
    let all = markdown.split(separator: "\n", omittingEmptySubsequences: false)
    self.sectionLevel = sectionLevel
    lines = sections.map { MarkdownManual.only($0, of: all)[...] } ?? all[...]
  }

  private static func only(_ sections: Set<String>, of lines: [Substring]) -> [Substring] {
    var isWanted = false
    return lines.filter { line in
      if line.hasPrefix("## ") { isWanted = sections.contains(String(line.dropFirst(3))) }
      return isWanted
    }
  }

  /// Writes all of it.
  mutating func write(to page: inout Roff) {
    while let line = lines.first {
      if line.hasPrefix("#") {
        heading(&page)
      } else if line.hasPrefix("```") {
        fenced(&page)
      } else if line.hasPrefix("|") {
        table(&page)
      } else if line.hasPrefix("    ") {
        page.code(take { $0.hasPrefix("    ") || $0.isEmpty }.map { String($0.dropFirst(4)) })
      } else if line.hasPrefix("- ") || line.hasPrefix("* ") {
        bullet(&page)
      } else if line.isEmpty || line.hasPrefix("<!--") {
        lines.removeFirst()
      } else {
        page.paragraph(joined(take { MarkdownManual.isProse($0) }))
      }
    }
  }

  // MARK: Blocks

  private mutating func heading(_ page: inout Roff) {
    let line = lines.removeFirst()
    let level = line.prefix { $0 == "#" }.count
    let title = line.dropFirst(level + 1).replacing("`", with: "")
    if level < sectionLevel { return }
    if level == sectionLevel { page.section(String(title)) } else { page.subsection(String(title)) }
  }

  private mutating func fenced(_ page: inout Roff) {
    lines.removeFirst()
    page.code(take { !$0.hasPrefix("```") }.map(String.init))
    lines = lines.dropFirst()
  }

  /// The first column is the term; the head of the table is left out.
  private mutating func table(_ page: inout Roff) {
    let rows = take { $0.hasPrefix("|") }.map(MarkdownManual.cells)
    for row in rows.dropFirst(2) {
      guard let term = row.first else { continue }
      page.item(term, Array(row.dropFirst()))
    }
  }

  private mutating func bullet(_ page: inout Roff) {
    let first = lines.removeFirst().dropFirst(2)
    let more = take { $0.hasPrefix("  ") && !$0.hasPrefix("    ") }
    page.bullet(joined([first] + more))
  }

  private mutating func take(while isPart: (Substring) -> Bool) -> [Substring] {
    let part = lines.prefix(while: isPart)
    lines = lines[part.endIndex...]
    return Array(part)
  }

  private func joined(_ lines: [Substring]) -> String {
    lines.map { String($0.drop { $0 == " " }) }.joined(separator: " ")
  }

  private static func isProse(_ line: Substring) -> Bool {
    let marks = ["#", "```", "|", "    ", "- ", "* ", "<!--"]
    return !line.isEmpty && !marks.contains(where: line.hasPrefix)
  }

  /// The cells of a row; `\|` is no border.
  private static func cells(_ row: Substring) -> [String] {
    let inner = row.dropFirst().replacing("\\|", with: "\u{1}")
    return inner.split(separator: "|", omittingEmptySubsequences: false).dropLast()
      .map { $0.replacing("\u{1}", with: "|").trimmed }
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    var text = Substring(self).drop { $0 == " " }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
