import Foundation
import Logging
public import NudgeCore
import NudgeDelivery
import NudgeRules
public import NudgeStore
import NudgeWeb
import NudgeZones
import ServiceLifecycle
import UnixSignals

/// The running program: opens everything, runs the services, closes everything.
public struct Daemon: Sendable {
  /// What whoever starts it decides.
  public struct Options: Sendable {
    /// The settings file; `nil`: found as `service.md` says, or the standard settings.
    public var settingsPath: String?
    /// The port to listen on instead of the settings'; 0 lets the system choose.
    public var port: Int?
    /// The variables of the process.
    public var environment: [String: String]
    /// The form of log lines; `nil`: the one that fits stderr.
    public var logFormat: LogFormat?
    /// The least that is logged.
    public var logLevel: LogLevel = .info
    /// The time that it lives in.
    public var clock: any WallClock
    /// Is told of every transaction once it is durable.
    public var onProcessed: @Sendable (Processed) -> Void = { _ in }
    /// Runs beside the daemon; when it ends, the daemon stops.
    public var companion: (@Sendable (Companionship) async throws -> Void)?

    /// The usual daemon.
    public init(
      settingsPath: String?,
      environment: [String: String],
      clock: any WallClock
    ) {
      self.settingsPath = settingsPath
      self.environment = environment
      self.clock = clock
    }
  }

  /// What a companion may know.
  public struct Companionship: Sendable {
    /// Where the daemon listens, on loopback.
    public let port: Int
    /// What it keeps.
    public let store: Store
    /// What decided when it began.
    public let engine: Engine
  }

  let options: Options
  let settings: Settings
  let zones: ZoneTable
  let store: Store
  let configuration: Configuration
  let logger: Logger
  let manager: ServiceManager
  /// The files as they were when they were read, where they are watched.
  let watched: WatchedFiles
  /// The sockets that were handed over; without any the daemon opens its own.
  let listeners: [CInt]

  /// Runs until it is told to stop.
  ///
  /// - Throws: ``DaemonFailure`` when it cannot start, or must not go on.
  public static func run(_ options: Options) async throws {
    let manager = ServiceManager.takenFromEnvironment()
    let handed = HandedSockets.takenFromEnvironment()
    do { try await run(options, manager, handed) } catch {
      manager.failed(by: error)
      throw error
    }
  }

  private static func run(
    _ options: Options,
    _ manager: ServiceManager,
    _ handed: HandedSockets
  ) async throws {
    let zones = try loadZones()
    let configuration = try read(options, zones)
    guard let settings = configuration.settings else {
      throw DaemonFailure(.invalid, configuration.report)
    }
    let watched = WatchedFiles(settings)
    let listeners = try handed.listeners(allowingPublic: settings.allowsPublic)
    let lock = try takeLock(settings.database)
    let store = try await manager.extending { try open(settings.database, options.logger) }
    if let channel = settings.decisions {
      let messages = configuration.messages
      store.shipDecisions { $0.notice(on: channel, by: messages) }
    }
    let daemon = Daemon(
      options: options,
      settings: settings,
      zones: zones,
      store: store,
      configuration: configuration,
      logger: options.logger,
      manager: manager,
      watched: watched,
      listeners: listeners
    )
    do {
      try await daemon.serve()
      try daemon.stop()
    } catch {
      try? store.close()
      throw failure(for: error)
    }
    daemon.logger.info("stopped")
    withExtendedLifetime(lock) {}
  }

  // MARK: Opening

  private static func loadZones() throws(DaemonFailure) -> ZoneTable {
    do { return try SystemZones.load() } catch {
      throw DaemonFailure(
        .noSuchFile,
        "the system's time zones cannot be read (\(error)); install the package tzdata"
      )
    }
  }

  private static func read(
    _ options: Options,
    _ zones: ZoneTable
  ) throws(DaemonFailure)
    -> Configuration
  {
    let path = Configuration.settingsPath(
      given: options.settingsPath,
      environment: options.environment
    )
    if path == nil, let folder = options.environment["CONFIGURATION_DIRECTORY"], !folder.isEmpty {
      throw DaemonFailure(
        .invalid,
        "\(folder)/nudged.yaml: there is no such file, and a service does not run without settings"
      )
    }
    do {
      return try Configuration.read(
        settingsPath: path,
        zones: zones,
        today: Zone.utc.date(at: options.clock.now)
      )
    } catch let refusal as RuleFolder.Refusal {
      throw DaemonFailure(.invalid, refusal.description)
    } catch {
      throw DaemonFailure(.noSuchFile, error.localizedDescription)
    }
  }

  private static func takeLock(_ path: String) throws(DaemonFailure) -> DirectoryLock {
    makeFolder(of: path)
    do { return try DirectoryLock(path) } catch {
      switch error {
      case .held(let owner):
        let process = owner.map { " by process \($0)" } ?? ""
        throw DaemonFailure(.tryAgain, "\(path) is in use\(process); only one nudged may write it")
      case .system: throw DaemonFailure(.inputOutput, "\(error)")
      }
    }
  }

  private static func makeFolder(of path: String) {
    let folder = (path as NSString).deletingLastPathComponent
    if folder.isEmpty { return }
    try? FileManager.default.createDirectory(
      atPath: folder,
      withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o750]
    )
  }

  private static func open(
    _ path: String,
    _ logger: Logger
  ) throws(DaemonFailure) -> Store {
    do {
      return try Store(path: path) { copy in
        guard copy.done == copy.total else { return }
        logger.info("database copied before its migration", [.path: "\(path)"])
      }
    } catch let Store.Failure.newerSchema(found, known) {
      throw DaemonFailure(
        .invalid,
        "\(path) was written by a newer nudged (schema \(found), this one knows \(known)); nothing was touched"
      )
    } catch let Store.Failure.broken(text), let Store.Failure.full(text),
      let Store.Failure.database(text)
    {
      throw DaemonFailure(.inputOutput, text)
    } catch {
      throw DaemonFailure(.inputOutput, "\(path): \(error)")
    }
  }

  // MARK: Serving

  private func serve() async throws {
    let deployment = try firstDeployment()
    let isCrash = try store.lastRun() == "started"
    if isCrash { try store.noteStop("by a crash") }
    let start = max(options.clock.now, try store.logicalNow())
    let (engine, isInWaiting) = try begin(with: deployment, at: start)
    if try store.use(zones: zones.version, at: start) {
      logger.info("time zones changed, plans are looked at again", [.version: "\(zones.version)"])
    }
    try store.note(act: "started", detail: isCrash ? "after a crash" : "", at: start)
    let outboxes = Outboxes(settings: settings, environment: options.environment, store: store)
    if !store.keepRoom() {
      logger.warning("no room for the ballast: a full disk will hold up what is to be sent")
    }
    try goOnFromCopy(outboxes, at: start)
    try store.recoverDeliveries(
      channels: outboxes.webhooks(for: deployment.rules),
      at: start,
      isCrash: isCrash
    )
    let parts = try Assembly(
      daemon: self,
      engine: engine,
      start: start,
      reloadsAtStart: isInWaiting,
      outboxes: outboxes
    )
    try await parts.run()
  }

  /// What decides from the start; rules that need much of the past, or somebody's word, take over later from the set
  /// that decided last.
  private func begin(
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
  private func firstDeployment() throws -> Deployment {
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
