import NudgeCore
import NudgeDaemon
import NudgeRules
import NudgeZones

/// Rule files, settings and templates as the commands find them, read.
struct LoadedRules {
  /// What came of reading them.
  let reading: Reading
  /// The system's time zones, with which they were read.
  let zones: ZoneTable
  private let files: [SourceFile]

  /// The rules at these paths, else of the settings' folder, else of `./rules`.
  init(paths: [String], settings options: SettingsOptions, now: Timestamp) throws(Failure) {
    let settings = try options.file()
    let outline = settings.map(SettingsOutline.init)
    let zones = try LoadedRules.systemZones()
    let rules = try LoadedRules.rules(paths, folder: outline?.rules ?? "rules")
    let templates = try outline?.templates.map(InputFile.templates)
    self.zones = zones
    self.files = rules + [settings].compactMap(\.self) + (templates ?? [])
    self.reading = RuleReader.read(
      files: rules,
      settings: settings.map(SettingsSource.file) ?? .defaults(timezone: "UTC"),
      templates: templates,
      zones: Set(zones.names),
      today: Zone.utc.date(at: now)
    )
  }

  /// The compiled rules.
  ///
  /// - Throws: all diagnostics, when there are errors among them.
  func ruleSet() throws(Failure) -> RuleSet {
    guard let rules = reading.ruleSet else {
      let printer = DiagnosticPrinter(files: files)
      let text = printer.text(of: reading.diagnostics.filter { $0.level == .error })
      throw Failure("the rules are not valid\n\(text)\(reading.summary.text)", .invalid)
    }
    return rules
  }

  /// Everything that was found and the line that closes it, each line with a newline.
  func report(in terminal: Terminal) -> String {
    let printer = DiagnosticPrinter(files: files)
    let texts = reading.diagnostics.map {
      terminal.painted(printer.text(of: $0), level: $0.level)
    }
    return (texts + [reading.summary.text + "\n"]).joined(separator: texts.isEmpty ? "" : "\n")
  }

  private static func rules(_ paths: [String], folder: String) throws(Failure) -> [SourceFile] {
    if paths.isEmpty {
      return InputFile.kind(of: folder) == .folder ? try InputFile.rules(folder) : []
    }
    var files: [SourceFile] = []
    for path in paths {
      let known = Set(files.map(\.path))
      files += try InputFile.rules(path).filter { !known.contains($0.path) }
    }
    return files
  }

  private static func systemZones() throws(Failure) -> ZoneTable {
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

/// The paths that the settings name, relative to their file.
struct SettingsOutline {
  /// The folder of rules; `nil` when the settings name none.
  let rules: String?
  /// The folder of templates; `nil` when the settings name none.
  let templates: String?

  /// What a settings file says; what is wrong with it is found when it is read in full.
  init(_ file: SourceFile) {
    let tree = YAMLReader.read(file, into: DiagnosticCollector())
    let folder = file.path.lastIndex(of: "/").map { String(file.path[...$0]) } ?? ""
    func path(_ key: String) -> String? {
      tree?[key]?.text.map { $0.hasPrefix("/") ? $0 : folder + $0 }
    }
    rules = path("rules")
    templates = path("templates")
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
