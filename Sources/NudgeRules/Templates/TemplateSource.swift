/// The text of one template, taken apart.
struct TemplateSource {
  /// A part of the file and where it begins.
  struct Part {
    let text: String
    let line: Int
    let column: Int
  }

  let name: String
  let path: String
  let subject: Part
  let body: Part
  let tags: [TemplateTag]
  /// Whether compiling or rendering it could go on for ever.
  let isDangerous: Bool

  /// Larger templates are not written by people.
  private static let largestBytes = 256 << 10
  /// Deeper sections cannot be followed.
  private static let deepestSection = 16

  init(_ file: SourceFile, collector: DiagnosticCollector) {
    let base = file.path.split(separator: "/").last ?? ""
    self.name = String(base.hasSuffix(".md") ? base.dropLast(3) : base)
    self.path = file.path
    let front = FrontMatter(file, collector: collector)
    self.subject = front.subject
    self.body = front.body
    self.tags = TemplateTag.scan(front.subject) + TemplateTag.scan(front.body)
    let isTooLarge = file.bytes.count > Self.largestBytes
    let isTooDeep = tags.contains { $0.depth > Self.deepestSection }
    let blocks = tags.filter { $0.kind == .block }
    self.isDangerous = isTooLarge || isTooDeep || !blocks.isEmpty
    if isTooLarge || isTooDeep {
      collector.report(
        .templateSyntax,
        at: Place(path: path, line: 1, column: 1),
        "template `\(name)` is too \(isTooLarge ? "large" : "deep")"
      )
    }
    for tag in blocks {
      collector.report(
        .templateSyntax,
        at: tag.place(in: path),
        "blocks, other delimiters and partials by value are not used here",
        label: ["write `{{> name}}`"]
      )
    }
  }
}

/// The lines between `---` at the top of a template.
private struct FrontMatter {
  let subject: TemplateSource.Part
  let body: TemplateSource.Part

  init(_ file: SourceFile, collector: DiagnosticCollector) {
    let lines = file.lines
    let nothing = TemplateSource.Part(text: "", line: 1, column: 1)
    guard lines.first == "---" else {
      self.subject = nothing
      self.body = TemplateSource.Part(text: lines.joined(separator: "\n"), line: 1, column: 1)
      return
    }
    guard let end = lines.dropFirst().firstIndex(of: "---") else {
      collector.report(
        .templateSyntax,
        at: Place(path: file.path, line: 1, column: 1, length: 3),
        "the line `---` that ends the first part is missing"
      )
      self.subject = nothing
      self.body = nothing
      return
    }
    self.subject = Self.subject(lines[1..<end], path: file.path, collector: collector) ?? nothing
    self.body = TemplateSource.Part(
      text: lines[(end + 1)...].joined(separator: "\n"),
      line: end + 2,
      column: 1
    )
  }

  private static func subject(
    _ lines: ArraySlice<String>,
    path: String,
    collector: DiagnosticCollector
  ) -> TemplateSource.Part? {
    var subject: TemplateSource.Part?
    for (index, line) in zip(lines.indices, lines) where !line.isEmpty && !line.hasPrefix("#") {
      let key = String(line.prefix { $0 != ":" })
      guard key == "subject", line.contains(":") else {
        collector.report(
          .unknownKey,
          at: Place(path: path, line: index + 1, column: 1, length: max(1, key.count)),
          "unknown key `\(key)` at the top of a template",
          label: ["there is `subject`"]
        )
        continue
      }
      let value = line.dropFirst("subject:".count).trimmingSpaces
      let column = line.count - line.dropFirst("subject:".count).drop { $0 == " " }.count + 1
      let isQuoted = value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"")
      subject = TemplateSource.Part(
        text: isQuoted ? String(value.dropFirst().dropLast()) : value,
        line: index + 1,
        column: column + (isQuoted ? 1 : 0)
      )
    }
    return subject
  }
}
