import Foundation
public import NudgeCore
public import NudgeRules
import NudgeZones

/// The settings and the rules of a folder, read together: what `run`, `reload` and `check` start from.
public struct Configuration: Sendable {
  /// `nil` when they cannot be used.
  public let settings: Settings?
  /// The rules and what was found in them.
  public let reading: Reading
  /// Everything that was found, the operator's part of the settings included, by file and position.
  public let diagnostics: [Diagnostic]
  /// The files that were read, for showing the places.
  public let files: [SourceFile]
  /// The rule files alone.
  public let ruleFiles: [SourceFile]
  /// The forms of the channels' calls.
  let forms: ChannelForms

  /// Whether there is anything that stops a load.
  public var hasErrors: Bool { diagnostics.contains { $0.level == .error } }

  /// What renders messages, by the templates that the settings name, and what channels send in forms of their own.
  public var messages: any MessageRenderer {
    TemplateMessages(templates: reading.templates, forms: forms)
  }

  /// Where the settings that decide come from, for reading other rules under them.
  public var decidingSettings: SettingsSource {
    guard let path = settings?.file, let file = files.first(where: { $0.path == path }) else {
      return .defaults(timezone: "UTC")
    }
    return .file(file)
  }

  /// The diagnostics as people read them, with the closing line.
  public var report: String {
    let text = DiagnosticPrinter(files: files).text(of: diagnostics)
    return (text.isEmpty ? "" : text + "\n") + summary.text
  }

  /// How much of what was found.
  public var summary: DiagnosticSummary {
    DiagnosticSummary(
      diagnostics,
      files: reading.summary.files,
      campaigns: reading.summary.campaigns,
      models: reading.summary.models
    )
  }

  /// Finds the settings: the path given, else `$CONFIGURATION_DIRECTORY/nudged.yaml`, else `./nudged.yaml`; `nil` when
  /// there are none.
  public static func settingsPath(given path: String?, environment: [String: String]) -> String? {
    if let path { return path }
    let folders = (environment["CONFIGURATION_DIRECTORY"] ?? "").split(separator: ":").prefix(1)
    let candidates = folders.map { "\($0)/nudged.yaml" } + ["nudged.yaml"]
    return candidates.first { FileManager.default.fileExists(atPath: $0) }
  }

  /// Reads the settings at a path (`nil`: the standard ones in the working directory) and these rule files, else
  /// those of the folder that the settings name.
  ///
  /// - Throws: what the disk says when a file or folder cannot be read.
  public static func read(
    settingsPath: String?,
    rules files: [SourceFile]? = nil,
    zones: ZoneTable,
    today: LocalDate
  ) throws
    -> Configuration
  {
    let file = try settingsPath.map { path in
      SourceFile(
        path: path,
        bytes: Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      )
    }
    return try read(settings: file, rules: files, zones: zones, today: today)
  }

  /// Reads these settings (`nil`: the standard ones in the working directory) and these rule files, else those of the
  /// folder that the settings name; templates only where asked to.
  ///
  /// - Throws: what the disk says when a file or folder cannot be read.
  public static func read(
    settings file: SourceFile?,
    rules files: [SourceFile]?,
    readsTemplates: Bool = true,
    zones: ZoneTable,
    today: LocalDate
  ) throws -> Configuration {
    let collector = DiagnosticCollector()
    let settings = settings(file, collector)
    let located = settings ?? .standard(in: file.map { self.folder(of: $0.path) } ?? ".")
    let rules = try files ?? RuleFolder.load(located.rules)
    let folder = readsTemplates ? located.templates : nil
    let templates = try folder.map(RuleFolder.loadTemplates)
    let reading = RuleReader.read(
      files: rules,
      settings: file.map { .file($0) } ?? .defaults(timezone: "UTC"),
      templates: templates,
      zones: Set(zones.names),
      today: today
    )
    // What both readers of the settings miss is missing once.
    let reported = Set(collector.diagnostics.map(\.spot))
    for diagnostic in reading.diagnostics where !reported.contains(diagnostic.spot) {
      collector.report(diagnostic)
    }
    let forms = forms(of: readsTemplates ? reading.settings : nil, file, collector)
    return Configuration(
      settings: settings,
      reading: reading,
      diagnostics: collector.diagnostics,
      files: [file].compactMap(\.self) + rules + (templates ?? []) + forms.files,
      ruleFiles: rules,
      forms: forms
    )
  }

  private static func settings(_ file: SourceFile?, _ collector: DiagnosticCollector) -> Settings? {
    guard let file else { return .standard(in: ".") }
    guard let node = YAMLReader.read(file, into: collector) else { return nil }
    return SettingsReader(collector: collector, folder: folder(of: file.path))
      .settings(of: node, file: file.path)
  }

  private static func forms(
    of node: YAMLNode?,
    _ file: SourceFile?,
    _ collector: DiagnosticCollector
  ) -> ChannelForms {
    guard let node, let file else { return ChannelForms(forms: [:], files: []) }
    return ChannelFormsReader(collector: collector, folder: folder(of: file.path)).forms(of: node)
  }

  /// The folder of a file.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// Where a diagnostic is, and of what kind.
private struct DiagnosticSpot: Hashable {
  let code: DiagnosticCode
  let place: Place
}

extension Diagnostic {
  fileprivate var spot: DiagnosticSpot { DiagnosticSpot(code: code, place: place) }
}
