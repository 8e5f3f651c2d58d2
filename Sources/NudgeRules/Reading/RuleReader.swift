public import NudgeCore

/// Where the settings that decide come from.
public enum SettingsSource: Sendable {
  /// A settings file, `nudged.yaml`.
  case file(SourceFile)
  /// A map with the keys of a settings file, such as `settings:` of a campaign test.
  case node(YAMLNode)
  /// No settings but the zone of those who have none.
  case defaults(timezone: String)
}

/// What came of reading: a rule set, or the reasons why there is none.
public struct Reading: Sendable {
  /// The compiled rules; `nil` if there is any error.
  public let ruleSet: RuleSet?
  /// By file and position.
  public let diagnostics: [Diagnostic]
  /// The counts for the closing line.
  public let summary: DiagnosticSummary
  /// The tree of the settings, for keys that do not decide; `nil` without settings.
  public let settings: YAMLNode?
  /// The compiled templates; `nil` without a folder of them.
  public let templates: TemplateSet?

  /// Whether there is any error.
  public var hasErrors: Bool { summary.errors > 0 }
}

/// Turns the text of rule files and settings into a rule set, or into diagnostics.
public enum RuleReader {
  /// Reads everything; one mistake never hides another.
  ///
  /// - Parameters:
  ///   - files: the rule files, in any order; none are a good, empty rule set.
  ///   - settings: what decides for all campaigns.
  ///   - templates: the files of the templates' folder; `nil` when the settings name none.
  ///   - zones: the names of all known zones; `nil` to take any.
  ///   - today: the day on which comments `# nudged: allow` are weighed; `nil` lets all count.
  /// - Returns: the rule set, if there is no error, and everything that was found.
  public static func read(
    files: [SourceFile],
    settings: SettingsSource,
    templates: [SourceFile]? = nil,
    zones: Set<String>? = nil,
    today: LocalDate? = nil
  ) -> Reading {
    var reader = RuleSetReader(files: files, zones: zones)
    reader.readSettings(settings)
    return reader.reading(templates: templates, today: today) { _ in }
  }

  /// Reads everything, and lets somebody ask more with what was read.
  static func read(
    files: [SourceFile],
    settings: SettingsSource,
    zones: Set<String>?,
    asking ask: (RuleSession) -> Void
  ) -> Reading {
    var reader = RuleSetReader(files: files, zones: zones)
    reader.readSettings(settings)
    return reader.reading(templates: nil, today: nil, asking: ask)
  }
}

/// Reads one set of files.
private struct RuleSetReader {
  let collector = DiagnosticCollector()
  let files: [SourceFile]
  let zones: Set<String>?
  let definitions: Definitions
  var settings: YAMLNode?
  var settingsFile: SourceFile?
  var timezone = "UTC"

  init(files: [SourceFile], zones: Set<String>?) {
    let collector = self.collector
    let files = files.sorted { $0.path < $1.path }
    let trees = files.compactMap { YAMLReader.read($0, into: collector) }
    self.files = files
    self.zones = zones
    self.definitions = Definitions(
      trees: trees,
      isComplete: trees.count == files.count,
      collector: collector
    )
  }

  mutating func readSettings(_ source: SettingsSource) {
    switch source {
    case .file(let file):
      settingsFile = file
      settings = YAMLReader.read(file, into: collector)
    case .node(let node): settings = node
    case .defaults(let timezone): self.timezone = timezone
    }
  }

  func reading(
    templates: [SourceFile]?,
    today: LocalDate?,
    asking ask: (RuleSession) -> Void
  ) -> Reading {
    let map = settings.flatMap {
      MapReader($0, as: .settings, title: "the settings", at: $0.place, collector: collector)
    }
    let templateSet = templates.map { TemplateSet(files: $0, collector: collector) }
    let session = RuleSession(
      collector: collector,
      definitions: definitions,
      zones: zones,
      keptDays: map?.map("store")?.calendarDays("keep_events"),
      templates: templateSet?.names
    )
    let policy = policy(of: map, session: session)
    let ruleSet = ruleSet(policy: policy, session: session)
    UnusedCheck(session: session, templates: templateSet).run()
    ask(session)
    let all = files + [settingsFile].compactMap(\.self)
    let diagnostics = Suppression.apply(to: collector.diagnostics, files: all, today: today)
    return Reading(
      ruleSet: collector.hasErrors ? nil : ruleSet,
      diagnostics: diagnostics,
      summary: DiagnosticSummary(
        diagnostics,
        files: files.count,
        campaigns: definitions.campaigns.count,
        models: definitions.models.count
      ),
      settings: settings,
      templates: templateSet
    )
  }

  private func policy(of map: MapReader?, session: RuleSession) -> Policy {
    guard let map else { return PolicyReader.policy(timezone: timezone) }
    SettingsCheck(collector: collector).check(map)
    return PolicyReader(session: session).policy(of: map)
  }

  private func ruleSet(policy: Policy, session: RuleSession) -> RuleSet? {
    let models = zip(definitions.models, session.models).map { definition, outline in
      ModelReader(session: session, outline: outline).model(definition)
    }
    let campaigns = definitions.campaigns.map {
      CampaignReader(session: session, policy: policy).campaign($0)
    }
    let mutes = definitions.mutes.map { MuteReader(session: session).mute($0) }
    AudienceReader(session: session).readUnused()
    guard let models = models.allPresent(), let campaigns = campaigns.allPresent(),
      let mutes = mutes.allPresent()
    else { return nil }
    let canonical = CanonicalText(
      definitions: definitions,
      settings: settings,
      timezone: timezone
    )
    return RuleSet(
      hash: canonical.hash,
      models: models,
      campaigns: campaigns,
      mutes: mutes,
      policy: policy,
      series: session.series.series
    )
  }
}
