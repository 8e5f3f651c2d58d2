import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeRules
import NudgeZones

/// `nudged user list`.
struct ListUserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List people: how long they have been there, how they fare, what is missing.",
    discussion: ListOptions.discussion
  )

  @OptionGroup var list: ListOptions

  func run() async throws { try await list.run(.user, "/v1/users") }
}

/// `nudged account list`.
struct ListAccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract:
      "List accounts: how long they have been there, how they fare, what is missing, whose they are.",
    discussion: ListOptions.discussion
  )

  @OptionGroup var list: ListOptions

  func run() async throws { try await list.run(.account, "/v1/accounts") }
}

/// What `user list` and `account list` have in common.
struct ListOptions: ParsableArguments {
  static let discussion = """
    One line for each model in which the subject has started and EXPR holds. EXPR compares traits \
    (plan = trial), traits of the account (account.tier = gold), score.NAME, metric.NAME, day, \
    pace, health, segment, milestones_reached with = != < <= > >=, in (a, b), contains, is set; \
    asks activated, reached M, missing M, tagged T, audience A, in_campaign C, did "Event" >= 2 \
    within 7 days; and joins with and, or, not and parentheses. It means what the same condition \
    means in a rule file; --as yaml prints that.

    The worklist of a customer-success manager:
      nudged account list --where 'health = red and csm = kim' --sort day --reverse
    """

  /// The forms of the answer.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
    case jsonl
    case csv
  }

  /// The language of a condition that is printed instead of being asked.
  enum Language: String, CaseIterable, ExpressibleByArgument {
    case yaml
  }

  @Option(help: ArgumentHelp("Only this model.", valueName: "model"))
  var model: String?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Only those of whom this holds.", valueName: "expr")
  )
  var expression: String?

  @Option(
    help: ArgumentHelp(
      "Sort by id, model, day, health, segment, pace, missing, owner or score.NAME. (default: as first seen)",
      valueName: "column"
    )
  )
  var sort: String?

  @Flag(help: "The other way round.")
  var reverse = false

  @Option(help: ArgumentHelp("At most so many lines.", valueName: "n"))
  var limit: Int?

  @Option(name: .customLong("as"), help: "Print the expression as a rule file would write it.")
  var language: Language?

  @Option(help: ArgumentHelp("Read this database instead of asking the daemon.", valueName: "path"))
  var db: String?

  @Option(help: "The form of the answer.")
  var format = Format.text

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit takes a number from 1 on.") }
    if language != nil, expression == nil { throw ValidationError("--as needs --where.") }
    if let sort, !SubjectTable.isColumn(sort) {
      throw ValidationError(
        "there is no column \(sort); there are \(SubjectTable.columns.joined(separator: ", ")) and score.NAME."
      )
    }
  }

  func run(_ kind: SubjectKind, _ route: String) async throws {
    let tree = try parsed()
    if language == .yaml, let tree {
      let answer = Answer()
      try answer.line(tree.conditionText())
      return try answer.finish()
    }
    let pages = try db.map { try offline($0, kind) }
    var table = SubjectTable(self, kind: kind)
    var traits: Set<String> = []
    var place: Int64? = 0
    while let after = place, !table.isFull {
      let page: JSONValue
      if let pages {
        page = try pages.page(after: after).json
      } else {
        page = try await control.ask("GET", "\(route)?after=\(after)\(query)")
      }
      place = page["next"]?.wholeNumber.map(Int64.init)
      if case .array(let rows) = page["rows"] { try table.add(rows) }
      if case .array(let names) = page["traits"] { traits.formUnion(names.compactMap(\.text)) }
    }
    try table.finish()
    if table.isEmpty, let tree { note(traitsOf: tree, unlike: traits) }
  }

  /// An empty list is often a trait's name that nobody has.
  private func note(traitsOf tree: YAMLNode, unlike known: Set<String>) {
    for name in tree.traitNames where !known.contains(name) {
      let nearest = Suggestion.nearest(to: name, among: known.sorted())
      let advice = nearest.map { "; did you mean `\($0)`?" } ?? ""
      output.note("Nobody here has a trait `\(name)`\(advice)")
    }
  }

  private func parsed() throws(Failure) -> YAMLNode? {
    guard let expression else { return nil }
    do { return try ExpressionParser.parse(expression) } catch {
      throw Failure(error.text(of: expression), .usage)
    }
  }

  private var query: String {
    let model = model.map { "&model=\($0.asPathSegment)" } ?? ""
    return model + (expression.map { "&where=\($0.asPathSegment)" } ?? "")
  }

  private func offline(_ path: String, _ kind: SubjectKind) throws -> SubjectListing {
    var settings = SettingsOptions()
    settings.config = control.config
    let now = SystemClock().now
    let loaded = try LoadedRules(paths: [], settings: settings, now: now)
    return try StoredHistory.explained {
      do {
        return try SubjectListing(
          database: path,
          kind: kind,
          model: model,
          where: expression,
          settings: loaded.configuration.decidingSettings,
          zones: loaded.zones,
          now: now
        )
      } catch let question as SubjectListing.BadQuestion {
        throw Failure(question.text, .usage)
      }
    }
  }
}

extension YAMLNode {
  /// The names of the traits that a condition asks for.
  fileprivate var traitNames: [String] {
    let asked = ["trait", "account_trait"].flatMap { self[$0]?.entries ?? [] }.map(\.key)
    let inside = (entries ?? []).map(\.value) + (elements ?? [])
    return asked + inside.flatMap(\.traitNames)
  }
}
