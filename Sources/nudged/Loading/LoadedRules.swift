import NudgeCore
import NudgeDaemon
import NudgeRules
import NudgeZones

/// Rule files, settings and templates as the offline commands find them, read.
struct LoadedRules {
  /// What came of reading them.
  let configuration: Configuration
  /// The system's time zones, with which they were read.
  let zones: ZoneTable

  /// The rules at these paths, else of the settings' folder, else of `./rules`.
  init(paths: [String], settings: SettingsOptions, now: Timestamp) throws(Failure) {
    let path = try settings.path()
    let rules = paths.isEmpty ? nil : try InputFile.rules(paths)
    let zones = try LoadedRules.systemZones()
    self.zones = zones
    configuration = try InputFile.explained {
      try Configuration.read(
        settingsPath: path,
        rules: rules,
        zones: zones,
        today: Zone.utc.date(at: now)
      )
    }
  }

  /// The compiled rules.
  ///
  /// - Throws: all errors, when there are any.
  func ruleSet() throws(Failure) -> RuleSet {
    if !configuration.hasErrors, let rules = configuration.reading.ruleSet { return rules }
    let errors = configuration.diagnostics.filter { $0.level == .error }
    let text = DiagnosticPrinter(files: configuration.files).text(of: errors)
    throw Failure("the rules are not valid\n\(text)\n\(configuration.summary.text)", .invalid)
  }

  /// The system's time zones.
  static func systemZones() throws(Failure) -> ZoneTable {
    do {
      return try SystemZones.load()
    } catch {
      throw Failure(
        "cannot read the time zones in \(SystemZones.defaultDirectory): \(error)",
        .inputOutput
      )
    }
  }
}
