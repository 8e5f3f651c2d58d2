public import NudgeCore
public import NudgeRules
import NudgeStore
import NudgeWeb

/// Lists of people or accounts, page by page, so that a list of a million needs the memory of a page.
public struct SubjectListing: Sendable {
  /// What is wrong with a question, as people read it.
  public struct BadQuestion: Error, Hashable, Sendable {
    /// One or more lines.
    public let text: String
  }

  /// A page of a list.
  public struct Page: Sendable {
    /// In the order in which the subjects were first seen, then of the models.
    public let rows: [SubjectRow]
    /// Where the next page begins; `nil` after the last one.
    public let next: Int64?
    /// The names of traits that subjects of the page and their accounts have, in order; none where there are rows.
    public let traits: [String]
  }

  private let database: String
  private let kind: SubjectKind
  private let question: Question
  private let engine: Engine
  private let now: Timestamp

  /// A list over the database at a path, under the rules that run there.
  ///
  /// - Throws: ``BadQuestion`` for an expression that cannot be read, or not in any model.
  public init(
    database: String,
    kind: SubjectKind,
    model: String?,
    where expression: String?,
    settings: SettingsSource,
    zones: ZoneTable,
    now: Timestamp
  ) throws {
    let snapshot = try StoreSnapshot(path: database)
    defer { try? snapshot.close() }
    let source = try snapshot.ruleSet()?.source ?? "{}"
    let files = JSONText(wellFormed: Array(source.utf8)).members.compactMap { member in
      member.value.text.map { SourceFile(path: member.key, text: $0) }
    }
    let question = Question.read(
      try expression.map(SubjectListing.tree),
      about: kind,
      model: model,
      files: files,
      settings: settings,
      zones: Set(zones.names)
    )
    guard let question else { throw BadQuestion(text: "the rules that run cannot be read again") }
    guard !question.readings.isEmpty else {
      throw BadQuestion(text: SubjectListing.text(of: question.diagnostics, expression))
    }
    self.database = database
    self.kind = kind
    self.question = question
    self.now = max(now, try snapshot.logicalNow())
    engine = Engine(rules: question.rules, zones: zones)
  }

  private static func tree(of expression: String) throws -> YAMLNode {
    do { return try ExpressionParser.parse(expression) } catch {
      throw BadQuestion(text: error.text(of: expression))
    }
  }

  private static func text(of diagnostics: [Diagnostic], _ expression: String?) -> String {
    let file = SourceFile(path: ExpressionParser.path, text: expression ?? "")
    var text = DiagnosticPrinter(files: [file]).text(of: diagnostics)
    while text.last == "\n" { text.removeLast() }
    return text
  }

  /// The page after a place, the first one after 0, with at most so many subjects.
  ///
  /// It may hold fewer, even none, and yet not be the last: of each page so many are looked at, no more.
  public func page(after place: Int64, limit: Int = .max) throws -> Page {
    let snapshot = try StoreSnapshot(path: database)
    defer { try? snapshot.close() }
    let stored = try snapshot.subjects(of: kind, after: place, limit: RouteLimits.subjectsPerPage)
    var world = World()
    for found in stored {
      world.memories[found.subject] = try Memory(
        found.subject,
        from: found.bytes,
        for: engine.rules
      )
    }
    let homes = Set(
      stored.compactMap { world.memories[$0.subject]?.account(at: now) }.map(SubjectID.account)
    )
    for (home, bytes) in try snapshot.memories(of: homes.sorted()) {
      world.memories[home] = try Memory(home, from: bytes, for: engine.rules)
    }
    let found = rows(of: stored, in: world, limit: limit)
    return Page(
      rows: found.rows,
      next: found.last ?? (stored.count < RouteLimits.subjectsPerPage ? nil : stored.last?.row),
      traits: found.rows.isEmpty ? traits(in: world) : []
    )
  }

  /// The rows of the first subjects that have any, and the last of these if others come after it.
  private func rows(
    of stored: [StoreSnapshot.Stored],
    in world: World,
    limit: Int
  ) -> (rows: [SubjectRow], last: Int64?) {
    var rows: [SubjectRow] = []
    var listed = 0
    for found in stored {
      let own = self.rows(of: found.subject, in: world)
      rows += own
      listed += own.isEmpty ? 0 : 1
      if listed == limit, found.row != stored.last?.row { return (rows, found.row) }
    }
    return (rows, nil)
  }

  private func rows(of subject: SubjectID, in world: World) -> [SubjectRow] {
    question.readings.compactMap { reading in
      engine.row(
        of: subject,
        model: reading.model,
        where: reading.condition,
        in: world,
        now: now
      )
    }
  }
}

extension SubjectListing {
  private func traits(in world: World) -> [String] {
    let names = world.memories.values.flatMap { $0.allTraits(at: now).map(\.name) }
    return Array(Set(names).sorted().prefix(Limits.traitsTold))
  }
}

extension SubjectListing.Page {
  /// The page as one document.
  public var json: JSONValue {
    .object([
      .init("rows", .array(rows.map(\.json))),
      .init("next", next.map { .whole(Int($0)) } ?? .null),
      .init("traits", .array(traits.map(JSONValue.string))),
    ])
  }
}

extension SubjectRow {
  /// The row as one object; absent values are null.
  public var json: JSONValue {
    .object([
      .init("id", .string(subject.id)),
      .init("model", .string(model)),
      .init("day", .whole(day)),
      .init("health", .optional(health)),
      .init("segment", .optional(segment)),
      .init("pace", .optional(pace)),
      .init("scores", .object(scores.map { .init($0.name, .whole($0.points)) })),
      .init("missing", .array(missing.map(JSONValue.string))),
      .init("owner", .optional(owner)),
    ])
  }
}
