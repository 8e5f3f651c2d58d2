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
    let listeners = try handed.listeners(allowingPublic: settings.allowsPublic)
    let lock = try takeLock(settings.database)
    let store = try await manager.extending { try open(settings.database, options.logger) }
    if let channel = settings.decisions {
      store.shipDecisions { $0.notice(on: channel, by: $1) }
    }
    let daemon = Daemon(
      options: options,
      settings: settings,
      zones: zones,
      store: store,
      configuration: configuration,
      logger: options.logger,
      manager: manager,
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
}
