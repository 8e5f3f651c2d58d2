public import NudgeCore
public import NudgeRules
public import NudgeStore

/// A rule set as it was deployed, read again from the texts that the database keeps.
public struct StoredRules: Sendable {
  /// Why a stored rule set cannot be read.
  public enum Invalid: Error, CustomStringConvertible, Sendable {
    /// This program finds errors in it.
    case rejected(hash: String, report: String)

    /// What is wrong, for people.
    public var description: String {
      switch self {
      case .rejected(let hash, let report):
        "rule set \(hash.prefix(12)) is no longer valid for this nudged\n\(report)"
      }
    }
  }

  /// What is kept of it.
  public let stored: DeployedRuleSet
  /// Its rule files.
  public let files: [SourceFile]
  /// The compiled rules.
  public let rules: RuleSet
  /// What renders its messages.
  public let messages: any MessageRenderer

  /// Reads a rule set; `settings` count where an older program has not kept those of the time.
  ///
  /// - Throws: ``Invalid``.
  public init(
    _ stored: DeployedRuleSet,
    settings: SettingsSource,
    zones: ZoneTable
  ) throws(Invalid) {
    let files = StoredRules.files(in: stored.source)
    let reading = RuleReader.read(
      files: files,
      settings: StoredRules.settings(in: stored.context) ?? settings,
      templates: StoredRules.templates(in: stored.context),
      zones: Set(zones.names)
    )
    guard let rules = reading.ruleSet else {
      let report = DiagnosticPrinter(files: files).text(of: reading.diagnostics)
      throw .rejected(hash: stored.hash, report: report)
    }
    self.stored = stored
    self.files = files
    self.rules = rules
    messages = TemplateMessages(templates: reading.templates, forms: nil)
  }

  /// The engine that decided with these rules, given when each campaign was first deployed.
  public func engine(zones: ZoneTable, deployed: Deployments) -> Engine {
    Engine(
      rules: rules,
      zones: zones,
      deployments: deployed.instants,
      origins: deployed.origins,
      messages: messages
    )
  }

  // MARK: Texts

  /// The settings and the templates of a configuration, as `rule_sets.context` keeps them.
  static func context(of configuration: Configuration) -> String {
    let ruleFiles = Set((configuration.ruleFiles + configuration.forms.files).map(\.path))
    let settings = configuration.settings?.file
    let templates = configuration.files.filter {
      $0.path != settings && !ruleFiles.contains($0.path)
    }
    let hasTemplates = configuration.settings?.templates != nil
    return JSONValue.object([
      .init(
        "settings",
        object(configuration.files.filter { $0.path == settings })
      ),
      .init("templates", hasTemplates ? object(templates) : .null),
    ]).json.text
  }

  /// The files of a stored object of path and text.
  static func files(in source: String) -> [SourceFile] {
    files(of: JSONText(wellFormed: Array(source.utf8)).members)
  }

  /// The templates that a context keeps; `nil` without a folder of them.
  static func templates(in context: String?) -> [SourceFile]? {
    guard let context, case .object(let files) = value(context)["templates"] else { return nil }
    return self.files(of: files)
  }

  /// The settings that a context keeps; `nil` without a context.
  static func settings(in context: String?) -> SettingsSource? {
    guard let context, case .object(let members) = value(context)["settings"] else { return nil }
    return files(of: members).first.map { .file($0) } ?? .defaults(timezone: "UTC")
  }

  private static func value(_ context: String) -> JSONValue {
    JSONText(wellFormed: Array(context.utf8)).value ?? .null
  }

  private static func object(_ files: [SourceFile]) -> JSONValue {
    .object(files.map { .init($0.path, .string(String(decoding: $0.bytes, as: UTF8.self))) })
  }

  private static func files(of members: [JSONValue.Member]) -> [SourceFile] {
    members.compactMap { member in
      member.value.text.map { SourceFile(path: member.key, text: $0) }
    }
  }
}
