import ArgumentParser
import Foundation
import NudgeCore
import NudgeDaemon
import NudgeRules

/// `nudged plan`.
struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Show what an edit of the rules would change, and for whom, before it is loaded.",
    discussion: """
      Compares rule files with what is running: what changes in their meaning, who enters, leaves, \
      is moved or cancelled at the moment of loading, and what is sent in the next seven days with \
      and without the edit. The daemon tries both on a snapshot and goes on deciding meanwhile.

      The exit status is 0; with --exit-code 2 when there are changes; 1 when there are more new \
      sends than --max-new-sends; 78 when the rules have errors.
      """
  )

  @Argument(
    help: ArgumentHelp(
      "The folder of rule files. (default: the one that the daemon loads)",
      valueName: "dir"
    )
  )
  var folder: String?

  @Option(
    name: [.customShort("o"), .customLong("out")],
    help: ArgumentHelp("Keep the plan in this file, for `nudged apply`.", valueName: "file")
  )
  var file: String?

  @Flag(help: "Exit with 2 when there are changes.")
  var exitCode = false

  @Flag(help: "Name the people, at most 200 for each thing that happens.")
  var people = false

  @Option(
    help: ArgumentHelp(
      "Exit with 1 when the edit makes more new sends in seven days.",
      valueName: "n"
    )
  )
  var maxNewSends: Int?

  @OptionGroup var confirmations: ConfirmationOptions

  @Option(
    help: ArgumentHelp(
      "Read this database instead of asking the daemon; nothing is written.",
      valueName: "path"
    )
  )
  var db: String?

  @Option(help: "The form of the answer.")
  var format = AnswerFormat.text

  @OptionGroup var control: ControlOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if let maxNewSends, maxNewSends < 0 {
      throw ValidationError("--max-new-sends takes a number from 0 on.")
    }
  }

  func run() async throws {
    let found = if let db { try offline(db) } else { try await asked() }
    if let file { try keep(found.plan, in: file) }
    let answer = Answer()
    switch format {
    case .text: try answer.text(found.text)
    case .json: try answer.line(found.plan.removing("files").json.text)
    }
    try answer.finish()
    try judge(found.plan)
  }

  /// A plan as a document, and as text for people.
  private struct Found {
    let plan: JSONValue
    let text: String
  }

  // MARK: Two ways to a plan

  private func asked() async throws -> Found {
    var query = "\(output.query)&people=\(people ? 1 : 0)\(confirmations.query)"
    if let file { query += "&file=\(file.asPathSegment)" }
    let result = try await control.ask(
      "POST",
      "/v1/plan?\(query)",
      body: try folder.map(body) ?? [],
      within: .seconds(600)
    )
    return Found(plan: result["plan"] ?? .null, text: result["text"]?.text ?? "")
  }

  private func body(_ folder: String) throws -> [UInt8] {
    let files = try PlannedFolder(folder)
    let members = files.texts.sorted { $0.key < $1.key }
      .map { JSONValue.Member($0.key, .string($0.value)) }
    return JSONValue.object([
      .init("folder", .string(files.name)),
      .init("git_commit", .optional(GitCommit.head(of: files.name))),
      .init("files", .object(members)),
    ]).json.bytes
  }

  private func offline(_ path: String) throws -> Found {
    guard InputFile.kind(of: path) == .file else {
      throw Failure("there is no database \(path)", .noSuchFile)
    }
    var settings = SettingsOptions()
    settings.config = control.config
    let now = SystemClock().now
    let files = try folder.map(PlannedFolder.init)
    let loaded = try LoadedRules(paths: files.map { [$0.name] } ?? [], settings: settings, now: now)
    let rules = try loaded.ruleSet()
    let name = files?.name ?? loaded.configuration.settings?.rules ?? "rules"
    let plan = try explained {
      try PlanMaker(
        database: path,
        zones: loaded.zones,
        volumeLimit: loaded.configuration.settings?.volumeLimit
      ).plan(
        PlanMaker.Planned(
          rules: rules,
          folder: name,
          files: loaded.configuration.ruleFiles,
          gitCommit: GitCommit.head(of: name)
        ),
        running: nil,
        settings: loaded.configuration.decidingSettings,
        at: now
      )
    }
    let telling = RulePlan.Telling(
      style: TextStyle(zone: output.utc ? .utc : nil, usesSymbols: output.answer.isUnicode),
      namesPeople: people,
      file: file,
      confirmedCount: confirmations.confirmCount,
      confirmedRenames: Set(confirmations.confirmRename)
    )
    return Found(plan: plan.json(withFiles: true), text: plan.text(telling))
  }

  private func explained<Value>(_ work: () throws -> Value) throws -> Value {
    try StoredHistory.explained {
      do { return try work() } catch let failure as DaemonFailure {
        throw Failure(failure.message, failure.status)
      }
    }
  }

  // MARK: What comes of it

  private func keep(_ plan: JSONValue, in file: String) throws {
    do {
      try Data(plan.json.bytes + [UInt8(ascii: "\n")]).write(to: URL(filePath: file))
    } catch {
      throw Failure("cannot write \(file): \(error.localizedDescription)", .inputOutput)
    }
    output.note("The plan is kept in \(file).")
  }

  private func judge(_ plan: JSONValue) throws {
    let new = plan["people"]?["new_sends"]?.wholeNumber ?? 0
    if let maxNewSends, new > maxNewSends {
      Note.write(
        "nudged: \(new.grouped) new sends in the next 7 days, more than \(maxNewSends.grouped)"
      )
      throw ExitStatus.bad.exit
    }
    let isChanged = plan["base"]?["hash"] != plan["planned"]?["hash"]
    if exitCode, isChanged { throw ExitStatus.changes.exit }
  }
}

/// What `plan` and `apply` want to be told before they go on.
struct ConfirmationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Confirm how many people a campaign with `on_first_deploy: start_over` takes in.",
      valueName: "n"
    )
  )
  var confirmCount: Int?

  @Option(
    help: ArgumentHelp(
      "Confirm that this campaign or step is a new one, not another under a new name.",
      valueName: "name"
    )
  )
  var confirmRename: [String] = []

  /// What the daemon is to know of it, behind other parts of a query.
  var query: String {
    let count = confirmCount.map { "&confirm_count=\($0)" } ?? ""
    let names = confirmRename.map(\.asPathSegment).joined(separator: ",")
    return count + (names.isEmpty ? "" : "&confirm_rename=\(names)")
  }
}

/// A folder of rule files that is sent to the daemon.
struct PlannedFolder {
  /// The folder as the user named it, without a slash at the end.
  let name: String
  /// By path below the folder.
  let texts: [String: String]

  init(_ path: String) throws(Failure) {
    var name = path
    while name.count > 1, name.hasSuffix("/") { name.removeLast() }
    switch InputFile.kind(of: name) {
    case .folder: break
    case .file: throw Failure("\(path) is a file; name the folder of the rule files", .usage)
    case .nothing: throw Failure("there is no folder \(path)", .noSuchFile)
    }
    self.name = name
    texts = PlannedFiles.texts(of: try InputFile.rules([name]), in: name)
  }
}

extension JSONValue {
  /// The object without a key; any other value as it is.
  func removing(_ key: String) -> JSONValue {
    guard case .object(let members) = self else { return self }
    return .object(members.filter { $0.key != key })
  }

  /// The whole number that it is; `nil` for anything else.
  var wholeNumber: Int? {
    if case .number(let number) = self { number.whole } else { nil }
  }
}
