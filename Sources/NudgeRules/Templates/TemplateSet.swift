import Mustache
public import NudgeCore

/// The compiled templates of a folder, by name.
///
/// A template is a Mustache file `NAME.md`; between two lines `---` at its top stands `subject: …`. What is
/// put into it is text: it is neither read as a template again nor escaped.
public struct TemplateSet: Sendable {
  /// What a template gives.
  public struct Message: Hashable, Sendable {
    /// Empty when the template has none.
    public let subject: String
    /// What stands below the first part.
    public let body: String
  }

  private struct Compiled {
    let subject: MustacheTemplate
    let body: MustacheTemplate
  }

  private let compiled: [String: Compiled]
  /// The files, by the names of their templates; also of those that cannot be compiled.
  private let files: [String: String]
  private let library: MustacheLibrary

  /// The templates of these files; what is wrong with them is reported.
  public init(files: [SourceFile], collector: DiagnosticCollector) {
    let sources = files.map { TemplateSource($0, collector: collector) }
    TemplateCheck(sources: sources, collector: collector).run()
    var compiled: [String: Compiled] = [:]
    for source in sources where !source.isDangerous {
      guard let subject = Self.compile(source, source.subject, collector),
        let body = Self.compile(source, source.body, collector)
      else { continue }
      compiled[source.name] = Compiled(subject: subject, body: body)
    }
    self.compiled = compiled
    self.files = Dictionary(sources.map { ($0.name, $0.path) }) { first, _ in first }
    self.library = MustacheLibrary(templates: compiled.mapValues(\.body))
  }

  /// All names, sorted.
  public var names: [String] { files.keys.sorted() }

  /// All names with the files that they stand in, sorted.
  var paths: [(String, String)] {
    files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// The message that a template gives for these fields; `nil` when there is no such template.
  ///
  /// The fields are a JSON object; absent ones are empty.
  public func message(_ name: String, fields: JSONValue) -> Message? {
    guard let template = compiled[name] else { return nil }
    let object = Self.object(fields) ?? [String: Any]()
    return Message(
      subject: template.subject.render(object, library: library),
      body: template.body.render(object, library: library)
    )
  }

  /// Text is not escaped as HTML.
  ///
  /// The line stands alone, so it leaves no trace.
  private static let prefix = "{{% CONTENT_TYPE:TEXT}}\n"

  static func compile(
    _ source: TemplateSource,
    _ part: TemplateSource.Part,
    _ collector: DiagnosticCollector
  ) -> MustacheTemplate? {
    do {
      return try MustacheTemplate(string: prefix + part.text)
    } catch let error as MustacheTemplate.ParserError {
      let line = max(error.context.lineNumber - 2, 0)
      collector.report(
        .templateSyntax,
        at: Place(
          path: source.path,
          line: part.line + line,
          column: error.context.columnNumber + (line == 0 ? part.column - 1 : 0)
        ),
        "template `\(source.name)` cannot be compiled",
        label: [sentence(error.error)]
      )
    } catch {
      collector.report(
        .templateSyntax,
        at: Place(path: source.path, line: part.line, column: 1),
        "template `\(source.name)` cannot be compiled"
      )
    }
    return nil
  }

  private static func sentence(_ error: any Error) -> String {
    guard let error = error as? MustacheTemplate.Error else { return "a tag is not closed" }
    return switch error {
    case .sectionCloseNameIncorrect: "this closes another section than the one that is open"
    case .expectedSectionEnd: "a section is not closed"
    case .unfinishedName: "a tag is not closed, or its name has characters that names do not have"
    case .invalidSetDelimiter: "delimiters are set by two words between equals signs"
    case .transformAppliedToInheritanceSection, .illegalTokenInsideInheritSection,
      .textInsideInheritSection:
      "blocks are not used here"
    case .invalidConfigVariableSyntax, .unrecognisedConfigVariable: "this setting is not known"
    }
  }

  private static func object(_ value: JSONValue) -> Any? {
    switch value {
    case .null: nil
    case .bool(let bool): bool
    case .number(let number): number.description
    case .string(let string): string
    case .array(let values): values.compactMap(object)
    case .object(let members):
      Dictionary(
        members.compactMap { member in object(member.value).map { (member.key, $0) } }
      ) { _, last in last }
    }
  }
}
