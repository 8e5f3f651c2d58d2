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

  /// Everything that was found and the line that closes it, each line with a newline.
  func report(in terminal: Terminal) -> String {
    let printer = DiagnosticPrinter(files: configuration.files)
    let found = configuration.diagnostics.map {
      terminal.painted(printer.text(of: $0), level: $0.level) + "\n"
    }
    return found.joined() + configuration.summary.text + "\n"
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

extension Terminal {
  /// A diagnostic whose headline stands out.
  fileprivate func painted(_ text: String, level: Diagnostic.Level) -> String {
    guard hasColor, let word = text.firstRange(of: "\(level.rawValue)[") else { return text }
    let style: Style =
      switch level {
      case .error: .error
      case .warning: .warning
      case .hint: .hint
      }
    return styled(String(text[..<word.lowerBound]), .bold) + styled(level.rawValue, style)
      + text[text.index(before: word.upperBound)...]
  }
}
