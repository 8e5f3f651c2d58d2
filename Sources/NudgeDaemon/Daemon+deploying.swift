import Logging
import NudgeCore
import NudgeRules
import NudgeStore

/// Which rules decide from the start.
extension Daemon {
  /// What decides from the start; rules that need much of the past, or somebody's word, take over later from the set
  /// that decided last.
  func begin(
    with deployment: Deployment,
    at start: Timestamp
  ) throws -> (engine: Engine, isInWaiting: Bool) {
    if try deployment.needsPreparation(in: store), let last = try lastGood(),
      try last.rules.hash == store.currentRuleSet()?.hash
    {
      logger.info(
        "rules will take over once they are prepared",
        [.ruleSet: "\(deployment.rules.hash)"]
      )
      return (try last.engine(in: store, at: start), true)
    }
    return (try deployment.store(in: store, at: start), false)
  }

  /// The rules to begin with: those of the files, or else the last good set.
  func firstDeployment() throws -> Deployment {
    if !configuration.hasErrors, let deployment = deployment(of: configuration) {
      return deployment
    }
    guard let last = try lastGood() else { throw DaemonFailure(.invalid, configuration.report) }
    logger.error(
      "rules rejected, the last good set decides",
      [.error: "\(configuration.report.prefix { $0 != "\n" })", .ruleSet: "\(last.rules.hash)"]
    )
    return last
  }

  /// What a reading without errors deploys; `nil` with errors.
  func deployment(of configuration: Configuration) -> Deployment? {
    guard let rules = configuration.reading.ruleSet else { return nil }
    let files = configuration.ruleFiles.map { file in
      JSONValue.Member(file.path, .string(String(decoding: file.bytes, as: UTF8.self)))
    }
    return Deployment(
      rules: rules,
      source: JSONValue.object(files).json.text,
      context: StoredRules.context(of: configuration),
      gitCommit: GitCommit.head(of: settings.rules),
      zones: zones,
      messages: configuration.messages
    )
  }

  private func lastGood() throws -> Deployment? {
    guard let stored = try store.currentRuleSet(), let settingsNode = settingsSource else {
      return nil
    }
    let files = StoredRules.files(in: stored.source)
    let reading = RuleReader.read(files: files, settings: settingsNode, zones: Set(zones.names))
    return reading.ruleSet.map { rules in
      Deployment(
        rules: rules,
        source: stored.source,
        context: StoredRules.context(of: configuration),
        gitCommit: stored.gitCommit,
        zones: zones,
        messages: configuration.messages
      )
    }
  }

  var settingsSource: SettingsSource? {
    guard settings.file != nil else { return .defaults(timezone: "UTC") }
    return configuration.files.first { $0.path == settings.file }.map { .file($0) }
  }
}
