import ArgumentParser
import NudgeCore
import NudgeDaemon
import NudgeStore

/// `nudged db`.
struct DatabaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db",
    abstract: "Back up the database, look it through, bring it up to date.",
    subcommands: [
      BackupDatabaseCommand.self, CheckDatabaseCommand.self, MigrateDatabaseCommand.self,
      VacuumDatabaseCommand.self,
    ]
  )
}

/// Which database a command is about.
struct DatabaseOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The database. (default: the settings')", valueName: "path"))
  var db: String?

  @OptionGroup var settings: SettingsOptions

  /// Where it lies.
  func path() throws(Failure) -> String {
    if let db { return db }
    return try StoredHistory.database(of: try settings.path())
  }

  /// Does something to a database that nobody else may use meanwhile.
  func locked<Value>(_ body: (String) throws -> Value) throws -> Value {
    let path = try path()
    guard InputFile.kind(of: path) == .file else {
      throw Failure(Store.Failure.missing(path: path))
    }
    let lock: DirectoryLock
    do { lock = try DirectoryLock(path) } catch DirectoryLock.Failure.held(let owner) {
      let process = owner.map { ", process \($0)" } ?? ""
      throw Failure("\(path) is in use by a daemon\(process); stop it first", .tryAgain)
    } catch {
      throw Failure("\(error)", .inputOutput)
    }
    let value = try StoredHistory.explained { try body(path) }
    withExtendedLifetime(lock) {}
    return value
  }
}

/// `nudged db backup TARGET`.
struct BackupDatabaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the database while it is in use.",
    discussion: """
      The copy is one moment of the database, looked through before it gets its name. It goes to the \
      place of the database when that is lost: a daemon that starts on it goes on with its outbox files \
      where they stand, and writes no line twice.
      """
  )

  @Argument(help: "The file to make; it must not exist.")
  var target: String

  @Option(help: "The form of the answer.")
  var format = AnswerFormat.text

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let path = try database.path()
    let summary = try StoredHistory.explained {
      var bar: ProgressBar?
      let summary = try DatabaseCopy.make(of: path, at: target) { progress in
        bar = bar ?? ProgressBar("Copying", total: progress.total, output: output)
        bar?.update(progress.done)
      }
      bar?.finish(summary.bytes / DatabaseCopy.pageBytes)
      return summary
    }
    let answer = Answer()
    switch format {
    case .json: try answer.line(summary.json(target).json.text)
    case .text:
      let parts = [summary.events.counted("event"), summary.decisions.counted("decision")]
      try answer.line(
        "\(target): \(summary.bytes.grouped) bytes, \(parts.joined(separator: ", ")), looked through"
      )
    }
    try answer.finish()
  }
}

extension DatabaseCopy.Summary {
  fileprivate func json(_ target: String) -> JSONValue {
    .object([
      .init("path", .string(target)), .init("bytes", .whole(bytes)),
      .init("events", .whole(events)), .init("decisions", .whole(decisions)),
    ])
  }
}

/// `nudged db check`.
struct CheckDatabaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look through the database: the file itself, and what must hold across its tables.",
    discussion: """
      It may be in use; nothing is written. The exit status is 0 when all is well, 1 when something is \
      not, 74 when the file cannot be read.
      """
  )

  @Option(help: "The form of the answer.")
  var format = AnswerFormat.text

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let path = try database.path()
    let findings = try StoredHistory.explained { try DatabaseCheck.run(path) }
    try findings.report(format, output)
    if !findings.allSatisfy(\.isGood) { throw ExitStatus.bad.exit }
  }
}

extension [DatabaseCheck.Finding] {
  /// Writes what was found, each law on a line.
  func report(_ format: AnswerFormat, _ output: OutputOptions) throws {
    let answer = Answer()
    switch format {
    case .json: try answer.line(JSONValue.array(map(\.json)).json.text)
    case .text:
      for finding in self {
        try answer.line("\(finding.isGood ? "ok  " : "FAIL")  \(finding.law)")
        for example in finding.examples { try answer.line("        \(example)") }
        let rest = finding.problems - finding.examples.count
        if rest > 0 { try answer.line("        … and \(rest.grouped) more") }
      }
    }
    try answer.finish()
  }
}

extension DatabaseCheck.Finding {
  fileprivate var json: JSONValue {
    .object([
      .init("law", .string(law)), .init("problems", .whole(problems)),
      .init("examples", .array(examples.map(JSONValue.string))),
    ])
  }
}

/// `nudged db vacuum`.
struct VacuumDatabaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vacuum",
    abstract: "Write the database anew, without the room of what was deleted.",
    discussion: """
      The daemon must be stopped: all is written, so it needs as much room on the disk once more. \
      Seldom worth it, since new rows take the room of old ones.
      """
  )

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let sizes = try database.locked { try DatabaseCare.vacuum($0) }
    let answer = Answer()
    try answer.line("\(sizes.before.grouped) bytes before, \(sizes.after.grouped) after")
    try answer.finish()
  }
}

/// `nudged db migrate`.
struct MigrateDatabaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Bring the database to this version's schema, as a start of the daemon does.",
    discussion: """
      Before anything is changed the database is copied to PATH.schema-N. With --check it is tried on \
      a copy that is looked through and thrown away: exit status 0 when nothing is to be done or all \
      goes well, 1 when it does not. The database may then be in use.
      """
  )

  @Flag(help: "Try it on a copy, and change nothing.")
  var check = false

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let path = try database.path()
    let standing = try StoredHistory.explained { try DatabaseCare.standing(path) }
    guard standing.isBehind else {
      return try say("\(path) is up to date: schema \(standing.found)")
    }
    let step = "schema \(standing.found) to \(standing.known)"
    if check { return try rehearse(path, step) }
    try database.locked { try Store(path: $0).close() }
    try say("\(path): \(step); as it was it lies in \(path).schema-\(standing.found)")
  }

  private func rehearse(_ path: String, _ step: String) throws {
    let findings = try StoredHistory.explained {
      try DatabaseCare.rehearseMigration(of: path) { _ in }
    }
    let isGood = findings.allSatisfy(\.isGood)
    if !isGood { try findings.report(.text, output) }
    try say(
      "\(path): \(step) \(isGood ? "goes well on a copy" : "fails on a copy"); nothing was changed"
    )
    if !isGood { throw ExitStatus.bad.exit }
  }

  private func say(_ line: String) throws {
    let answer = Answer()
    try answer.line(line)
    try answer.finish()
  }
}
