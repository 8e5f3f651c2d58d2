import Foundation
import NudgeCore
import NudgeDaemon
import NudgeRules
import NudgeStore
import NudgeZones

/// The database of a command that only reads it, with the settings that it is read with.
struct StoredHistory {
  /// The database.
  let history: History
  /// The settings that count where the database has not kept those of the time.
  let settings: SettingsSource
  /// The system's time zones.
  let zones: ZoneTable

  /// The database at a path, else that of the settings.
  ///
  /// `rebuilt` is another to compare it with.
  init(
    database: String?,
    settingsPath given: String?,
    beside rebuilt: String? = nil
  ) throws(Failure) {
    let environment = ProcessInfo.processInfo.environment
    let path = Configuration.settingsPath(given: given, environment: environment)
    let zones = try StoredHistory.systemZones()
    let found: String
    if let database {
      found = database
    } else {
      found = try StoredHistory.database(of: path, zones)
    }
    settings = try StoredHistory.settings(at: path)
    self.zones = zones
    history = try StoredHistory.explained { try History(path: found, beside: rebuilt) }
  }

  /// Reads several things as of one instant.
  func read<Value>(_ body: (HistoryReader) throws -> Value) throws(Failure) -> Value {
    try StoredHistory.explained { try history.read(body) }
  }

  /// A rule set of the database, compiled.
  func rules(_ stored: DeployedRuleSet) throws(StoredRules.Invalid) -> StoredRules {
    try StoredRules(stored, settings: settings, zones: zones)
  }

  /// What a function reads, or why the database does not give it.
  static func explained<Value>(_ read: () throws -> Value) throws(Failure) -> Value {
    do {
      return try read()
    } catch let failure as Failure {
      throw failure
    } catch let failure as Store.Failure {
      throw Failure(failure)
    } catch let failure as DatabaseCopy.Failure {
      throw Failure(failure)
    } catch let failure as Replay.Failure {
      throw Failure(failure)
    } catch let invalid as StoredRules.Invalid {
      throw Failure(invalid.description, .invalid)
    } catch PastAnswers.Failure.unknown(let message) {
      throw Failure(message, .bad)
    } catch PastAnswers.Failure.badQuestion(let message) {
      throw Failure(message, .usage)
    } catch {
      throw Failure("\(error)", .inputOutput)
    }
  }

  private static func settings(at path: String?) throws(Failure) -> SettingsSource {
    guard let path else { return .defaults(timezone: "UTC") }
    return try InputFile.explained {
      .file(SourceFile(path: path, bytes: Array(try Data(contentsOf: URL(filePath: path)))))
    }
  }

  private static func systemZones() throws(Failure) -> ZoneTable {
    try InputFile.explained { try SystemZones.load() }
  }

  /// The database of these settings.
  static func database(of settings: String?) throws(Failure) -> String {
    try database(of: settings, try systemZones())
  }

  private static func database(
    of settings: String?,
    _ zones: ZoneTable
  ) throws(Failure) -> String {
    let configuration = try InputFile.explained {
      try Configuration.read(
        settingsPath: settings,
        rules: [],
        zones: zones,
        today: Zone.utc.date(at: SystemClock().now)
      )
    }
    guard let settings = configuration.settings else {
      throw Failure(configuration.report, .invalid)
    }
    return settings.database
  }
}

extension Failure {
  /// Why a database cannot be read.
  init(_ failure: Store.Failure) {
    switch failure {
    case .missing(let path):
      self.init(
        "there is no database \(path); another is named with --db, other settings with --config",
        .noSuchFile
      )
    case .newerSchema(let found, let known):
      self.init(
        "the database was written by a newer nudged (schema \(found), this one knows \(known))",
        .invalid
      )
    case .olderSchema(let found, let known):
      self.init(
        "the database was written by an older nudged (schema \(found), this one reads \(known)); "
          + "`nudged run` brings it up to date",
        .invalid
      )
    case .busy(let message): self.init(message, .tryAgain)
    case .database(let message), .broken(let message), .full(let message):
      self.init(message, .inputOutput)
    }
  }

  /// Why a database cannot be copied.
  init(_ failure: DatabaseCopy.Failure) {
    switch failure {
    case .exists: self.init(failure.description, .usage)
    case .cannotMake(_, let code): self.init(failure.description, SystemError.status(code))
    case .damaged: self.init(failure.description, .inputOutput)
    }
  }

  /// Why a history cannot be decided again.
  init(_ failure: Replay.Failure) {
    switch failure {
    case .unplaced(let act, let at):
      self.init(
        "an older nudged has noted `\(act)` at \(at.rfc3339) without its place among the events, "
          + "so what was decided then cannot be decided again",
        .badData
      )
    case .noRuleSet(let row):
      self.init("the database names a rule set \(row) that it does not hold", .badData)
    }
  }
}
