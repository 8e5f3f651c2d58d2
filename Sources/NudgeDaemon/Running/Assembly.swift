import Foundation
import Logging
import NudgeCore
import NudgeDelivery
import NudgeStore
import NudgeWeb
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The services of a running daemon and what they tell each other.
final class Assembly: Sendable {
  let daemon: Daemon
  let queue = IngestQueue()
  let loop: DecisionLoop
  let outbox: OutboxService
  let outboxes: Outboxes
  let clockWatch: ClockWatch
  let metrics: DaemonMetrics
  let manager: ServiceManager
  let readiness: Readiness
  /// What the last reload said, when it was rejected.
  let rejectedRules = Mutex<String?>(nil)
  let port = Mutex<Int?>(nil)
  private let keys: KeyRing
  /// Whether the rules of the files are still to take over from those that decide at the start.
  private let reloadsAtStart: Bool

  var logger: Logger { daemon.logger }
  var clock: any WallClock { daemon.options.clock }
  var store: Store { daemon.store }

  init(
    daemon: Daemon,
    engine: Engine,
    start: Timestamp,
    reloadsAtStart: Bool,
    outboxes: Outboxes
  ) throws {
    let files = KeyFiles(settings: daemon.settings, environment: daemon.options.environment)
    for path in try files.makeMissing() {
      daemon.logger.info("key made", [.path: "\(path)"])
    }
    let logger = daemon.logger
    let metrics = DaemonMetrics(in: MetricsRegistry())
    let manager = daemon.manager
    let outbox = OutboxService(
      clock: daemon.options.clock,
      store: daemon.store,
      channels: try outboxes.channels(
        for: engine.rules.set,
        disabled: Set(try daemon.store.disabledChannels())
      ),
      report: { DispatchLog(logger: logger, metrics: metrics).note($0) }
    )
    let rulesFolder = daemon.settings.rules
    let readiness = Readiness {
      logger.info("ready", [.ruleSet: "\(engine.rules.set.hash.prefix(12))"])
      if engine.rules.set.campaigns.isEmpty {
        logger.info(
          "no campaigns yet: write rule files and run nudged reload",
          [.path: "\(rulesFolder)"]
        )
      }
      _ = manager.ready(status: "ready")
    }
    let onProcessed = daemon.options.onProcessed
    let webhooks = outboxes.webhooks(for: engine.rules.set)
    self.daemon = daemon
    self.reloadsAtStart = reloadsAtStart
    self.keys = try files.ring()
    self.outboxes = outboxes
    self.outbox = outbox
    clockWatch = ClockWatch(
      clock: daemon.options.clock,
      store: daemon.store,
      outbox: outbox,
      logger: logger
    )
    try clockWatch.look()
    self.metrics = metrics
    self.manager = manager
    self.readiness = readiness
    loop = DecisionLoop(
      store: daemon.store,
      clock: daemon.options.clock,
      queue: queue,
      engine: engine,
      start: start,
      onReady: {
        // What became due while nobody was here leaves little by little.
        do { try daemon.store.spread(webhooks, at: daemon.options.clock.now) } catch {
          logger.warning("the backlog cannot be spread", [.error: "\(error)"])
        }
        readiness.reached(.deciding)
      },
      onReport: { report in
        if !report.processed.interventions.isEmpty { outbox.wake() }
        metrics.note(report)
        onProcessed(report.processed)
      }
    )
    metrics.ruleSet(hash: engine.rules.set.hash)
    metrics.rulesLoaded(successfully: !daemon.configuration.hasErrors, at: daemon.options.clock.now)
    if daemon.configuration.hasErrors {
      rejectedRules.withLock { $0 = daemon.configuration.report }
    }
  }

  /// Runs everything until the end; what stands first stops last.
  func run() async throws {
    let services: [any Service] =
      [outbox, loop, clockWatch, Housekeeping(assembly: self), Reporter(assembly: self)] + heartbeat
      + [control, web] + companion + [hangup]
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services.map { service in
          ServiceGroupConfiguration.ServiceConfiguration(
            service: service,
            successTerminationBehavior: .gracefullyShutdownGroup,
            failureTerminationBehavior: .gracefullyShutdownGroup
          )
        },
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: Assembly.silence
      )
    )
    do { try await group.run() } catch let failure as ListenFailure {
      throw DaemonFailure(.tryAgain, failure.description)
    }
  }

  private func stopping() {
    logger.info("stopping")
    loop.stopDeploying()
    readiness.stop()
    _ = manager.stopping()
  }

  private static let silence = Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }

  // MARK: Services

  private var hangup: any Service {
    HangupReload(
      reload: {
        self.logger.info("reload asked by signal", [.signal: "SIGHUP"])
        _ = await self.reload()
      },
      onStop: { self.stopping() },
      atStart: lateReload
    )
  }

  /// Lets the rules of the files take over from those that decide at the start; `nil` when they decide already.
  private var lateReload: (@Sendable () async -> Void)? {
    guard reloadsAtStart else { return nil }
    return {
      await self.readiness.wait()
      _ = await self.reload()
    }
  }

  private var heartbeat: [any Service] {
    guard let interval = manager.watchdogInterval else { return [] }
    let (store, manager, clock) = (store, manager, clock)
    return [
      Heartbeat(interval: interval, queue: queue) {
        if (try? store.heartbeat(at: clock.now)) != nil { _ = manager.watchdog() }
      }
    ]
  }

  private var companion: [any Service] {
    guard let companion = daemon.options.companion else { return [] }
    return [CompanionService(assembly: self, companion: companion)]
  }

  private var control: any Service {
    WebServer(
      address: .unix(path: daemon.settings.control),
      service: service,
      access: .socketFile
    ) { _ in
      self.logger.info("control socket open", [.path: "\(self.daemon.settings.control)"])
      self.readiness.reached(.control)
    }
  }

  private var web: any Service {
    let settings = daemon.settings
    return WebServer(
      address: .tcp(host: settings.host, port: daemon.options.port ?? settings.port),
      service: service,
      access: .keys(keys),
      limits: settings.webLimits,
      origins: settings.origins
    ) { port in
      self.port.withLock { $0 = port }
      self.logger.info("listening", [.port: "\(port ?? 0)"])
      self.readiness.reached(.listening)
    }
  }

  private var service: WebService {
    let (clock, metrics, readiness) = (clock, metrics, readiness)
    let refusals = RefusalLog(clock: clock, logger: logger)
    return WebService(
      sink: queue,
      control: ControlRoutes(assembly: self),
      clock: { clock.now },
      makeID: { UUID().uuidString.lowercased() },
      health: { self.health },
      readiness: { WebService.Health(isGood: readiness.isReady, json: self.state) },
      metrics: { metrics.text },
      report: { report in
        metrics.note(report)
        refusals.note(status: report.status)
      }
    )
  }

  private var health: WebService.Health {
    let isGood = (try? store.heartbeat(at: clock.now)) != nil
    return WebService.Health(isGood: isGood, json: state)
  }

  private var state: [UInt8] {
    let rejected = rejectedRules.withLock { $0 }
    let disabled = (try? store.disabledChannels()) ?? []
    var degraded: [JSONValue] = rejected == nil ? [] : [.string("rules rejected")]
    degraded += disabled.map { .string("channel \($0) disabled") }
    degraded += storageTroubles.map { .string($0) }
    return JSONValue.object([
      .init("status", .string(degraded.isEmpty ? "ok" : "degraded")),
      .init("degraded", .array(degraded)),
    ]).json.bytes
  }
}

/// Runs what was started beside the daemon, once the daemon listens.
private struct CompanionService: Service {
  let assembly: Assembly
  let companion: @Sendable (Daemon.Companionship) async throws -> Void

  func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        await assembly.readiness.wait()
        try await companion(
          Daemon.Companionship(
            port: assembly.port.withLock { $0 } ?? 0,
            store: assembly.store,
            engine: assembly.loop.current
          )
        )
      }
    } catch is CancellationError {
      // The stop itself; to fail by it would make an orderly end look like an error.
    }
  }
}
